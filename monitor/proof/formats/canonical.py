"""Canonical JSON (RFC 8785), and commitments to values that a record does not show."""

from __future__ import annotations

import hashlib
import json
from base64 import b64encode
from collections.abc import Sequence
from itertools import chain
from json.encoder import encode_basestring

_SAFE = 2**53 - 1
_PLAIN = {int, str}
_LISTS = frozenset({list, tuple})
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
SALT = 16
"""Bytes of a salt. It is random: without it nobody can find a value by trying what it might be."""


def canonical(value: object) -> bytes:
    """A value as canonical JSON.

    Numbers are whole and keys are ASCII: there the sorted output of `json` is that of RFC 8785, byte for byte. (Half a
    surrogate pair, which RFC 8785 has no form for, is written as its escape.) Raises ValueError for any other value.
    """
    _check(value)
    return _ENCODER.encode(value).encode("utf-8", "backslashreplace")


def canonical_text(value: str) -> str:
    """One text as canonical JSON, to be put into a larger one: `canonical` of a list costs five times as much.

    Half a surrogate pair is left as it is: to encode it with `backslashreplace` is the caller's part.
    """
    return encode_basestring(value)


def commitment(salt: bytes, private: object) -> str:
    """What a record says of a private value: SHA-256 of salt and canonical JSON, in base64.

    Once the salt and the value are deleted it tells nothing, and the record stays as it was.
    """
    return b64encode(hashlib.sha256(salt + canonical(private)).digest()).decode()


def _plain(values: Sequence[object]) -> bool:
    """Whether they are texts and safe whole numbers, and nothing else."""
    kinds = set(map(type, values))
    if not kinds <= _PLAIN:
        return False
    whole: list[int] = [one for one in values if type(one) is int] if str in kinds else list(values)  # type: ignore[arg-type]
    return not whole or (min(whole) >= -_SAFE and max(whole) <= _SAFE)


def _check(value: object) -> None:
    # Not `match`: of the numbers in a record of many looks, this is half of the work.
    if value is None or isinstance(value, str | bool):
        return
    if isinstance(value, int):
        if -_SAFE <= value <= _SAFE:
            return
    elif isinstance(value, list | tuple):
        # Most of a record are lists of lists of numbers: an entry for each look, and for each slot.
        if _plain(value) or (_LISTS.issuperset(map(type, value)) and _plain([*chain.from_iterable(value)])):
            return
        for one in value:
            _check(one)
        return
    elif isinstance(value, dict) and all(isinstance(key, str) and key.isascii() for key in value):
        for one in value.values():
            _check(one)
        return
    raise ValueError(f"no canonical JSON is written for {type(value).__name__} {str(value)[:40]!r}")
