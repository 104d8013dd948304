"""Plans and events written as plain JSON and read back as the frozen values they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

T = TypeVar("T")


class Unreadable(ValueError):
    """What was written down is not of the shape it should have."""


def written(value: Any) -> Any:
    """A frozen value as JSON: dataclasses as mappings, tuples as lists, days by ISO.

    >>> from courtside.workflow.actors import Person
    >>> written(Person("rae", "p-1"))
    {'username': 'rae', 'person_id': 'p-1'}
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _field(kind, getattr(value, name)) for name, kind in _hints(type(value)).items()}
    if isinstance(value, tuple):
        return [written(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date | datetime):
        return value.isoformat()
    if value is None or isinstance(value, str | bool | int | float):
        return value
    raise Unreadable(f"{type(value).__name__} is not written down in plans")


def _field(kind: Any, value: Any) -> Any:
    """A field as JSON; a number with a point is written with one, so that equal values have equal hashes."""
    is_float = kind is float or float in get_args(kind)
    return float(value) if is_float and isinstance(value, int) else written(value)


def read(kind: type[T], given: Any, at: str = "") -> T:
    """The frozen value of a kind that was written down. Raises Unreadable, naming the place."""
    found: T = _read(kind, given, at or kind.__name__)
    return found


def _read(kind: Any, given: Any, at: str) -> Any:
    if isinstance(kind, UnionType):
        return _read_optional(kind, given, at)
    if get_origin(kind) is tuple:
        if not isinstance(given, list):
            raise Unreadable(f"{at} is not a list")
        return tuple(_read(get_args(kind)[0], one, f"{at}[{n}]") for n, one in enumerate(given))
    if is_dataclass(kind):
        return _read_fields(kind, given, at)
    if isinstance(kind, type) and issubclass(kind, Enum | date):
        return _read_text(kind, given, at)
    return _read_plain(kind, given, at)


def _read_optional(kind: UnionType, given: Any, at: str) -> Any:
    (known,) = (one for one in get_args(kind) if one is not NoneType)
    return None if given is None else _read(known, given, at)


def _read_fields(kind: Any, given: Any, at: str) -> Any:
    if not isinstance(given, Mapping):
        raise Unreadable(f"{at} is not a mapping")
    hints = _hints(kind)
    if strange := set(given) - set(hints):
        raise Unreadable(f"{at} has no {', '.join(sorted(map(str, strange)))}")
    try:
        return kind(**{name: _read(hints[name], one, f"{at}.{name}") for name, one in given.items()})
    except TypeError as error:
        raise Unreadable(f"{at}: {error}") from error


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    known = get_type_hints(kind)
    return {one.name: known[one.name] for one in fields(kind)}


def _read_text(kind: type[Enum] | type[date], given: Any, at: str) -> Any:
    try:
        return kind(given) if issubclass(kind, Enum) else kind.fromisoformat(given)
    except (TypeError, ValueError) as error:
        raise Unreadable(f"{at}: {given!r} is no {kind.__name__}") from error


def _read_plain(kind: Any, given: Any, at: str) -> Any:
    if kind is float and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    if type(given) is not kind:
        raise Unreadable(f"{at}: {given!r} is no {kind.__name__}")
    return given
