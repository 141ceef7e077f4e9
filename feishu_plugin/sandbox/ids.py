"""New ids in the shapes Feishu uses; unpredictable, never reused."""

import random
import secrets
import string

_LETTERS = string.ascii_letters + string.digits
_dice = random.Random(secrets.randbits(256))

LENGTHS = {
    "tbl": 14,
    "fld": 8,
    "vew": 8,
    "rec": 11,
    "opt": 8,
    "con": 8,
    "blk": 13,
    "cht": 13,
    "rol": 7,
    "wkf": 14,
    "shr": 24,
}
"""Characters after the prefix."""


def new_id(prefix: str) -> str:
    """For example ``recA1b2C3d4E5f``."""
    return prefix + "".join(_dice.choices(_LETTERS, k=LENGTHS[prefix]))


def new_app_token() -> str:
    """27 letters and digits."""
    return "".join(_dice.choices(_LETTERS, k=27))
