"""Other people's SM2 behind one call: does this signature hold?

Each returns True, False, or None where the case cannot be put to it at all.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from esealkit.crypto import sm2, sm3
from tests.support.vectors import SignatureCase

_DRIVER = r"""
#define _GNU_SOURCE
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One case a line: public id message signature e, in hexadecimal, "-" for none. */
static unsigned char *bytes(const char *hex, size_t *len) {
    if (strcmp(hex, "-") == 0) { *len = 0; return calloc(1, 1); }
    *len = strlen(hex) / 2;
    unsigned char *out = malloc(*len + 1);
    for (size_t i = 0; i < *len; i++) { unsigned v; sscanf(hex + 2 * i, "%2x", &v); out[i] = v; }
    return out;
}

static EVP_PKEY *load(const unsigned char *pub, size_t len) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *b = OSSL_PARAM_BLD_new();
    OSSL_PARAM_BLD_push_utf8_string(b, "group", "SM2", 0);
    OSSL_PARAM_BLD_push_octet_string(b, "pub", pub, len);
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(b);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "SM2", NULL);
    if (EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) != 1) key = NULL;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(b);
    return key;
}

int main(void) {
    char *line = NULL; size_t room = 0; ssize_t got;
    while ((got = getline(&line, &room, stdin)) > 0) {
        char *field[5], *rest = line; size_t len[5]; unsigned char *value[5]; int ok = 0;
        line[strcspn(line, "\n")] = 0;
        for (int i = 0; i < 5; i++) { field[i] = strsep(&rest, " "); value[i] = bytes(field[i], &len[i]); }
        EVP_PKEY *key = load(value[0], len[0]);
        if (key != NULL) {
            EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_pkey(NULL, key, NULL);
            if (strcmp(field[4], "-") != 0) {
                ok = EVP_PKEY_verify_init(ctx) == 1 &&
                     EVP_PKEY_verify(ctx, value[3], len[3], value[4], len[4]) == 1;
            } else {
                EVP_MD_CTX *md = EVP_MD_CTX_new();
                EVP_MD_CTX_set_pkey_ctx(md, ctx);
                ok = EVP_PKEY_CTX_set1_id(ctx, value[1], (int)len[1]) == 1 &&
                     EVP_DigestVerifyInit(md, NULL, EVP_sm3(), NULL, key) == 1 &&
                     EVP_DigestVerify(md, value[3], len[3], value[2], len[2]) == 1;
                EVP_MD_CTX_free(md);
            }
            EVP_PKEY_CTX_free(ctx);
            EVP_PKEY_free(key);
        }
        puts(ok ? "1" : "0");
        for (int i = 0; i < 5; i++) free(value[i]);
    }
    free(line);
    return 0;
}
"""


def libcrypto(cases: Sequence[SignatureCase], folder: Path) -> list[bool]:
    """OpenSSL's library through a driver that is compiled on the spot."""
    compiler = shutil.which("cc")
    if compiler is None:
        pytest.skip("no C compiler: libcrypto was not asked")
    source, program = folder / "driver.c", folder / "driver"
    source.write_text(_DRIVER, "utf-8")
    command = [compiler, "-O1", "-o", str(program), str(source), "-lcrypto"]
    built = subprocess.run(command, capture_output=True, check=False, timeout=60)
    if built.returncode:
        pytest.skip("no headers of libcrypto 3: it was not asked")
    rows = "".join(
        " ".join(
            value.hex() or "-"
            for value in (case.public, case.signer_id, case.message, case.signature, case.e or b"")
        )
        + "\n"
        for case in cases
    )
    done = subprocess.run(
        [str(program)], input=rows.encode(), capture_output=True, check=True, timeout=120
    )
    return [line == b"1" for line in done.stdout.split()]


def _numbers(case: SignatureCase) -> tuple[int, int] | None:
    """R and s where a peer without DER can be given them: 256 bits, not negative."""
    pair = case.pair
    return pair if pair and all(0 <= number < 2**256 for number in pair) else None


def _z(public: bytes, signer_id: bytes) -> bytes:
    """Z computed here: the peers below are asked about numbers only."""
    x, y = public[1:33], public[33:65]
    curve = bytes.fromhex(
        "FFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFC"
        "28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93"
        "32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7"
        "BC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0"
    )
    length = (8 * len(signer_id) & 0xFFFF).to_bytes(2, "big")
    return sm3(length + signer_id + curve + x + y)


def gmssl(case: SignatureCase) -> bool | None:
    """PyPI's gmssl: r || s and x || y in hexadecimal, e as the digest."""
    from gmssl.sm2 import CryptSM2

    numbers = _numbers(case)
    if numbers is None or len(case.public) != 65:
        return None
    verifier = CryptSM2(private_key="", public_key="")
    verifier.public_key = case.public[1:].hex()
    e = case.e or sm3(_z(case.public, case.signer_id) + case.message)
    try:
        return bool(verifier.verify(f"{numbers[0]:064x}{numbers[1]:064x}", e))
    except (TypeError, ValueError):  # it meets None where a point should be
        return False


def gmalg(case: SignatureCase) -> bool | None:
    """PyPI's gmalg: messages only, any encoded point."""
    import gmalg as module

    numbers = _numbers(case)
    if numbers is None or case.e is not None:
        return None
    r, s = (number.to_bytes(32, "big") for number in numbers)
    try:
        verifier = module.SM2(uid=case.signer_id, pk=case.public)
        return bool(verifier.verify(case.message, r, s))
    except Exception:
        return False


def strict_der_refused(signature: bytes) -> bool:
    """Whether esealkit's own reader of signatures refuses the bytes."""
    try:
        sm2.decode_signature(signature)
    except Exception:
        return True
    return False


def disagreements(
    cases: Iterable[SignatureCase], answers: Iterable[bool | None]
) -> list[SignatureCase]:
    """The cases that a peer answers otherwise."""
    return [
        case
        for case, answer in zip(cases, answers, strict=True)
        if answer is not None and answer != case.valid
    ]
