"""Key files of other people's software: each loads, or says in a typed error why not."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from esealkit.errors import EsealError, KeyFormatError, PinRejected, UnsupportedError
from esealkit.keys import read_container

WITH_PASSWORD = {
    "chingliu-sm2_test.pfx": "123456",
    "emmansun-example_test-L146-encpkcs8.der": "Password1",
    "emmansun-example_test-L52-cfca-sm2-p12.der": "123456",
    "emmansun-pkcs12_sm2_test-L164-cfca-sm2-p12.der": "changeit",
    "openhitls-test_suite_sdv_pkcs12-L204-p12.der": "123456",
}


@pytest.mark.parametrize("name", WITH_PASSWORD)
def test_file_with_known_password(name: str, corpus_certs: Path) -> None:
    """A container whose password is known gives its keys, and refuses another password."""
    content = (corpus_certs / name).read_bytes()
    assert read_container(content, pin=WITH_PASSWORD[name]).keys
    with pytest.raises(PinRejected):
        read_container(content, pin="not the password")


@pytest.mark.parametrize(
    "name", ["openssl-sm2_bad_0.pem", "openssl-sm2_bad_1.pem", "openssl-sm2_bad_neg1.pem"]
)
def test_keys_out_of_range_are_refused(name: str, corpus_certs: Path) -> None:
    """OpenSSL's own negative keys (n-1, n, n+1) are refused."""
    with pytest.raises(KeyFormatError) as refused:
        read_container((corpus_certs / name).read_bytes())
    assert refused.value.code == "key.range"


@pytest.mark.parametrize("name", ["ofdrw-USER.p12", "ofdrw-SealBuilder.p12"])
def test_old_java_bundles_are_named(name: str, corpus_certs: Path) -> None:
    """BER bundles with Triple DES, as Java writes them, pass the MAC and are named outdated."""
    content = (corpus_certs / name).read_bytes()
    with pytest.raises((UnsupportedError, PinRejected)):
        read_container(content, pin="private")
    with pytest.raises(UnsupportedError) as refused:
        read_container(content, pin="777777")
    assert refused.value.code == "key.old_encryption"


def test_every_file_loads_or_says_why(corpus_certs: Path) -> None:
    """Of all files no one raises anything untyped, and the plain SM2 keys all load."""
    outcomes: Counter[str] = Counter()
    for path in sorted(corpus_certs.iterdir()):
        try:
            found = read_container(path.read_bytes(), pin="123456")
            outcomes["key" if found.keys else "certificate"] += 1
        except EsealError as error:
            outcomes[error.code] += 1
            if path.suffix == ".key" and "pub" not in path.name:
                pytest.fail(f"{path.name}: {error}")
    assert outcomes["key"] >= 70
    assert outcomes["certificate"] >= 120
