/* A small SKF provider (GM/T 0016), for tests only; built with ULONG of 32 bits, or of 64 with
 * -DWIDE as some libraries on Linux have it.  What it holds is said by the file that ESEALKIT_SKF
 * names (settings.h):
 *   devices, application, container      names; several devices are separated by commas
 *   key, encryption_key, certificate, encryption_certificate, pin, tries
 *   present, slow, fail=FUNCTION:n:code, wrong_key=1, rsa=1, no_login_code=1, no_certificate=1
 *   file_<NAME>                          a file of the application, such as a seal
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "settings.h"
#include "sm2.h"

#ifdef WIDE
typedef unsigned long ulong_t;
#else
typedef uint32_t ulong_t;
#endif
typedef ulong_t sar_t;
typedef unsigned char byte;

#pragma pack(push, 1)
typedef struct { ulong_t bits; byte x[64], y[64]; } public_t;
typedef struct { byte r[64], s[64]; } signature_t;
typedef struct { byte major, minor; } version_t;
typedef struct {
    version_t version;
    char manufacturer[64], issuer[64], label[32], serial[32];
    version_t hardware, firmware;
    ulong_t symmetric, asymmetric, hash, authentication, total, free_space, most_ecc, most_user;
    byte reserved[64];
} info_t;
typedef struct { char name[32]; ulong_t size, readable, writable; } file_info_t;
#pragma pack(pop)

enum {
    OK = 0, FAIL = 0x0A000001, HANDLE = 0x0A000005, PARAMETER = 0x0A000006, NO_ROOM = 0x0A00000F,
    KEY_NOT_FOUND = 0x0A00001B, CERT_NOT_FOUND = 0x0A00001C, TOO_SMALL = 0x0A000020,
    REMOVED = 0x0A000023, PIN_WRONG = 0x0A000024, PIN_LOCKED = 0x0A000025, PIN_LENGTH = 0x0A000027,
    NOT_LOGGED_IN = 0x0A00002D, NO_APPLICATION = 0x0A00002E, NO_FILE = 0x0A000031
};
#define EXPORT __attribute__((visibility("default")))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static settings now;
static struct { char name[40]; unsigned long count; } calls[48];
static unsigned long wrong_pins;
static int device_open, application_open, container_open, logged_in, was_present = 1;
static struct { char name[40]; byte value[65536]; size_t length; } files[8];
static size_t file_count;
static int handles[3];
#define DEVICE ((void *)&handles[0])
#define APPLICATION ((void *)&handles[1])
#define CONTAINER ((void *)&handles[2])

static unsigned long counted(const char *name) {
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (calls[i].name[0] == 0) snprintf(calls[i].name, sizeof calls[i].name, "%s", name);
        if (strcmp(calls[i].name, name) == 0) return ++calls[i].count;
    }
    return 0;
}

static sar_t enter(const char *name) {
    if (settings_read(&now, "ESEALKIT_SKF") != 0) return FAIL;
    int present = setting_present(&now, "present");
    if (was_present && !present) device_open = application_open = container_open = logged_in = 0;
    was_present = present;
    return (sar_t)setting_fault(&now, name, counted(name));
}

#define ENTER(name)                  \
    pthread_mutex_lock(&lock);       \
    sar_t sar = enter(name);         \
    if (sar != OK) {                 \
        pthread_mutex_unlock(&lock); \
        return sar;                  \
    }
#define LEAVE(value)                 \
    do {                             \
        sar_t left = (value);        \
        pthread_mutex_unlock(&lock); \
        return left;                 \
    } while (0)

static int flag(const char *name) { return setting_number(&now, name, 0) != 0; }

/* Names as SKF lists them: each ends in a zero byte, and the list in one more. */
static sar_t give_list(const char *names, char *out, ulong_t *size) {
    char list[1024] = {0};
    size_t length = 0;
    for (const char *at = names; *at;) {
        size_t name = strcspn(at, ",");
        memcpy(list + length, at, name);
        length += name + 1;
        at += name + (at[name] == ',');
    }
    length++;
    if (size == NULL) return PARAMETER;
    if (out == NULL) {
        *size = (ulong_t)length;
        return OK;
    }
    if (*size < length) return TOO_SMALL;
    memcpy(out, list, length);
    *size = (ulong_t)length;
    return OK;
}

static sar_t give(const void *value, size_t length, byte *out, ulong_t *size) {
    if (size == NULL) return PARAMETER;
    if (out == NULL) {
        *size = (ulong_t)length;
        return OK;
    }
    if (*size < length) return TOO_SMALL;
    memcpy(out, value, length);
    *size = (ulong_t)length;
    return OK;
}

EXPORT sar_t SKF_EnumDev(int present_only, char *names, ulong_t *size) {
    char text[256];
    (void)present_only;
    ENTER("SKF_EnumDev")
    setting(&now, "devices", text, sizeof text, "test key");
    LEAVE(give_list(was_present ? text : "", names, size));
}

EXPORT sar_t SKF_ConnectDev(const char *name, void **device) {
    char text[256];
    ENTER("SKF_ConnectDev")
    setting(&now, "devices", text, sizeof text, "test key");
    if (!was_present) LEAVE(REMOVED);
    if (name == NULL || device == NULL || strstr(text, name) == NULL) LEAVE(PARAMETER);
    device_open++;
    *device = DEVICE;
    LEAVE(OK);
}

EXPORT sar_t SKF_DisConnectDev(void *device) {
    ENTER("SKF_DisConnectDev")
    if (device != DEVICE) LEAVE(HANDLE);
    if (device_open > 0) device_open--;
    LEAVE(OK);
}

EXPORT sar_t SKF_GetDevInfo(void *device, info_t *info) {
    ENTER("SKF_GetDevInfo")
    if (device != DEVICE || !device_open) LEAVE(was_present ? HANDLE : REMOVED);
    memset(info, 0, sizeof *info);
    snprintf(info->manufacturer, sizeof info->manufacturer, "esealkit tests");
    setting(&now, "label", info->label, sizeof info->label, "test key");
    setting(&now, "serial", info->serial, sizeof info->serial, "0001");
    LEAVE(OK);
}

EXPORT sar_t SKF_LockDev(void *device, ulong_t milliseconds) {
    (void)milliseconds;
    ENTER("SKF_LockDev")
    LEAVE(device == DEVICE && device_open ? OK : HANDLE);
}

EXPORT sar_t SKF_UnlockDev(void *device) {
    ENTER("SKF_UnlockDev")
    LEAVE(device == DEVICE ? OK : HANDLE);
}

EXPORT sar_t SKF_EnumApplication(void *device, char *names, ulong_t *size) {
    char text[256];
    ENTER("SKF_EnumApplication")
    if (device != DEVICE || !device_open) LEAVE(was_present ? HANDLE : REMOVED);
    setting(&now, "application", text, sizeof text, "SEAL");
    LEAVE(give_list(text, names, size));
}

EXPORT sar_t SKF_OpenApplication(void *device, const char *name, void **application) {
    char text[256];
    ENTER("SKF_OpenApplication")
    if (device != DEVICE || !device_open) LEAVE(was_present ? HANDLE : REMOVED);
    setting(&now, "application", text, sizeof text, "SEAL");
    if (strstr(text, name) == NULL) LEAVE(NO_APPLICATION);
    application_open++;
    *application = APPLICATION;
    LEAVE(OK);
}

EXPORT sar_t SKF_CloseApplication(void *application) {
    ENTER("SKF_CloseApplication")
    if (application != APPLICATION) LEAVE(HANDLE);
    if (application_open > 0) application_open--;
    if (application_open == 0) logged_in = 0;
    LEAVE(OK);
}

EXPORT sar_t SKF_GetPINInfo(void *application, ulong_t type, ulong_t *most, ulong_t *left, int *is_default) {
    ENTER("SKF_GetPINInfo")
    if (application != APPLICATION || !application_open) LEAVE(was_present ? HANDLE : REMOVED);
    if (type != 1) LEAVE(PARAMETER);
    unsigned long tries = setting_number(&now, "tries", 10);
    *most = (ulong_t)tries;
    *left = (ulong_t)(tries > wrong_pins ? tries - wrong_pins : 0);
    *is_default = 0;
    LEAVE(OK);
}

EXPORT sar_t SKF_VerifyPIN(void *application, ulong_t type, const char *pin, ulong_t *left) {
    char right[64];
    ENTER("SKF_VerifyPIN")
    if (application != APPLICATION || !application_open) LEAVE(was_present ? HANDLE : REMOVED);
    if (type != 1 || pin == NULL) LEAVE(PARAMETER);
    unsigned long tries = setting_number(&now, "tries", 10);
    if (wrong_pins >= tries) {
        *left = 0;
        LEAVE(PIN_LOCKED);
    }
    if (strlen(pin) < 4 || strlen(pin) > 16) LEAVE(PIN_LENGTH);
    setting(&now, "pin", right, sizeof right, "1234");
    if (strcmp(pin, right) != 0) {
        wrong_pins++;
        *left = (ulong_t)(tries - wrong_pins);
        LEAVE(wrong_pins >= tries ? PIN_LOCKED : PIN_WRONG);
    }
    wrong_pins = 0;
    logged_in = 1;
    LEAVE(OK);
}

EXPORT sar_t SKF_ClearSecureState(void *application) {
    ENTER("SKF_ClearSecureState")
    if (application != APPLICATION) LEAVE(HANDLE);
    logged_in = 0;
    LEAVE(OK);
}

EXPORT sar_t SKF_EnumContainer(void *application, char *names, ulong_t *size) {
    char text[256];
    ENTER("SKF_EnumContainer")
    if (application != APPLICATION || !application_open) LEAVE(was_present ? HANDLE : REMOVED);
    setting(&now, "container", text, sizeof text, "official");
    LEAVE(give_list(text, names, size));
}

EXPORT sar_t SKF_OpenContainer(void *application, const char *name, void **container) {
    char text[256];
    ENTER("SKF_OpenContainer")
    if (application != APPLICATION || !application_open) LEAVE(was_present ? HANDLE : REMOVED);
    setting(&now, "container", text, sizeof text, "official");
    if (strstr(text, name) == NULL) LEAVE(KEY_NOT_FOUND);
    container_open++;
    *container = CONTAINER;
    LEAVE(OK);
}

EXPORT sar_t SKF_CloseContainer(void *container) {
    ENTER("SKF_CloseContainer")
    if (container != CONTAINER) LEAVE(HANDLE);
    if (container_open > 0) container_open--;
    LEAVE(OK);
}

EXPORT sar_t SKF_GetContainerType(void *container, ulong_t *type) {
    ENTER("SKF_GetContainerType")
    if (container != CONTAINER || !container_open) LEAVE(was_present ? HANDLE : REMOVED);
    *type = flag("rsa") ? 1 : 2;
    LEAVE(OK);
}

static int load_key(const char *name, sm2_key *key) {
    char text[128];
    setting(&now, name, text, sizeof text, "");
    return from_hex(text, key->d, 32) == 32 ? sm2_complete(key) : -1;
}

EXPORT sar_t SKF_ExportPublicKey(void *container, int sign, byte *out, ulong_t *size) {
    sm2_key key;
    public_t blob;
    ENTER("SKF_ExportPublicKey")
    if (container != CONTAINER || !container_open) LEAVE(was_present ? HANDLE : REMOVED);
    if (load_key(sign ? "key" : "encryption_key", &key) != 0) LEAVE(KEY_NOT_FOUND);
    memset(&blob, 0, sizeof blob);
    blob.bits = 256;
    memcpy(blob.x + 32, key.x, 32);
    memcpy(blob.y + 32, key.y, 32);
    LEAVE(give(&blob, sizeof blob, out, size));
}

EXPORT sar_t SKF_ExportCertificate(void *container, int sign, byte *out, ulong_t *size) {
    static byte value[65536];
    char path[1024];
    ENTER("SKF_ExportCertificate")
    if (container != CONTAINER || !container_open) LEAVE(was_present ? HANDLE : REMOVED);
    if (setting(&now, sign ? "certificate" : "encryption_certificate", path, sizeof path, NULL) == NULL) LEAVE(CERT_NOT_FOUND);
    LEAVE(give(value, file_bytes(path, value, sizeof value), out, size));
}

EXPORT sar_t SKF_ECCSignData(void *container, const byte *data, ulong_t length, signature_t *signature) {
    sm2_key key;
    byte rs[64];
    ENTER("SKF_ECCSignData")
    if (container != CONTAINER || !container_open) LEAVE(was_present ? HANDLE : REMOVED);
    if (!logged_in) LEAVE(flag("no_login_code") ? FAIL : NOT_LOGGED_IN);
    if (length != 32 || data == NULL || signature == NULL) LEAVE(PARAMETER);
    if (load_key("key", &key) != 0) LEAVE(KEY_NOT_FOUND);
    if (flag("wrong_key")) key.d[31] ^= 1;
    unsigned long slow = setting_number(&now, "slow", 0);
    if (slow) {
        pthread_mutex_unlock(&lock);
        usleep((useconds_t)(slow * 1000));
        pthread_mutex_lock(&lock);
    }
    if (sm2_sign(&key, data, rs) != 0) LEAVE(FAIL);
    memset(signature, 0, sizeof *signature);
    memcpy(signature->r + 32, rs, 32);
    memcpy(signature->s + 32, rs + 32, 32);
    LEAVE(OK);
}

/* --- files of the application: where a token keeps its seals --- */

EXPORT sar_t SKF_EnumFiles(void *application, char *names, ulong_t *size) {
    char text[512] = "";
    ENTER("SKF_EnumFiles")
    if (application != APPLICATION || !application_open) LEAVE(was_present ? HANDLE : REMOVED);
    for (size_t i = 0; i < file_count; i++) {
        if (i) strcat(text, ",");
        strcat(text, files[i].name);
    }
    LEAVE(give_list(text, names, size));
}

static size_t file_at(const char *name) {
    for (size_t i = 0; i < file_count; i++)
        if (strcmp(files[i].name, name) == 0) return i;
    return file_count;
}

EXPORT sar_t SKF_CreateFile(void *application, const char *name, ulong_t size, ulong_t readable, ulong_t writable) {
    (void)readable;
    (void)writable;
    ENTER("SKF_CreateFile")
    if (application != APPLICATION || !application_open) LEAVE(was_present ? HANDLE : REMOVED);
    if (!logged_in) LEAVE(NOT_LOGGED_IN);
    if (file_count == 8 || size > sizeof files->value) LEAVE(NO_ROOM);
    size_t at = file_at(name);
    if (at == file_count) file_count++;
    snprintf(files[at].name, sizeof files[at].name, "%s", name);
    files[at].length = size;
    LEAVE(OK);
}

EXPORT sar_t SKF_WriteFile(void *application, const char *name, ulong_t offset, const byte *data, ulong_t size) {
    ENTER("SKF_WriteFile")
    size_t at = file_at(name);
    if (application != APPLICATION || !application_open) LEAVE(was_present ? HANDLE : REMOVED);
    if (at == file_count) LEAVE(NO_FILE);
    if (offset + size > files[at].length) LEAVE(NO_ROOM);
    memcpy(files[at].value + offset, data, size);
    LEAVE(OK);
}

EXPORT sar_t SKF_DeleteFile(void *application, const char *name) {
    ENTER("SKF_DeleteFile")
    size_t at = file_at(name);
    if (application != APPLICATION) LEAVE(HANDLE);
    if (at == file_count) LEAVE(NO_FILE);
    files[at] = files[--file_count];
    LEAVE(OK);
}

EXPORT sar_t SKF_GetFileInfo(void *application, const char *name, file_info_t *info) {
    ENTER("SKF_GetFileInfo")
    size_t at = file_at(name);
    if (application != APPLICATION || !application_open) LEAVE(was_present ? HANDLE : REMOVED);
    if (at == file_count) LEAVE(NO_FILE);
    memset(info, 0, sizeof *info);
    snprintf(info->name, sizeof info->name, "%s", name);
    info->size = (ulong_t)files[at].length;
    LEAVE(OK);
}

EXPORT sar_t SKF_ReadFile(void *application, const char *name, ulong_t offset, ulong_t size, byte *out, ulong_t *read) {
    ENTER("SKF_ReadFile")
    size_t at = file_at(name);
    if (application != APPLICATION || !application_open) LEAVE(was_present ? HANDLE : REMOVED);
    if (at == file_count) LEAVE(NO_FILE);
    if (offset > files[at].length) LEAVE(PARAMETER);
    size_t length = files[at].length - offset;
    if (length > size) length = size;
    memcpy(out, files[at].value + offset, length);
    *read = (ulong_t)length;
    LEAVE(OK);
}
