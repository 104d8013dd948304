"""One way of writing a value as bytes, so that equal values have equal hashes wherever and whenever they are made."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any


def canonical(value: Any) -> bytes:
    """A value as JSON in one way only: keys sorted, no spaces, UTF-8, numbers as Python repeats them, days by ISO.

    Mappings need text keys; sets are not ordered and are refused, as are NaN and infinities. Raises TypeError and
    ValueError for what has no such form.

    >>> canonical({"b": 1.5, "a": [date(2026, 11, 22), None]})
    b'{"a":["2026-11-22",null],"b":1.5}'
    """
    text = json.dumps(
        _plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )  # fmt: skip
    return text.encode("utf-8")


def digest(value: Any) -> str:
    """The SHA-256 of a value's one form, as 64 hexadecimal digits.

    >>> digest({}) == sha256(b"{}").hexdigest()
    True
    """
    return sha256(canonical(value)).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        for key in value:
            if not isinstance(key, str):
                raise TypeError(f"{key!r} cannot be a key here; keys are texts")
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise TypeError(f"{type(value).__name__} has no one form to be hashed in")
