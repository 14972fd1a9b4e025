"""The Cryptoki interface as cffi sees it (PKCS#11 2.40): structures, numbers, function indexes.

ABI mode: a module is opened with dlopen, no header and no compiler is needed.  CK_ULONG is
``unsigned long``; on Windows that has 32 bits and structures are packed.
"""

from __future__ import annotations

import sys
from functools import cache
from typing import Any

__all__ = ["SIGNATURES", "ffi"]

_CDEF = """
typedef unsigned long CK_ULONG;
typedef struct { unsigned char major, minor; } CK_VERSION;
typedef struct {
    CK_VERSION cryptokiVersion;
    unsigned char manufacturerID[32];
    CK_ULONG flags;
    unsigned char libraryDescription[32];
    CK_VERSION libraryVersion;
} CK_INFO;
typedef struct {
    unsigned char slotDescription[64];
    unsigned char manufacturerID[32];
    CK_ULONG flags;
    CK_VERSION hardwareVersion, firmwareVersion;
} CK_SLOT_INFO;
typedef struct {
    unsigned char label[32];
    unsigned char manufacturerID[32];
    unsigned char model[16];
    unsigned char serialNumber[16];
    CK_ULONG flags;
    CK_ULONG ulMaxSessionCount, ulSessionCount, ulMaxRwSessionCount, ulRwSessionCount;
    CK_ULONG ulMaxPinLen, ulMinPinLen;
    CK_ULONG ulTotalPublicMemory, ulFreePublicMemory, ulTotalPrivateMemory, ulFreePrivateMemory;
    CK_VERSION hardwareVersion, firmwareVersion;
    unsigned char utcTime[16];
} CK_TOKEN_INFO;
typedef struct { CK_ULONG type; void *pValue; CK_ULONG ulValueLen; } CK_ATTRIBUTE;
typedef struct { CK_ULONG mechanism; void *pParameter; CK_ULONG ulParameterLen; } CK_MECHANISM;
typedef struct { CK_ULONG ulMinKeySize, ulMaxKeySize, flags; } CK_MECHANISM_INFO;
typedef struct {
    void *CreateMutex, *DestroyMutex, *LockMutex, *UnlockMutex;
    CK_ULONG flags;
    void *pReserved;
} CK_C_INITIALIZE_ARGS;
typedef struct { CK_VERSION version; void *functions[68]; } CK_FUNCTION_LIST;
CK_ULONG C_GetFunctionList(CK_FUNCTION_LIST **list);
"""

SIGNATURES: dict[str, tuple[int, str]] = {
    "C_Initialize": (0, "CK_ULONG (*)(void *)"),
    "C_GetInfo": (2, "CK_ULONG (*)(CK_INFO *)"),
    "C_GetSlotList": (4, "CK_ULONG (*)(unsigned char, CK_ULONG *, CK_ULONG *)"),
    "C_GetTokenInfo": (6, "CK_ULONG (*)(CK_ULONG, CK_TOKEN_INFO *)"),
    "C_GetMechanismList": (7, "CK_ULONG (*)(CK_ULONG, CK_ULONG *, CK_ULONG *)"),
    "C_OpenSession": (12, "CK_ULONG (*)(CK_ULONG, CK_ULONG, void *, void *, CK_ULONG *)"),
    "C_CloseSession": (13, "CK_ULONG (*)(CK_ULONG)"),
    "C_Login": (18, "CK_ULONG (*)(CK_ULONG, CK_ULONG, void *, CK_ULONG)"),
    "C_CreateObject": (20, "CK_ULONG (*)(CK_ULONG, CK_ATTRIBUTE *, CK_ULONG, CK_ULONG *)"),
    "C_GetAttributeValue": (24, "CK_ULONG (*)(CK_ULONG, CK_ULONG, CK_ATTRIBUTE *, CK_ULONG)"),
    "C_FindObjectsInit": (26, "CK_ULONG (*)(CK_ULONG, CK_ATTRIBUTE *, CK_ULONG)"),
    "C_FindObjects": (27, "CK_ULONG (*)(CK_ULONG, CK_ULONG *, CK_ULONG, CK_ULONG *)"),
    "C_FindObjectsFinal": (28, "CK_ULONG (*)(CK_ULONG)"),
    "C_SignInit": (42, "CK_ULONG (*)(CK_ULONG, CK_MECHANISM *, CK_ULONG)"),
    "C_Sign": (43, "CK_ULONG (*)(CK_ULONG, void *, CK_ULONG, void *, CK_ULONG *)"),
}
"""Every function that is called: its index in the function list and its type."""

# --- numbers of PKCS#11 2.40 ---

CKF_OS_LOCKING_OK = 0x2
CKF_SERIAL_SESSION = 0x4
CKF_RW_SESSION = 0x2
CKF_LOGIN_REQUIRED = 0x4
CKF_PROTECTED_AUTHENTICATION_PATH = 0x100
CKF_USER_PIN_FINAL_TRY = 0x20000
CKF_USER_PIN_LOCKED = 0x40000
CKU_USER = 1
CKU_CONTEXT_SPECIFIC = 2

CKO_DATA = 0
CKO_CERTIFICATE = 1
CKO_PUBLIC_KEY = 2
CKO_PRIVATE_KEY = 3
CKC_X_509 = 0
CKK_RSA = 0
CKK_EC = 3

CKA_CLASS = 0x0
CKA_TOKEN = 0x1
CKA_PRIVATE = 0x2
CKA_LABEL = 0x3
CKA_VALUE = 0x11
CKA_CERTIFICATE_TYPE = 0x80
CKA_KEY_TYPE = 0x100
CKA_ID = 0x102
CKA_SIGN = 0x108
CKA_EC_PARAMS = 0x180
CKA_EC_POINT = 0x181
CKA_ALWAYS_AUTHENTICATE = 0x202

CKR_OK = 0x0
CKR_ATTRIBUTE_SENSITIVE = 0x11
CKR_ATTRIBUTE_TYPE_INVALID = 0x12
CKR_BUFFER_TOO_SMALL = 0x150
CKR_CANT_LOCK = 0xA
CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191
CKR_SESSION_COUNT = 0xB1
CKR_USER_ALREADY_LOGGED_IN = 0x100
CKR_USER_NOT_LOGGED_IN = 0x101

NAMES = {
    0x02: "CKR_HOST_MEMORY", 0x05: "CKR_GENERAL_ERROR", 0x06: "CKR_FUNCTION_FAILED",
    0x07: "CKR_ARGUMENTS_BAD", 0x0A: "CKR_CANT_LOCK", 0x11: "CKR_ATTRIBUTE_SENSITIVE",
    0x12: "CKR_ATTRIBUTE_TYPE_INVALID", 0x13: "CKR_ATTRIBUTE_VALUE_INVALID",
    0x20: "CKR_DATA_INVALID", 0x21: "CKR_DATA_LEN_RANGE", 0x30: "CKR_DEVICE_ERROR",
    0x31: "CKR_DEVICE_MEMORY", 0x32: "CKR_DEVICE_REMOVED", 0x50: "CKR_FUNCTION_CANCELED",
    0x54: "CKR_FUNCTION_NOT_SUPPORTED", 0x60: "CKR_KEY_HANDLE_INVALID",
    0x63: "CKR_KEY_TYPE_INCONSISTENT", 0x68: "CKR_KEY_FUNCTION_NOT_PERMITTED",
    0x70: "CKR_MECHANISM_INVALID", 0x71: "CKR_MECHANISM_PARAM_INVALID",
    0x82: "CKR_OBJECT_HANDLE_INVALID", 0x90: "CKR_OPERATION_ACTIVE",
    0x91: "CKR_OPERATION_NOT_INITIALIZED", 0xA0: "CKR_PIN_INCORRECT", 0xA1: "CKR_PIN_INVALID",
    0xA2: "CKR_PIN_LEN_RANGE", 0xA3: "CKR_PIN_EXPIRED", 0xA4: "CKR_PIN_LOCKED",
    0xB0: "CKR_SESSION_CLOSED", 0xB1: "CKR_SESSION_COUNT", 0xB3: "CKR_SESSION_HANDLE_INVALID",
    0xE0: "CKR_TOKEN_NOT_PRESENT", 0xE1: "CKR_TOKEN_NOT_RECOGNIZED",
    0x100: "CKR_USER_ALREADY_LOGGED_IN", 0x101: "CKR_USER_NOT_LOGGED_IN",
    0x102: "CKR_USER_PIN_NOT_INITIALIZED", 0x104: "CKR_USER_ANOTHER_ALREADY_LOGGED_IN",
    0x150: "CKR_BUFFER_TOO_SMALL", 0x190: "CKR_CRYPTOKI_NOT_INITIALIZED",
    0x191: "CKR_CRYPTOKI_ALREADY_INITIALIZED", 0x200: "CKR_FUNCTION_REJECTED",
}  # fmt: skip
"""Return codes by name, for messages."""

GONE = frozenset({0x30, 0x32, 0xE0, 0xE1, 0x190})
"""The device is not there: removed, absent, broken, or the module was finalised."""
SESSION_LOST = frozenset({0x60, 0x82, 0xB0, 0xB3, 0x101})
"""The session, its handles or the login are gone, as after a removal that nobody saw."""


@cache
def ffi() -> Any:
    """The one FFI of this process."""
    from cffi import FFI

    made = FFI()
    made.cdef(_CDEF, packed=sys.platform == "win32")
    return made
