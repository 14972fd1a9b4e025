/* A small OES plug-in (the interface that OFD readers load), for tests only.  It holds one seal of
 * GB/T 38540-2020 and signs with it.  What it is, is said by the file that ESEALKIT_OES names
 * (settings.h): seal, certificate (files), key, seal_id, seal_name, cancel=1, wrong_digest=1,
 * slow, fail=FUNCTION:n:code.
 */
#define _GNU_SOURCE
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "settings.h"
#include "sm2.h"

typedef unsigned char byte;
enum { OK = 0, CANCEL = 0x10, FAILED = 0x1001, NO_SEAL = 0x1002, TOO_SMALL = 0x1003 };
#define EXPORT __attribute__((visibility("default")))

static settings now;
static unsigned long calls;

static int enter(const char *name) {
    if (settings_read(&now, "ESEALKIT_OES") != 0) return FAILED;
    return (int)setting_fault(&now, name, ++calls);
}

static int give(const void *value, size_t length, byte *out, int *size) {
    if (size == NULL) return FAILED;
    if (out == NULL) {
        *size = (int)length;
        return OK;
    }
    if ((size_t)*size < length) return TOO_SMALL;
    memcpy(out, value, length);
    *size = (int)length;
    return OK;
}

EXPORT int OES_GetProviderInfo(byte *name, int *name_size, byte *company, int *company_size,
                               byte *version, int *version_size, byte *more, int *more_size) {
    int code = enter("OES_GetProviderInfo");
    if (code) return code;
    give("test plug-in", 12, name, name_size);
    give("esealkit tests", 14, company, company_size);
    give("2.0", 3, version, version_size);
    return give("", 0, more, more_size);
}

EXPORT int OES_GetSealList(byte *out, int *size) {
    char list[512], id[128], name[256];
    int code = enter("OES_GetSealList");
    if (code) return code;
    setting(&now, "seal_id", id, sizeof id, "S1");
    setting(&now, "seal_name", name, sizeof name, "official");
    int length = snprintf(list, sizeof list - 2, "%s%c%s%c", id, 0, name, 0);
    list[length] = 0;
    return give(list, (size_t)length + 1, out, size);
}

static size_t the_seal(const byte *id, int length, byte *out, size_t most) {
    char path[1024], known[128], name[256];
    setting(&now, "seal_id", known, sizeof known, "S1");
    setting(&now, "seal_name", name, sizeof name, "official");
    if ((strlen(known) != (size_t)length || memcmp(known, id, (size_t)length)) &&
        (strlen(name) != (size_t)length || memcmp(name, id, (size_t)length)))
        return 0;
    setting(&now, "seal", path, sizeof path, "");
    return file_bytes(path, out, most);
}

EXPORT int OES_GetSeal(const byte *id, int id_length, byte *out, int *size) {
    static byte seal[1 << 20];
    int code = enter("OES_GetSeal");
    if (code) return code;
    size_t length = the_seal(id, id_length, seal, sizeof seal);
    return length ? give(seal, length, out, size) : NO_SEAL;
}

EXPORT int OES_GetSignMethod(byte *out, int *size) {
    int code = enter("OES_GetSignMethod");
    return code ? code : give("1.2.156.10197.1.501", 19, out, size);
}

EXPORT int OES_GetDigestMethod(byte *out, int *size) {
    int code = enter("OES_GetDigestMethod");
    return code ? code : give("1.2.156.10197.1.401", 19, out, size);
}

EXPORT int OES_GetErrMessage(unsigned long error, byte *out, int *size) {
    char text[64];
    int length = snprintf(text, sizeof text, "error %lu of the plug-in", error);
    return give(text, (size_t)length, out, size);
}

/* DER: identifier, length, content. */
static size_t put(byte *out, byte tag, const byte *content, size_t length) {
    size_t at = 0;
    out[at++] = tag;
    if (length < 128) {
        out[at++] = (byte)length;
    } else {
        int bytes = length < 256 ? 1 : length < 65536 ? 2 : 3;
        out[at++] = (byte)(0x80 | bytes);
        for (int i = bytes - 1; i >= 0; i--) out[at++] = (byte)(length >> (8 * i));
    }
    memmove(out + at, content, length);
    return at + length;
}

static size_t put_bits(byte *out, const byte *content, size_t length) {
    byte bits[256] = {0};
    memcpy(bits + 1, content, length);
    return put(out, 0x03, bits, length + 1);
}

/* "2026-06-01 16:00:00" of China's time as GeneralizedTime of UTC; 0 on success. */
static int utc_of(const byte *text, int length, char out[16]) {
    char copy[32] = {0};
    struct tm parts = {0};
    if (length != 19) return -1;
    memcpy(copy, text, 19);
    if (strptime(copy, "%Y-%m-%d %H:%M:%S", &parts) == NULL) return -1;
    time_t moment = timegm(&parts) - 8 * 3600;
    return gmtime_r(&moment, &parts) && strftime(out, 16, "%Y%m%d%H%M%SZ", &parts) == 15 ? 0 : -1;
}

EXPORT int OES_Sign(const byte *id, int id_length, const byte *property, int property_length,
                    const byte *digest, int digest_length, const byte *method, int method_length,
                    const byte *time, int time_length, byte *out, int *size) {
    static byte seal[1 << 20], tbs[1 << 20], whole[1 << 20], certificate[1 << 16];
    static const byte oid[] = {6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75};
    char path[1024], hex[128];
    sm2_key key;
    byte z[32], e[32], rs[64], der[80];
    char utc[16];
    (void)method;
    (void)method_length;
    int code = enter("OES_Sign");
    if (code) return code;
    if (setting_number(&now, "cancel", 0)) return CANCEL;
    usleep((useconds_t)(setting_number(&now, "slow", 0) * 1000));
    size_t seal_length = the_seal(id, id_length, seal, sizeof seal);
    if (!seal_length || digest_length != 32) return NO_SEAL;
    if (utc_of(time, time_length, utc)) return FAILED;
    setting(&now, "key", hex, sizeof hex, "");
    if (from_hex(hex, key.d, 32) != 32 || sm2_complete(&key)) return FAILED;
    setting(&now, "certificate", path, sizeof path, "");
    size_t certificate_length = file_bytes(path, certificate, sizeof certificate);

    byte hashed[32];
    memcpy(hashed, digest, 32);
    if (setting_number(&now, "wrong_digest", 0)) hashed[0] ^= 1;
    size_t at = put(tbs, 0x02, (const byte *)"\x04", 1);
    memcpy(tbs + at, seal, seal_length);
    at += seal_length;
    at += put(tbs + at, 0x18, (const byte *)utc, 15);
    at += put_bits(tbs + at, hashed, 32);
    at += put(tbs + at, 0x16, property, (size_t)property_length);
    size_t length = put(whole, 0x30, tbs, at);

    sm2_z(&key, "1234567812345678", 16, z);
    sm3(z, 32, whole, length, e);
    if (sm2_sign(&key, e, rs)) return FAILED;
    size_t der_length = der_of(rs, 0, der);
    length += put(whole + length, 0x04, certificate, certificate_length);
    memcpy(whole + length, oid, sizeof oid);
    length += sizeof oid;
    length += put_bits(whole + length, der, der_length);
    length = put(tbs, 0x30, whole, length);
    return give(tbs, length, out, size);
}
