"""Settings of the test token (tests/tokens/cryptoki.c) that make it one of the known vendors'."""

from __future__ import annotations

from typing import Any

VENDORS: dict[str, dict[str, Any]] = {
    "sansec": {"manufacturer": "Sansec", "key_type": 0x80000004, "mech_e": 0x80008104, "mech_e_form": "der"},
    "sansec-rs": {"manufacturer": "Sansec", "key_type": 0x80000004, "mech_e": 0x80008105},
    "sansec-message": {"manufacturer": "SWXA", "key_type": 0x80000004, "mech_message": 0x80008103, "mech_message_form": "der"},
    "tass": {"manufacturer": "TASS", "key_type": 0x80000004, "mech_e": 0x80008000, "mech_e_form": "der", "private_point": 1, "no_public": 1},
    "koal": {"manufacturer": "Koal", "key_type": 0x80000004, "mech_e": 0x80008104, "point": "bare"},
    "ibm-ep11": {"manufacturer": "IBM", "key_type": 0x80050002, "mech_e": 0x8005000B},
    "ibm-message": {"manufacturer": "IBM", "key_type": 0x80050002, "mech_message": 0x8005000C, "mech_id": 1},
    "westone": {"manufacturer": "Westone", "key_type": 0x80000001, "mech_e": 0x80000002, "mech_e_form": "rs128"},
    "westone-bgi": {"key_type": 0x80000001, "mech_e": 0x80000004, "point": "xy", "x_attribute": 0x80000002, "y_attribute": 0x80000003, "x-profile": "westone-bgi"},
    "mk1": {"manufacturer": "MsSince", "key_type": 0x00010001, "mech_e": 0x00010002, "point": "xy", "x_attribute": 0x00010002, "y_attribute": 0x00010003},
    "xihsm": {"manufacturer": "xipki", "key_type": 0xFFFF0001, "mech_e": 0xFFFF0002},
    "generic": {"manufacturer": "nobody", "key_type": 0x80000004, "mech_e": 0x80008104, "mech_e_form": "der"},
}  # fmt: skip
