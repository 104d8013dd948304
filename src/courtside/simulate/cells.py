"""Columns as matrices of bytes, one row a record, 0 where nothing stands; and lines of CSV made from them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NONE = -(2**40)
"""In columns of numbers, days and instants: nothing is known."""
DAY = 86_400
"""Seconds in a day. Instants are seconds from the midnight that begins day 0."""

_GROUP, _TEN_THOUSAND = 4, 10_000
_ROWS = 16_384
"""So many rows are written at a time: their bytes fit a processor's cache."""
_ZERO, _COMMA, _NEWLINE, _POINT = (ord(c) for c in "0,\n.")
_FORBIDDEN = set(',"\r\n\0')


def table_of(words: Sequence[str]) -> Bytes:
    """Words as rows of bytes, to be looked up by number; the last row is empty and has the number -1.

    Raises ValueError for a word that CSV would have to quote. `table_of(["call", "email"])` is 3 by 5.
    """
    for word in words:
        if _FORBIDDEN & set(word):
            raise ValueError(f"{word!r} would need quotes in a CSV file")
    coded = [word.encode() for word in words]
    width = max((len(word) for word in coded), default=0) or 1
    return np.frombuffer(b"".join(word.ljust(width, b"\0") for word in [*coded, b""]), np.uint8).reshape(-1, width)


def words(table: Bytes, codes: Ints) -> Bytes:
    """The word of each code; nothing where the code is -1."""
    return np.take(table, codes, axis=0, mode="wrap")


def same(word: str, count: int) -> Bytes:
    """One word in every row."""
    return np.broadcast_to(table_of([word])[0], (count, len(word.encode()) or 1))


def beside(*parts: Bytes) -> Bytes:
    """Cells whose parts stand one after the other."""
    return np.hstack(parts)


@cache
def _groups() -> Bytes:
    """0000 to 9999, four bytes each."""
    return table_of([f"{n:04}" for n in range(_TEN_THOUSAND)])


def padded(values: Ints, width: int) -> Bytes:
    """Numbers of a fixed width with leading zeros; nothing where there is none (NONE or below 0)."""
    found = np.empty((len(values), width), np.uint8)
    rest, is_none = values, values < 0
    for end in range(width, 0, -_GROUP):
        rest, group = np.divmod(rest, _TEN_THOUSAND)
        if is_none.any():
            group[is_none] = -1
        start = max(end - _GROUP, 0)
        found[:, start:end] = words(_groups(), group)[:, start - end :]
    return found


def numbers(values: Ints) -> Bytes:
    """Whole numbers without leading zeros; nothing where there is none (below 0)."""
    width = len(str(max(int(values.max(initial=0)), 0)))
    found = padded(values, width)
    if width > 1:
        leading = np.logical_and.accumulate(found[:, :-1] == _ZERO, axis=1)
        found[:, :-1][leading] = 0
    return found


def money(cents: Ints) -> Bytes:
    """Amounts given in cents, with two places after the point; nothing where there is none."""
    whole, rest = numbers(np.where(cents < 0, NONE, cents // 100)), padded(np.where(cents < 0, NONE, cents % 100), 2)
    return np.hstack([whole, np.where(cents < 0, 0, _POINT).astype(np.uint8)[:, None], rest])


def tenths(values: Ints) -> Bytes:
    """Numbers given in tenths, with one place after the point."""
    return np.hstack([numbers(values // 10), np.full((len(values), 1), _POINT, np.uint8), padded(values % 10, 1)])


def ids(letter: str, values: Ints, width: int) -> Bytes:
    """A letter and a number of fixed width, so that text and number have one order; nothing below 0."""
    head = np.where(values < 0, 0, ord(letter)).astype(np.uint8)[:, None]
    return np.hstack([head, padded(values, width)])


@cache
def _clock() -> Bytes:
    """T00:00:00 to T23:59:59."""
    return table_of([f"T{s // 3600:02}:{s // 60 % 60:02}:{s % 60:02}" for s in range(DAY)])


class Dates:
    """Writes day numbers and instants as ISO text. Day 0 is the firm's first day."""

    _YEARS_BEFORE, _YEARS_AFTER = 40, 8

    def __init__(self, starts_on: date, days: int) -> None:
        first = starts_on - timedelta(days=366 * self._YEARS_BEFORE)
        self._before = (starts_on - first).days
        every = np.arange(np.datetime64(first), np.datetime64(starts_on) + days + 366 * self._YEARS_AFTER)
        self._table = table_of([str(day) for day in np.datetime_as_string(every)])

    def days(self, numbers: Ints) -> Bytes:
        """Each day as 2026-01-31; nothing where there is none."""
        return words(self._table, np.where(numbers == NONE, -1, numbers + self._before))

    def instants(self, seconds: Ints) -> Bytes:
        """Each instant as 2026-01-31T09:00:00; nothing where there is none."""
        day, second = np.divmod(seconds, DAY)
        if (is_none := seconds == NONE).any():
            day[is_none], second[is_none] = -1 - self._before, -1
        return np.hstack([words(self._table, day + self._before), words(_clock(), second)])


def lines(columns: Sequence[Bytes]) -> bytes:
    """Rows of CSV: the cells of each row between commas, what stands for nothing left out."""
    count = len(columns[0])
    width = sum(column.shape[1] + 1 for column in columns)
    page = np.empty((min(count, _ROWS), width), np.uint8)
    page.fill(_COMMA)
    page[:, -1] = _NEWLINE
    written = []
    for start in range(0, count, _ROWS):
        end, place = min(start + _ROWS, count), 0
        part = page[: end - start]
        for column in columns:
            part[:, place : place + column.shape[1]] = column[start:end]
            place += column.shape[1] + 1
        written.append(part[part != 0].tobytes())
    return b"".join(written)
