/* A small SDF provider (GM/T 0018), for tests only; built with -DSHORT for 32-byte fields, as in
 * drafts of 2012.  What it holds is said by the file that ESEALKIT_SDF names (settings.h):
 *   key, index, password, offset         the key, its index, and what is added to the index when
 *                                        the access right is asked for
 *   present, slow, sessions, wrong_key=1, fail=FUNCTION:n:code
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "settings.h"
#include "sm2.h"

typedef unsigned char byte;
#ifdef SHORT
enum { FIELD = 32 };
#else
enum { FIELD = 64 };
#endif
typedef struct { unsigned bits; byte x[FIELD], y[FIELD]; } public_t;
typedef struct { byte r[FIELD], s[FIELD]; } signature_t;
typedef struct {
    byte issuer[40], device[16], serial[16];
    unsigned device_version, standard_version, asymmetric[2], symmetric, hash, buffer;
} info_t;

enum {
    OK = 0, BASE = 0x01000000, UNKNOWN = BASE + 1, COMMUNICATION = BASE + 3, OPEN_SESSION = BASE + 6,
    NO_RIGHT = BASE + 7, KEY_NOT_EXIST = BASE + 8, INARG = BASE + 0x1D, WRONG_PASSWORD = BASE + 0x100
};
enum { MOST = 64 };
#define EXPORT __attribute__((visibility("default")))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static settings now;
static struct { char name[40]; unsigned long count; } calls[32];
static struct { int open, right; } sessions[MOST];
static int device, was_present = 1;

static unsigned long counted(const char *name) {
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (calls[i].name[0] == 0) snprintf(calls[i].name, sizeof calls[i].name, "%s", name);
        if (strcmp(calls[i].name, name) == 0) return ++calls[i].count;
    }
    return 0;
}

static int enter(const char *name) {
    if (settings_read(&now, "ESEALKIT_SDF") != 0) return UNKNOWN;
    int present = setting_present(&now, "present");
    if (was_present && !present) memset(sessions, 0, sizeof sessions);
    was_present = present;
    if (!present) return COMMUNICATION;
    return (int)setting_fault(&now, name, counted(name));
}

#define ENTER(name)                  \
    pthread_mutex_lock(&lock);       \
    int code = enter(name);          \
    if (code != OK) {                \
        pthread_mutex_unlock(&lock); \
        return code;                 \
    }
#define LEAVE(value)                 \
    do {                             \
        int left = (value);          \
        pthread_mutex_unlock(&lock); \
        return left;                 \
    } while (0)

static size_t session_at(const void *session) {
    uintptr_t at = (uintptr_t)session - 1;
    return at < MOST && sessions[at].open ? (size_t)at : MOST;
}

static int load_key(unsigned index, sm2_key *key) {
    char text[128];
    if (index != setting_number(&now, "index", 1)) return -1;
    setting(&now, "key", text, sizeof text, "");
    return from_hex(text, key->d, 32) == 32 ? sm2_complete(key) : -1;
}

EXPORT int SDF_OpenDevice(void **handle) {
    ENTER("SDF_OpenDevice")
    *handle = &device;
    LEAVE(OK);
}

EXPORT int SDF_CloseDevice(void *handle) {
    ENTER("SDF_CloseDevice")
    LEAVE(handle == &device ? OK : INARG);
}

EXPORT int SDF_OpenSession(void *handle, void **session) {
    ENTER("SDF_OpenSession")
    if (handle != &device) LEAVE(INARG);
    unsigned long most = setting_number(&now, "sessions", MOST);
    for (size_t i = 0; i < MOST && i < most; i++) {
        if (!sessions[i].open) {
            sessions[i].open = 1;
            sessions[i].right = 0;
            *session = (void *)(uintptr_t)(i + 1);
            LEAVE(OK);
        }
    }
    LEAVE(OPEN_SESSION);
}

EXPORT int SDF_CloseSession(void *session) {
    ENTER("SDF_CloseSession")
    size_t at = session_at(session);
    if (at == MOST) LEAVE(INARG);
    sessions[at].open = 0;
    LEAVE(OK);
}

EXPORT int SDF_GetDeviceInfo(void *session, info_t *info) {
    ENTER("SDF_GetDeviceInfo")
    if (session_at(session) == MOST) LEAVE(INARG);
    memset(info, 0, sizeof *info);
    memcpy(info->issuer, "esealkit tests", 14);
    memcpy(info->device, "imitation", 9);
    memcpy(info->serial, "0001", 4);
    LEAVE(OK);
}

EXPORT int SDF_GetPrivateKeyAccessRight(void *session, unsigned index, const char *password, unsigned length) {
    char right[64];
    ENTER("SDF_GetPrivateKeyAccessRight")
    size_t at = session_at(session);
    if (at == MOST) LEAVE(INARG);
    if (index != setting_number(&now, "index", 1) + setting_number(&now, "offset", 0)) LEAVE(KEY_NOT_EXIST);
    setting(&now, "password", right, sizeof right, "12345678");
    if (length < 8) LEAVE(INARG);
    if (length != strlen(right) || memcmp(password, right, length) != 0) LEAVE(WRONG_PASSWORD);
    sessions[at].right = 1;
    LEAVE(OK);
}

EXPORT int SDF_ReleasePrivateKeyAccessRight(void *session, unsigned index) {
    (void)index;
    ENTER("SDF_ReleasePrivateKeyAccessRight")
    size_t at = session_at(session);
    if (at == MOST) LEAVE(INARG);
    sessions[at].right = 0;
    LEAVE(OK);
}

EXPORT int SDF_ExportSignPublicKey_ECC(void *session, unsigned index, public_t *out) {
    sm2_key key;
    ENTER("SDF_ExportSignPublicKey_ECC")
    if (session_at(session) == MOST) LEAVE(INARG);
    if (load_key(index, &key) != 0) LEAVE(KEY_NOT_EXIST);
    memset(out, 0, sizeof *out);
    out->bits = 256;
    memcpy(out->x + FIELD - 32, key.x, 32);
    memcpy(out->y + FIELD - 32, key.y, 32);
    LEAVE(OK);
}

EXPORT int SDF_InternalSign_ECC(void *session, unsigned index, const byte *data, unsigned length, signature_t *out) {
    sm2_key key;
    byte rs[64];
    ENTER("SDF_InternalSign_ECC")
    size_t at = session_at(session);
    if (at == MOST || length != 32) LEAVE(INARG);
    if (!sessions[at].right) LEAVE(NO_RIGHT);
    if (load_key(index, &key) != 0) LEAVE(KEY_NOT_EXIST);
    if (setting_number(&now, "wrong_key", 0)) key.d[31] ^= 1;
    unsigned long slow = setting_number(&now, "slow", 0);
    if (slow) {
        pthread_mutex_unlock(&lock);
        usleep((useconds_t)(slow * 1000));
        pthread_mutex_lock(&lock);
    }
    if (sm2_sign(&key, data, rs) != 0) LEAVE(UNKNOWN);
    memset(out, 0, sizeof *out);
    memcpy(out->r + FIELD - 32, rs, 32);
    memcpy(out->s + FIELD - 32, rs + 32, 32);
    LEAVE(OK);
}
