"""CRLs: what they say, and the many ways in which they say nothing."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.support.ca import (
    NOW,
    Authority,
    added_extension,
    extension,
    key_named,
    name_of,
    root,
    with_parts,
)
from tests.support.crls import (
    INDIRECT,
    ONLY_CA,
    ONLY_USER,
    SOME_REASONS,
    at_url,
    crl,
    reason,
    row,
    scope,
)
from tests.support.openssl import NEEDED, Desk

from esealkit.asn1 import build
from esealkit.errors import EsealError, KeyFormatError, LimitExceeded
from esealkit.keys import SoftwareKey
from esealkit.limits import Limits
from esealkit.pki.certificate import Certificate
from esealkit.pki.evidence import sort_evidence
from esealkit.pki.issuing import RevokedCertificate, issue_crl
from esealkit.pki.revocation import Crl, RevocationData, RevocationState, revocation_status

DAY = dt.timedelta(days=1)
CA: Authority = root("吊销测试根")
LEAF = CA.issue("持有者")
OTHER_NUMBER = LEAF.serial + 5000


def status(data: bytes, certificate: Certificate = LEAF, issuer: Certificate | None = None,
           at: dt.datetime = NOW - 10 * DAY, now: dt.datetime = NOW):  # fmt: skip
    found = RevocationData(crls=(Crl(data),))
    return revocation_status(certificate, issuer or CA.certificate, found, at=at, now=now)


def state(data: bytes, *arguments: object, **changes: object) -> str:
    return status(data, *arguments, **changes).state.value  # type: ignore[arg-type]


# -- what a CRL says ----------------------------------------------------------------------------


def test_unlisted_certificate_is_good() -> None:
    """A current CRL that does not list the certificate makes it good, and says of when it is."""
    found = status(crl(CA, row(OTHER_NUMBER)))
    assert (found.state, found.source) == (RevocationState.GOOD, "crl")
    assert found.produced == NOW - DAY
    assert state(crl(CA)) == "good"


@pytest.mark.parametrize(
    ("code", "name"),
    [(0, "unspecified"), (1, "key_compromise"), (2, "ca_compromise"), (3, "affiliation_changed"),
     (4, "superseded"), (5, "cessation_of_operation"), (6, "certificate_hold"),
     (9, "privilege_withdrawn"), (10, "aa_compromise"), (77, "unspecified")],
)  # fmt: skip
def test_listed_certificate_is_revoked_for_its_reason(code: int, name: str) -> None:
    """A row for the serial number means revoked, at its date, for its reason; a reason nobody
    knows is none; certificateHold is a revocation as long as it is listed."""
    rows = (row(OTHER_NUMBER), row(LEAF.serial, reason(code), date=NOW - 3 * DAY))
    found = status(crl(CA, *rows))
    assert (found.state.value, found.reason) == ("revoked", name)
    assert found.revoked_at == NOW - 3 * DAY


def test_row_without_reason_is_unspecified() -> None:
    """A row without a reason is a revocation without one."""
    assert status(crl(CA, row(LEAF.serial))).reason == "unspecified"


def test_remove_from_crl_is_no_revocation() -> None:
    """removeFromCRL takes the certificate off the list."""
    assert state(crl(CA, row(LEAF.serial, reason(8)))) == "good"


def test_our_own_crls_read_back() -> None:
    """What issue_crl writes is read with the same rows, dates and reasons."""
    rows = [RevokedCertificate(serial=n, date=NOW - n % 997 * DAY, reason="superseded")
            for n in (1, 127, 128, 255, 256, 2**64 + 3, 2**158 + 1)]  # fmt: skip
    made = issue_crl(issuer_name=CA.subject, signing_key=CA.key, this_update=NOW,
                     next_update=NOW + DAY, number=7, revoked=rows)  # fmt: skip
    read = Crl(made)
    assert (read.this_update, read.next_update, read.unusable) == (NOW, NOW + DAY, "")
    for item in rows:
        assert read.find(item.serial) == (item.date, "superseded")
    assert all(read.find(n) is None for n in (0, 2, 3, 129, 254, 2**64, 2**158, -3, -127))


@pytest.mark.parametrize("number", [0, 1, 127, 128, 255, 256, 32767, 32768, 2**63, 2**159 - 1])
@pytest.mark.parametrize("sign", [1, -1])
def test_serial_numbers_in_every_length(number: int, sign: int) -> None:
    """Serial numbers at the edges of INTEGER's lengths are found, negative ones too, and their
    neighbours are not."""
    serial = number * sign
    read = Crl(crl(CA, row(5), row(serial), row(77)))
    assert read.find(serial) is not None
    assert read.find(serial + 3) is None


@pytest.mark.parametrize(
    ("stored", "serial"),
    [(b"\0\x05", 5), (b"\0\0\x7f", 127), (b"\x85\x01", 0x8501), (b"\0\x85\x01", -0x7AFF)],
)
def test_serial_number_stored_with_another_sign_or_zero(stored: bytes, serial: int) -> None:
    """CAs write serial numbers with surplus zeros or without the sign's zero; the certificate
    they mean counts as revoked."""
    assert Crl(crl(CA, row(9), row(stored))).find(serial) is not None


def test_serial_inside_another_row_is_no_row() -> None:
    """A serial number whose encoding stands inside another row's serial, date or extension is
    not thereby revoked."""
    small = Crl(crl(CA, row(b"\x11\x02\x01\x05\x22"), row(0x300E0201),
                    row(7, extension("1.2.3", row(5), critical=False))))  # fmt: skip
    assert small.find(5) is None
    assert small.find(7) is not None


def test_invalidity_date_does_not_move_the_revocation() -> None:
    """invalidityDate and other non-critical row extensions leave date and reason alone."""
    known = extension("2.5.29.24", build.time(NOW - 99 * DAY), critical=False)
    found = status(crl(CA, row(LEAF.serial, known, reason(1), date=NOW - DAY)))
    assert (found.revoked_at, found.reason) == (NOW - DAY, "key_compromise")


# -- what says nothing --------------------------------------------------------------------------


def test_crl_of_another_issuer_says_nothing() -> None:
    """Neither another CA's CRL, nor one in the issuer's name by another key, nor one whose bytes
    were changed is used, even where it names the serial number."""
    other = root("另一个根")
    assert status(crl(other, row(LEAF.serial))).why == "no data"
    forged = status(crl(CA, row(LEAF.serial), key=other.key))
    assert (forged.state.value, forged.why) == ("unknown", "CRL: crypto.invalid_signature")
    whole = bytearray(crl(CA, row(OTHER_NUMBER)))
    at = whole.index(build.integer(OTHER_NUMBER)) + 3
    whole[at] ^= 1
    assert state(bytes(whole)) == "unknown"


def test_same_name_is_not_the_same_issuer() -> None:
    """A CA of the same name with another key cannot speak for this CA's certificates."""
    twin = root("吊销测试根", key=key_named("同名者"))
    assert twin.certificate.subject_der == CA.certificate.subject_der
    assert state(crl(twin)) == "unknown"
    assert state(crl(CA), issuer=twin.certificate) == "unknown"


def test_issuer_must_be_allowed_to_sign_crls() -> None:
    """An issuer whose key usage lacks cRLSign signs no CRL that counts."""
    narrow = root("窄根", key_usage=["key_cert_sign"])
    leaf = narrow.issue("某人")
    found = status(crl(narrow), leaf, narrow.certificate)
    assert (found.state.value, found.why) == ("unknown", "the issuer may not sign CRLs")


def test_unknown_issuer_says_nothing() -> None:
    """Without the issuer's certificate no CRL can be verified."""
    data = RevocationData(crls=(Crl(crl(CA)),))
    found = revocation_status(LEAF, None, data, at=NOW, now=NOW)
    assert (found.state.value, found.why) == ("unknown", "issuer unknown")


@pytest.mark.parametrize(
    ("this", "until", "at", "expected"),
    [
        (-20, -15, -10, "unknown"),  # stale, and older than the signing
        (-8, -5, -10, "good"),  # stale by now, but made after the signing
        (-8, None, -10, "good"),
        (-20, None, -10, "unknown"),  # no end given: never current
        (-20, 5, -10, "good"),
        (1, 9, -10, "unknown"),  # of the future
    ],
)
def test_age_of_the_list(this: int, until: int | None, at: int, expected: str) -> None:
    """A CRL counts when it is current, or was made at or after the time that matters; one of the
    future never does."""
    made = crl(CA, this=NOW + this * DAY, until=None if until is None else NOW + until * DAY)
    found = status(made, at=NOW + at * DAY)
    assert found.state.value == expected, found.why


def test_revocation_counts_however_old_the_list() -> None:
    """A stale CRL that names the certificate still proves the revocation."""
    made = crl(CA, row(LEAF.serial, date=NOW - 30 * DAY), this=NOW - 20 * DAY, until=NOW - 15 * DAY)
    assert state(made) == "revoked"


@pytest.mark.parametrize(
    ("extensions", "why"),
    [
        ((extension("2.5.29.27", build.integer(1), critical=True),), "delta CRL"),
        ((extension("2.5.29.27", build.integer(1), critical=False),), "delta CRL"),
        ((extension("1.2.3.4", b"x", critical=True),), "unknown critical extension 1.2.3.4"),
        ((scope(INDIRECT),), "indirect"),
        ((scope(SOME_REASONS),), "some reasons"),
        ((scope(build.context(5, b"\xff", constructed=False)),), "attributes"),
    ],
)
@pytest.mark.parametrize("rows", [(), (row(LEAF.serial),)], ids=["absent", "listed"])
def test_crl_of_another_kind_is_not_used(
    extensions: tuple[bytes, ...], why: str, rows: tuple[bytes, ...]
) -> None:
    """Delta and indirect CRLs, those limited to some reasons or to attributes, and those with an
    unknown critical extension decide nothing in either direction."""
    found = status(crl(CA, *rows, extensions=extensions))
    assert found.state.value == "unknown"
    assert why in found.why


def test_non_critical_extension_is_no_hindrance() -> None:
    """An unknown extension that is not critical leaves the CRL usable."""
    assert state(crl(CA, extensions=(extension("1.2.3.4", b"x", critical=False),))) == "good"


def test_list_of_users_only_or_cas_only() -> None:
    """A CRL limited to users says nothing of CAs, and the reverse."""
    below = CA.below("下级").certificate
    users, authorities = crl(CA, extensions=(scope(ONLY_USER),)), crl(
        CA, extensions=(scope(ONLY_CA),))  # fmt: skip
    assert (state(users), state(users, below)) == ("good", "unknown")
    assert (state(authorities), state(authorities, below)) == ("unknown", "good")


def test_list_of_another_partition_says_nothing() -> None:
    """A CA may split its CRL by distribution point; a part that is not the certificate's own
    leaves it undecided, or a revoked certificate would look good (RFC 5280 6.3.3 b)."""
    part = CA.issue("分片持有者", crl_url="http://crl.example.com/1.crl")
    own = crl(CA, extensions=(scope(at_url("http://crl.example.com/1.crl")),))
    several = crl(CA, extensions=(scope(at_url("ldap://x/y", "http://crl.example.com/1.crl")),))
    other = crl(CA, extensions=(scope(at_url("http://crl.example.com/2.crl")),))
    assert (state(own, part), state(several, part)) == ("good", "good")
    assert state(other, part) == "unknown"
    assert state(own, LEAF) == "unknown"
    assert state(crl(CA), part) == "good"


@pytest.mark.parametrize(
    "bad",
    [
        row(LEAF.serial, extension("2.5.29.29", b"0\0", critical=True)),
        row(LEAF.serial, extension("2.5.29.29", b"0\0", critical=False)),
        row(LEAF.serial, extension("1.2.3.4", b"", critical=True)),
        row(LEAF.serial, date=build.utf8("soon")),
        row(LEAF.serial, date=b"\x17\x0d261301000000Z"),
        row(LEAF.serial, date=b"\x17\x05hello"),
        row(LEAF.serial, extension("2.5.29.21", b"\x0a\x05\x01", critical=False)),
        row(LEAF.serial, b"\x04\x01x"),
    ],
)
def test_row_that_cannot_be_read_is_never_good(bad: bytes) -> None:
    """A row with the certificate's serial number that cannot be read leaves it undecided: it must
    not be passed over as if it were absent."""
    found = status(crl(CA, row(3), bad, row(4)))
    assert found.state.value != "good"
    assert found.state.value == "unknown"


def test_algorithms_inside_and_outside_must_agree() -> None:
    """The two AlgorithmIdentifiers of a CRL are the same."""
    null = build.sequence(build.oid("1.2.156.10197.1.501"), build.NULL)
    assert state(crl(CA, outer=null)) == "unknown"
    assert state(crl(CA, algorithm=null)) == "good"


def test_earliest_revocation_of_several_lists_counts() -> None:
    """Of several lists a revocation outweighs silence, and the earliest date counts."""
    lists = [crl(CA), crl(CA, row(LEAF.serial, date=NOW - 2 * DAY)),
             crl(CA, row(LEAF.serial, date=NOW - 5 * DAY))]  # fmt: skip
    data = RevocationData(crls=tuple(Crl(item) for item in lists))
    found = revocation_status(LEAF, CA.certificate, data, at=NOW, now=NOW)
    assert (found.state.value, found.revoked_at) == ("revoked", NOW - 5 * DAY)


# -- form ---------------------------------------------------------------------------------------


def test_every_truncation_is_refused() -> None:
    """Every proper beginning of a CRL is refused as malformed, and so is a byte more."""
    whole = crl(CA, row(5, reason(1)), row(6), extensions=(scope(ONLY_USER),))
    Crl(whole)
    for size in range(len(whole)):
        with pytest.raises(KeyFormatError) as refused:
            Crl(whole[:size])
        assert refused.value.code == "crl.malformed"
    with pytest.raises(KeyFormatError):
        Crl(whole + b"\0")


def test_every_flipped_bit_is_harmless() -> None:
    """No flipped bit of a CRL that lists a certificate makes that certificate good, and none
    raises anything but an error of ours."""
    whole = crl(CA, row(LEAF.serial, reason(1)))
    for position in range(len(whole) * 8):
        bent = bytearray(whole)
        bent[position // 8] ^= 1 << position % 8
        try:
            found = status(bytes(bent))
        except EsealError:
            continue
        assert found.state is not RevocationState.GOOD, position


def test_size_is_limited() -> None:
    """A CRL above the budget is refused before it is read."""
    whole = crl(CA, row(5))
    with pytest.raises(LimitExceeded):
        Crl(whole, limits=Limits(crl_size=len(whole) - 1))


def test_pem_and_der_are_told_apart() -> None:
    """Evidence takes CRLs as DER, as PEM, and several in one file."""
    from tests.support.openssl import pem

    made = crl(CA, row(LEAF.serial))
    text = pem("X509 CRL", made)
    found = sort_evidence([made, text, text + text, LEAF.der])
    assert [item.data for item in found.revocation.crls] == [made] * 4
    assert found.certificates == (LEAF,)


MILLION = """
import time, tracemalloc
from esealkit.asn1 import build
from esealkit.pki.revocation import Crl
from tests.support.ca import root
from tests.support.crls import crl, row, reason
ca = root("大名录")
first = row(1 << 127, reason(1))
at = first.index((1 << 127).to_bytes(17, "big"))
head, tail = first[:at], first[at + 17:]
rows = b"".join(head + (n * 7919 + (1 << 127)).to_bytes(17, "big") + tail for n in range(1_000_000))
data = crl(ca, rows)
del rows
assert len(data) > 40_000_000
tracemalloc.start()
started = time.perf_counter()
from esealkit.pki.signatures import verify_with_certificate
made = Crl(data)
verify_with_certificate(ca.certificate, made.signature_algorithm, made.signature, made.tbs)
assert made.find(1 << 127) and made.find(999_999 * 7919 + (1 << 127))
assert made.find((1 << 127) + 1) is None
took = time.perf_counter() - started
print(tracemalloc.get_traced_memory()[1], took)
"""


def test_million_rows_cost_no_memory() -> None:
    """A CRL of a million rows is read, verified and searched within 64 MiB beside its own bytes,
    and within seconds (S-33)."""
    done = subprocess.run([sys.executable, "-c", MILLION], capture_output=True, text=True,
                          check=True, timeout=60)  # fmt: skip
    peak, took = done.stdout.split()
    assert int(peak) < 64 * 2**20
    assert float(took) < 20


# -- by OpenSSL ---------------------------------------------------------------------------------


@NEEDED
@pytest.mark.parametrize("kind", ["sm2", "rsa"])
def test_crl_made_by_openssl(kind: str, tmp_path: Path) -> None:
    """A CRL that OpenSSL made, with SM2 or RSA, lists what OpenSSL was told and nothing else."""
    key = SoftwareKey.generate() if kind == "sm2" else SoftwareKey(
        rsa.generate_private_key(public_exponent=65537, key_size=2048))  # fmt: skip
    authority = root(f"开放{kind}", key=key)
    desk = Desk(tmp_path, key, authority.certificate)
    gone, there = authority.issue("已吊销"), authority.issue("在用")
    desk.index(("R", gone, "260301000000Z,keyCompromise"), ("V", there, ""))
    made = Crl(desk.crl())
    now = made.this_update + DAY
    data = RevocationData(crls=(made,))
    found = revocation_status(gone, authority.certificate, data, at=now, now=now)
    assert (found.state.value, found.reason) == ("revoked", "key_compromise")
    assert found.revoked_at == dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    good = revocation_status(there, authority.certificate, data, at=now, now=now)
    assert good.state.value == "good"


@NEEDED
def test_openssl_reads_our_crl(tmp_path: Path) -> None:
    """OpenSSL reads from our CRL the rows that we wrote."""
    from tests.support.openssl import openssl

    made = issue_crl(issuer_name=name_of("吊销测试根"), signing_key=CA.key, this_update=NOW,
                     next_update=NOW + DAY, number=1, revoked=[
                         RevokedCertificate(serial=0xABCDEF, date=NOW, reason="superseded")])  # fmt: skip
    text = openssl("crl", "-inform", "DER", "-noout", "-text", folder=tmp_path, given=made).decode()
    assert "Serial Number: ABCDEF" in text
    assert "Superseded" in text


def test_negative_serial_of_a_certificate(tmp_path: Path) -> None:
    """A certificate whose serial number is negative is found on a list that writes it so."""
    odd = Certificate(with_parts(LEAF, CA.key, serial=b"\x02\x01\x80"))
    assert odd.serial == -128
    assert state(crl(CA, row(b"\x80")), odd) == "revoked"
    assert state(crl(CA, row(b"\0\x80")), odd) == "revoked"
    assert state(crl(CA, row(b"\x81")), odd) == "good"
    assert added_extension(LEAF, CA.key, extension("1.2.3", b"", critical=False)) != LEAF.der
