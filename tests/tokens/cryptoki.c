/* A Cryptoki module that imitates vendors' SM2 tokens, for tests only.
 *
 * What it is, is said by the file that ESEALKIT_TOKEN names (settings.h):
 *   label manufacturer model serial      token texts
 *   key_type                             CKA_KEY_TYPE of the keys
 *   mech_e, mech_e_form                  mechanism that signs e; form rs | der | rs128
 *   mech_message, mech_message_form      mechanism that does Z and SM3
 *   mech_no_z                            mechanism that hashes without Z
 *   mech_id=1                            mech_message takes the signer id as parameter
 *   ecdsa=1                              CKM_ECDSA on an ordinary EC key
 *   key, encryption_key                  private keys, hex
 *   certificate, encryption_certificate  files, DER
 *   id, encryption_id, key_label, encryption_label
 *   point=octets|bare|xy|none            how public points are kept; x_attribute, y_attribute
 *   no_public=1, private_point=1         where public points are kept
 *   encryption_signs=1                   CKA_SIGN of the encryption key
 *   pin, tries, protected=1, always=1, no_login=1, login_in_session=1
 *   sessions                             greatest number of sessions
 *   present                              a file: the token is there while it exists
 *   cant_lock=1                          refuses CKF_OS_LOCKING_OK
 *   broken_der=1, wrong_key=1, garbage=1 faulty answers
 *   slow                                 milliseconds that a signature takes
 *   fail=FUNCTION:n:code                 the n-th call of a function fails
 */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "settings.h"
#include "sm2.h"

typedef unsigned long ulong_t;
typedef unsigned char byte;
typedef struct { byte major, minor; } version_t;
typedef struct { version_t cryptoki; byte manufacturer[32]; ulong_t flags; byte description[32]; version_t library; } info_t;
typedef struct { byte description[64], manufacturer[32]; ulong_t flags; version_t hardware, firmware; } slot_info_t;
typedef struct {
    byte label[32], manufacturer[32], model[16], serial[16];
    ulong_t flags, max_sessions, sessions, max_rw, rw, max_pin, min_pin, memory[4];
    version_t hardware, firmware;
    byte time[16];
} token_info_t;
typedef struct { ulong_t slot, state, flags, error; } session_info_t;
typedef struct { ulong_t type; void *value; ulong_t length; } attribute_t;
typedef struct { ulong_t mechanism; void *parameter; ulong_t length; } mechanism_t;
typedef struct { ulong_t smallest, greatest, flags; } mechanism_info_t;
typedef struct { void *create, *destroy, *lock, *unlock; ulong_t flags; void *reserved; } initialize_t;
typedef struct { version_t version; void *functions[68]; } list_t;

enum {
    OK = 0, HOST_MEMORY = 2, GENERAL = 5, ARGUMENTS = 7, CANT_LOCK = 0xA, SENSITIVE = 0x11,
    NO_ATTRIBUTE = 0x12, DATA_LENGTH = 0x21, REMOVED = 0x32, UNSUPPORTED = 0x54, KEY_HANDLE = 0x60,
    KEY_KIND = 0x63, MECHANISM = 0x70, MECHANISM_PARAMETER = 0x71, OBJECT_HANDLE = 0x82,
    ACTIVE = 0x90, NOT_ACTIVE = 0x91, PIN_WRONG = 0xA0, PIN_LENGTH = 0xA2, PIN_LOCKED = 0xA4,
    SESSION_COUNT = 0xB1, SESSION_HANDLE = 0xB3, NOT_PRESENT = 0xE0, LOGGED_IN = 0x100,
    NOT_LOGGED_IN = 0x101, USER_TYPE = 0x103, TOO_SMALL = 0x150, NOT_INITIALIZED = 0x190,
    INITIALIZED = 0x191, BAD_SLOT = 3
};
enum { PRIVATE_SIGN = 1, PRIVATE_ENCRYPT, PUBLIC_SIGN, PUBLIC_ENCRYPT, CERT_SIGN, CERT_ENCRYPT, FIRST_DATA };
enum { MOST_SESSIONS = 64, MOST_DATA = 8, SLOT = 7 };

typedef struct {
    int open, finding, signing, asked, rw;
    ulong_t mechanism, key;
    size_t found_at, found_count;
    ulong_t found[FIRST_DATA + MOST_DATA];
} session_t;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static settings now;
static int initialized, logged_in, was_present = 1;
static pid_t owner;
static ulong_t wrong_pins, slot_shift, epoch;
static session_t sessions[MOST_SESSIONS];
static struct { char label[64]; byte value[65536]; size_t length; } stored[MOST_DATA];
static size_t stored_count;
static struct { char name[32]; ulong_t count; } calls[80];

static ulong_t counted(const char *name) {
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        if (calls[i].name[0] == 0) snprintf(calls[i].name, sizeof calls[i].name, "%s", name);
        if (strcmp(calls[i].name, name) == 0) return ++calls[i].count;
    }
    return 0;
}

/* Every function begins here: settings, faults, removal. */
static ulong_t enter(const char *name) {
    if (settings_read(&now, "ESEALKIT_TOKEN") != 0) return GENERAL;
    if (!initialized || owner != getpid()) return NOT_INITIALIZED;
    int present = setting_present(&now, "present");
    if (was_present && !present) {
        /* Handles and logins die with the token, and its slot has another number afterwards. */
        memset(sessions, 0, sizeof sessions);
        logged_in = 0;
        slot_shift++;
        epoch++;
    }
    was_present = present;
    return setting_fault(&now, name, counted(name));
}

#define ENTER(name)                        \
    pthread_mutex_lock(&lock);             \
    ulong_t rv = enter(name);              \
    if (rv != OK) {                        \
        pthread_mutex_unlock(&lock);       \
        return rv;                         \
    }
#define LEAVE(value)                 \
    do {                             \
        ulong_t left = (value);      \
        pthread_mutex_unlock(&lock); \
        return left;                 \
    } while (0)

static ulong_t the_slot(void) { return SLOT + slot_shift; }

static void blank(byte *field, size_t size, const char *name, const char *fallback) {
    char value[128];
    setting(&now, name, value, sizeof value, fallback);
    size_t length = strlen(value);
    memset(field, ' ', size);
    memcpy(field, value, length < size ? length : size);
}

static session_t *session_of(ulong_t handle) {
    ulong_t index = handle - 100 - epoch * 1000;
    return handle >= 100 + epoch * 1000 && index < MOST_SESSIONS && sessions[index].open ? &sessions[index] : NULL;
}

static int flag(const char *name) { return setting_number(&now, name, 0) != 0; }

/* --- general, slots, tokens --- */

static ulong_t C_Initialize(const initialize_t *arguments) {
    pthread_mutex_lock(&lock);
    if (settings_read(&now, "ESEALKIT_TOKEN") != 0) LEAVE(GENERAL);
    if (initialized && owner == getpid()) LEAVE(INITIALIZED);
    if (arguments != NULL && arguments->reserved != NULL) LEAVE(ARGUMENTS);
    if (arguments != NULL && (arguments->flags & 2) && flag("cant_lock")) LEAVE(CANT_LOCK);
    memset(sessions, 0, sizeof sessions);
    initialized = 1;
    logged_in = 0;
    owner = getpid();
    LEAVE(setting_fault(&now, "C_Initialize", counted("C_Initialize")));
}

static ulong_t C_Finalize(void *reserved) {
    ENTER("C_Finalize")
    if (reserved != NULL) LEAVE(ARGUMENTS);
    initialized = 0;
    LEAVE(OK);
}

static ulong_t C_GetInfo(info_t *info) {
    ENTER("C_GetInfo")
    if (info == NULL) LEAVE(ARGUMENTS);
    memset(info, 0, sizeof *info);
    info->cryptoki = (version_t){2, 40};
    blank(info->manufacturer, 32, "library_manufacturer", "test device");
    blank(info->description, 32, "description", "test Cryptoki");
    LEAVE(OK);
}

static ulong_t C_GetSlotList(byte present_only, ulong_t *slots, ulong_t *count) {
    ENTER("C_GetSlotList")
    if (count == NULL) LEAVE(ARGUMENTS);
    ulong_t have = was_present || !present_only ? 1 + (ulong_t)flag("second_token") : 0;
    if (slots != NULL && *count < have) {
        *count = have;
        LEAVE(TOO_SMALL);
    }
    for (ulong_t i = 0; slots != NULL && i < have; i++) slots[i] = the_slot() + 1000 * i;
    *count = have;
    LEAVE(OK);
}

static int known_slot(ulong_t slot) {
    return slot == the_slot() || (flag("second_token") && slot == the_slot() + 1000);
}

static ulong_t C_GetSlotInfo(ulong_t slot, slot_info_t *info) {
    ENTER("C_GetSlotInfo")
    if (info == NULL) LEAVE(ARGUMENTS);
    if (!known_slot(slot)) LEAVE(BAD_SLOT);
    memset(info, 0, sizeof *info);
    memset(info->description, ' ', 64);
    memcpy(info->description, "test slot", 9);
    blank(info->manufacturer, 32, "manufacturer", "esealkit tests");
    info->flags = 6U | (was_present ? 1U : 0U);
    LEAVE(OK);
}

static ulong_t C_GetTokenInfo(ulong_t slot, token_info_t *info) {
    ENTER("C_GetTokenInfo")
    if (info == NULL) LEAVE(ARGUMENTS);
    if (!known_slot(slot)) LEAVE(BAD_SLOT);
    if (!was_present) LEAVE(NOT_PRESENT);
    memset(info, 0, sizeof *info);
    blank(info->label, 32, "label", "test token");
    if (slot != the_slot()) memcpy(info->label, "second", 6);
    blank(info->manufacturer, 32, "manufacturer", "esealkit tests");
    blank(info->model, 16, "model", "imitation");
    blank(info->serial, 16, "serial", "0001");
    ulong_t tries = setting_number(&now, "tries", 10), left = tries > wrong_pins ? tries - wrong_pins : 0;
    info->flags = 0x408U | (flag("no_login") ? 0U : 4U) | (flag("protected") ? 0x100U : 0U) |
                  (left == 0 ? 0x40000U : left == 1 ? 0x20000U : 0U) | (wrong_pins ? 0x10000U : 0U);
    info->max_sessions = setting_number(&now, "sessions", 0);
    info->max_pin = 16;
    info->min_pin = 4;
    memcpy(info->time, "2026010100000000", 16);
    LEAVE(OK);
}

static size_t mechanism_numbers(ulong_t *numbers) {
    static const char *const names[] = {"mech_e", "mech_message", "mech_no_z"};
    size_t count = 0;
    for (size_t i = 0; i < 3; i++) {
        ulong_t number = setting_number(&now, names[i], 0);
        if (number) numbers[count++] = number;
    }
    if (flag("ecdsa")) numbers[count++] = 0x1041;
    return count;
}

static ulong_t C_GetMechanismList(ulong_t slot, ulong_t *list, ulong_t *count) {
    ENTER("C_GetMechanismList")
    ulong_t numbers[4], have = mechanism_numbers(numbers);
    if (count == NULL) LEAVE(ARGUMENTS);
    if (!known_slot(slot)) LEAVE(BAD_SLOT);
    if (list != NULL && *count < have) {
        *count = have;
        LEAVE(TOO_SMALL);
    }
    if (list != NULL) memcpy(list, numbers, have * sizeof *list);
    *count = have;
    LEAVE(OK);
}

static ulong_t C_GetMechanismInfo(ulong_t slot, ulong_t type, mechanism_info_t *info) {
    ENTER("C_GetMechanismInfo")
    ulong_t numbers[4];
    if (info == NULL) LEAVE(ARGUMENTS);
    if (!known_slot(slot)) LEAVE(BAD_SLOT);
    for (size_t i = mechanism_numbers(numbers); i-- > 0;) {
        if (numbers[i] == type) {
            *info = (mechanism_info_t){256, 256, 0x801};
            LEAVE(OK);
        }
    }
    LEAVE(MECHANISM);
}

/* --- sessions and logins --- */

static ulong_t C_OpenSession(ulong_t slot, ulong_t flags, void *application, void *notify, ulong_t *handle) {
    (void)application;
    (void)notify;
    ENTER("C_OpenSession")
    if (handle == NULL) LEAVE(ARGUMENTS);
    if (!known_slot(slot)) LEAVE(BAD_SLOT);
    if (!was_present) LEAVE(NOT_PRESENT);
    if (!(flags & 4)) LEAVE(0xB4);
    ulong_t most = setting_number(&now, "sessions", MOST_SESSIONS), open = 0;
    for (size_t i = 0; i < MOST_SESSIONS; i++) open += (ulong_t)sessions[i].open;
    if (most == 0 || most > MOST_SESSIONS) most = MOST_SESSIONS;
    if (open >= most) LEAVE(SESSION_COUNT);
    for (size_t i = 0; i < MOST_SESSIONS; i++) {
        if (!sessions[i].open) {
            memset(&sessions[i], 0, sizeof sessions[i]);
            sessions[i].open = 1;
            sessions[i].rw = (flags & 2) != 0;
            *handle = 100 + epoch * 1000 + i;
            LEAVE(OK);
        }
    }
    LEAVE(SESSION_COUNT);
}

static void after_close(void) {
    for (size_t i = 0; i < MOST_SESSIONS; i++)
        if (sessions[i].open) return;
    logged_in = 0;
}

static ulong_t C_CloseSession(ulong_t handle) {
    ENTER("C_CloseSession")
    session_t *session = session_of(handle);
    if (session == NULL) LEAVE(SESSION_HANDLE);
    session->open = 0;
    after_close();
    LEAVE(OK);
}

static ulong_t C_CloseAllSessions(ulong_t slot) {
    ENTER("C_CloseAllSessions")
    if (!known_slot(slot)) LEAVE(BAD_SLOT);
    memset(sessions, 0, sizeof sessions);
    logged_in = 0;
    LEAVE(OK);
}

static ulong_t C_GetSessionInfo(ulong_t handle, session_info_t *info) {
    ENTER("C_GetSessionInfo")
    session_t *session = session_of(handle);
    if (session == NULL) LEAVE(SESSION_HANDLE);
    if (info == NULL) LEAVE(ARGUMENTS);
    ulong_t state = session->rw ? (logged_in ? 3U : 2U) : (logged_in ? 1U : 0U);
    *info = (session_info_t){the_slot(), state, 4U | (session->rw ? 2U : 0U), 0};
    LEAVE(OK);
}

static ulong_t C_Login(ulong_t handle, ulong_t user, const byte *pin, ulong_t length) {
    ENTER("C_Login")
    session_t *session = session_of(handle);
    char right[64];
    if (session == NULL) LEAVE(SESSION_HANDLE);
    if (user != 1 && user != 2) LEAVE(USER_TYPE);
    if (user == 2 && !session->signing) LEAVE(NOT_ACTIVE);
    if (user == 1 && logged_in) LEAVE(LOGGED_IN);
    if (wrong_pins >= setting_number(&now, "tries", 10)) LEAVE(PIN_LOCKED);
    if (pin == NULL && !flag("protected")) LEAVE(ARGUMENTS);
    setting(&now, "pin", right, sizeof right, "1234");
    if (pin != NULL && (length < 4 || length > 16)) LEAVE(PIN_LENGTH);
    if (pin != NULL && (length != strlen(right) || memcmp(pin, right, length) != 0)) {
        wrong_pins++;
        LEAVE(wrong_pins >= setting_number(&now, "tries", 10) ? PIN_LOCKED : PIN_WRONG);
    }
    wrong_pins = 0;
    if (user == 1) logged_in = 1;
    session->asked = 1;
    LEAVE(OK);
}

static ulong_t C_Logout(ulong_t handle) {
    ENTER("C_Logout")
    if (session_of(handle) == NULL) LEAVE(SESSION_HANDLE);
    if (!logged_in) LEAVE(NOT_LOGGED_IN);
    logged_in = 0;
    LEAVE(OK);
}

/* --- objects --- */

static int is_private(ulong_t object) { return object == PRIVATE_SIGN || object == PRIVATE_ENCRYPT; }
static int is_public(ulong_t object) { return object == PUBLIC_SIGN || object == PUBLIC_ENCRYPT; }
static int is_cert(ulong_t object) { return object == CERT_SIGN || object == CERT_ENCRYPT; }
static int is_encryption(ulong_t object) {
    return object == PRIVATE_ENCRYPT || object == PUBLIC_ENCRYPT || object == CERT_ENCRYPT;
}

static int exists(ulong_t object) {
    char text[1024];
    const char *key = is_encryption(object) ? "encryption_key" : "key";
    if (object >= FIRST_DATA) return object - FIRST_DATA < stored_count;
    if (is_cert(object))
        return setting(&now, is_encryption(object) ? "encryption_certificate" : "certificate", text, sizeof text, NULL) != NULL;
    if (setting(&now, key, text, sizeof text, NULL) == NULL) return 0;
    if (is_public(object)) return !flag("no_public");
    return logged_in || flag("no_login");
}

static int load_key(ulong_t object, sm2_key *key) {
    char text[128];
    setting(&now, is_encryption(object) ? "encryption_key" : "key", text, sizeof text, "");
    return from_hex(text, key->d, 32) == 32 ? sm2_complete(key) : -1;
}

static int give(byte *out, size_t *length, const void *value, size_t size) {
    memcpy(out, value, size);
    *length = size;
    return 1;
}

static int give_number(byte *out, size_t *length, ulong_t value) { return give(out, length, &value, sizeof value); }

static int give_point(ulong_t object, ulong_t type, byte *out, size_t *length) {
    char form[16];
    sm2_key key;
    setting(&now, "point", form, sizeof form, "octets");
    if (is_private(object) && !flag("private_point")) return 0;
    if (load_key(object, &key) != 0) return 0;
    if (strcmp(form, "xy") == 0) {
        byte field[64] = {0};
        ulong_t x = setting_number(&now, "x_attribute", 0), y = setting_number(&now, "y_attribute", 0);
        if (type != x && type != y) return 0;
        memcpy(field + 32, type == x ? key.x : key.y, 32);
        return give(out, length, field, 64);
    }
    if (type != 0x181 || strcmp(form, "none") == 0) return 0;
    byte point[67] = {4, 65, 4};
    memcpy(point + 3, key.x, 32);
    memcpy(point + 35, key.y, 32);
    return strcmp(form, "bare") == 0 ? give(out, length, point + 2, 65) : give(out, length, point, 67);
}

/* 1: given; 0: no such attribute; -1: secret. */
static int attribute(ulong_t object, ulong_t type, byte *out, size_t most, size_t *length) {
    static const byte sm2_curve[] = {6, 8, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x82, 0x2d};
    char text[1024];
    byte yes = 1, no = 0;
    if (object >= FIRST_DATA) {
        size_t index = object - FIRST_DATA;
        if (type == 0) return give_number(out, length, 0);
        if (type == 3) return give(out, length, stored[index].label, strlen(stored[index].label));
        if (type == 0x11) return give(out, length, stored[index].value, stored[index].length);
        return type == 1 ? give(out, length, &yes, 1) : 0;
    }
    switch (type) {
    case 0: return give_number(out, length, is_private(object) ? 3 : is_public(object) ? 2 : 1);
    case 1: return give(out, length, &yes, 1);
    case 2: return give(out, length, is_private(object) ? &yes : &no, 1);
    case 3:
        setting(&now, is_encryption(object) ? "encryption_label" : "key_label", text, sizeof text, "seal");
        return give(out, length, text, strlen(text));
    case 0x102:
        if (setting(&now, is_encryption(object) ? "encryption_id" : "id", text, sizeof text, is_encryption(object) ? "02" : "01") == NULL) return 0;
        *length = from_hex(text, out, 64);
        return 1;
    case 0x11:
        if (is_private(object)) return -1;
        if (!is_cert(object)) return 0;
        setting(&now, is_encryption(object) ? "encryption_certificate" : "certificate", text, sizeof text, "");
        *length = file_bytes(text, out, most);
        return *length > 0;
    case 0x80: return is_cert(object) ? give_number(out, length, 0) : 0;
    case 0x100: return is_cert(object) ? 0 : give_number(out, length, setting_number(&now, "key_type", 3));
    case 0x103: return is_private(object) ? give(out, length, &yes, 1) : 0;
    case 0x108: return is_private(object) ? give(out, length, is_encryption(object) && !flag("encryption_signs") ? &no : &yes, 1) : 0;
    case 0x162: return is_private(object) ? give(out, length, &no, 1) : 0;
    case 0x180: return is_cert(object) ? 0 : give(out, length, sm2_curve, sizeof sm2_curve);
    case 0x202: return is_private(object) ? give(out, length, flag("always") ? &yes : &no, 1) : 0;
    default: return is_cert(object) ? 0 : give_point(object, type, out, length);
    }
}

static ulong_t C_GetAttributeValue(ulong_t handle, ulong_t object, attribute_t *rows, ulong_t count) {
    static byte value[1 << 17];
    ENTER("C_GetAttributeValue")
    if (session_of(handle) == NULL) LEAVE(SESSION_HANDLE);
    if (object == 0 || !exists(object)) LEAVE(OBJECT_HANDLE);
    ulong_t worst = OK;
    for (ulong_t i = 0; i < count; i++) {
        size_t length = 0;
        int got = attribute(object, rows[i].type, value, sizeof value, &length);
        if (got != 1) {
            rows[i].length = (ulong_t)-1;
            worst = got < 0 ? SENSITIVE : NO_ATTRIBUTE;
        } else if (rows[i].value == NULL) {
            rows[i].length = length;
        } else if (rows[i].length < length) {
            rows[i].length = (ulong_t)-1;
            worst = TOO_SMALL;
        } else {
            memcpy(rows[i].value, value, length);
            rows[i].length = length;
        }
    }
    LEAVE(worst);
}

static int matches(ulong_t object, const attribute_t *rows, ulong_t count) {
    static byte value[1 << 17];
    for (ulong_t i = 0; i < count; i++) {
        size_t length = 0;
        if (attribute(object, rows[i].type, value, sizeof value, &length) != 1) return 0;
        if (length != rows[i].length || memcmp(value, rows[i].value, length) != 0) return 0;
    }
    return 1;
}

static ulong_t C_FindObjectsInit(ulong_t handle, const attribute_t *rows, ulong_t count) {
    ENTER("C_FindObjectsInit")
    session_t *session = session_of(handle);
    if (session == NULL) LEAVE(SESSION_HANDLE);
    if (session->finding) LEAVE(ACTIVE);
    session->finding = 1;
    session->found_at = session->found_count = 0;
    for (ulong_t object = 1; object < FIRST_DATA + stored_count; object++)
        if (exists(object) && matches(object, rows, count)) session->found[session->found_count++] = object;
    LEAVE(OK);
}

static ulong_t C_FindObjects(ulong_t handle, ulong_t *objects, ulong_t most, ulong_t *count) {
    ENTER("C_FindObjects")
    session_t *session = session_of(handle);
    if (session == NULL) LEAVE(SESSION_HANDLE);
    if (!session->finding) LEAVE(NOT_ACTIVE);
    for (*count = 0; *count < most && session->found_at < session->found_count; (*count)++)
        objects[*count] = session->found[session->found_at++];
    LEAVE(OK);
}

static ulong_t C_FindObjectsFinal(ulong_t handle) {
    ENTER("C_FindObjectsFinal")
    session_t *session = session_of(handle);
    if (session == NULL) LEAVE(SESSION_HANDLE);
    session->finding = 0;
    LEAVE(OK);
}

static ulong_t C_CreateObject(ulong_t handle, const attribute_t *rows, ulong_t count, ulong_t *object) {
    ENTER("C_CreateObject")
    session_t *session = session_of(handle);
    if (session == NULL) LEAVE(SESSION_HANDLE);
    if (!session->rw) LEAVE(0xB5);
    if (!logged_in && !flag("no_login")) LEAVE(NOT_LOGGED_IN);
    if (stored_count == MOST_DATA) LEAVE(0x31);
    memset(&stored[stored_count], 0, sizeof stored[stored_count]);
    for (ulong_t i = 0; i < count; i++) {
        if (rows[i].type == 3 && rows[i].length < sizeof stored->label)
            memcpy(stored[stored_count].label, rows[i].value, rows[i].length);
        if (rows[i].type == 0x11) {
            if (rows[i].length > sizeof stored->value) LEAVE(0x31);
            memcpy(stored[stored_count].value, rows[i].value, rows[i].length);
            stored[stored_count].length = rows[i].length;
        }
    }
    *object = FIRST_DATA + stored_count++;
    LEAVE(OK);
}

/* --- signing --- */

static ulong_t C_SignInit(ulong_t handle, const mechanism_t *mechanism, ulong_t key) {
    ENTER("C_SignInit")
    session_t *session = session_of(handle);
    ulong_t numbers[4];
    int known = 0;
    if (session == NULL) LEAVE(SESSION_HANDLE);
    if (mechanism == NULL) {
        session->signing = 0;
        LEAVE(OK);
    }
    if (session->signing) LEAVE(ACTIVE);
    if (!logged_in && !flag("no_login")) LEAVE(NOT_LOGGED_IN);
    for (size_t i = mechanism_numbers(numbers); i-- > 0;) known |= numbers[i] == mechanism->mechanism;
    if (!known) LEAVE(MECHANISM);
    if (!is_private(key) || !exists(key)) LEAVE(KEY_HANDLE);
    if (mechanism->mechanism == 0x1041 && setting_number(&now, "key_type", 3) != 3) LEAVE(KEY_KIND);
    if (flag("mech_id") && mechanism->mechanism == setting_number(&now, "mech_message", 0) &&
        (mechanism->length != 16 || memcmp(mechanism->parameter, "1234567812345678", 16) != 0))
        LEAVE(MECHANISM_PARAMETER);
    session->signing = 1;
    session->asked = 0;
    session->mechanism = mechanism->mechanism;
    session->key = key;
    LEAVE(OK);
}

static ulong_t signature(const session_t *session, const byte *data, ulong_t length, byte *out, size_t *size) {
    sm2_key key;
    byte digest[32], z[32], rs[64];
    char form[16];
    const char *form_name = "mech_e_form";
    if (load_key(session->key, &key) != 0) return GENERAL;
    if (flag("wrong_key")) key.d[31] ^= 1;
    if (session->mechanism == setting_number(&now, "mech_e", 0) || session->mechanism == 0x1041) {
        if (length != 32) return DATA_LENGTH;
        memcpy(digest, data, 32);
    } else {
        form_name = "mech_message_form";
        size_t z_length = 0;
        if (session->mechanism == setting_number(&now, "mech_message", 0)) {
            sm2_z(&key, "1234567812345678", 16, z);
            z_length = 32;
        }
        sm3(z, z_length, data, length, digest);
    }
    int broken = flag("broken_der");
    for (int tries = 0; tries < 100000; tries++) {
        int failed = session->mechanism == 0x1041 ? ecdsa_sign(&key, digest, rs) : sm2_sign(&key, digest, rs);
        if (failed) return GENERAL;
        /* The fault shows where a component begins with a set bit. */
        if (!broken || (rs[0] & 0x80) || (rs[32] & 0x80)) break;
    }
    setting(&now, form_name, form, sizeof form, "rs");
    if (flag("garbage")) {
        memset(out, 0x55, 50);
        *size = 50;
    } else if (strcmp(form, "der") == 0) {
        *size = der_of(rs, broken, out);
    } else if (strcmp(form, "rs128") == 0) {
        memset(out, 0, 128);
        memcpy(out + 32, rs, 32);
        memcpy(out + 96, rs + 32, 32);
        *size = 128;
    } else {
        memcpy(out, rs, 64);
        *size = 64;
    }
    return OK;
}

static ulong_t C_Sign(ulong_t handle, const byte *data, ulong_t length, byte *out, ulong_t *size) {
    ENTER("C_Sign")
    session_t *session = session_of(handle);
    byte answer[128];
    size_t made = 0;
    if (session == NULL) LEAVE(SESSION_HANDLE);
    if (!session->signing) LEAVE(NOT_ACTIVE);
    if (out == NULL || *size < 128) {
        *size = 128;
        LEAVE(out == NULL ? OK : TOO_SMALL);
    }
    session->signing = 0;
    if (flag("always") && !session->asked) LEAVE(NOT_LOGGED_IN);
    session_t copy = *session;
    ulong_t slow = setting_number(&now, "slow", 0), before = epoch;
    if (slow) {
        pthread_mutex_unlock(&lock);
        usleep((useconds_t)(slow * 1000));
        pthread_mutex_lock(&lock);
        if (epoch != before) LEAVE(REMOVED);
    }
    ulong_t done = signature(&copy, data, length, answer, &made);
    if (done == OK) {
        memcpy(out, answer, made);
        *size = made;
    }
    LEAVE(done);
}

static ulong_t unsupported(void) { return initialized ? UNSUPPORTED : NOT_INITIALIZED; }

__attribute__((visibility("default"))) ulong_t C_GetFunctionList(list_t **out);

static list_t functions = {{2, 40}, {0}};

ulong_t C_GetFunctionList(list_t **out) {
    if (out == NULL) return ARGUMENTS;
    union { ulong_t (*call)(void); void *pointer; } nothing = {unsupported};
    for (size_t i = 0; i < 68; i++) functions.functions[i] = nothing.pointer;
#define PUT(index, name) memcpy(&functions.functions[index], &(void *){(void *)(uintptr_t)name}, sizeof(void *))
    PUT(0, C_Initialize); PUT(1, C_Finalize); PUT(2, C_GetInfo); PUT(3, C_GetFunctionList);
    PUT(4, C_GetSlotList); PUT(5, C_GetSlotInfo); PUT(6, C_GetTokenInfo);
    PUT(7, C_GetMechanismList); PUT(8, C_GetMechanismInfo); PUT(12, C_OpenSession);
    PUT(13, C_CloseSession); PUT(14, C_CloseAllSessions); PUT(15, C_GetSessionInfo);
    PUT(18, C_Login); PUT(19, C_Logout); PUT(20, C_CreateObject); PUT(24, C_GetAttributeValue);
    PUT(26, C_FindObjectsInit); PUT(27, C_FindObjects); PUT(28, C_FindObjectsFinal);
    PUT(42, C_SignInit); PUT(43, C_Sign);
    *out = &functions;
    return OK;
}
