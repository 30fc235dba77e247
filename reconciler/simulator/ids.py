"""Makes ids that look like Stripe's and are the same for the same seed and order of creations."""

from __future__ import annotations

import hashlib
import string

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase


def token(length: int, *parts: object) -> str:
    """`length` letters and digits that depend on `parts` alone."""
    digest = hashlib.sha512("/".join(map(str, parts)).encode()).digest()
    number = int.from_bytes(digest, "big")
    letters = []
    for _ in range(length):
        number, index = divmod(number, len(_ALPHABET))
        letters.append(_ALPHABET[index])
    return "".join(letters)
