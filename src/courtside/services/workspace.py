"""A workspace: the folder that holds a firm's settings, records and figures."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from courtside.records.period import Calendar
from courtside.records.ramp import Ramp, read_ramp
from courtside.services.engines import EMBEDDED, IN_A_FILE, fault_in, fault_in_database
from courtside.services.refused import Refused, unknown

SETTINGS_FILE = "courtside.yaml"
DATABASE_FILE = "app.sqlite3"
MODELS = ("inside", "inbound", "complex")
REVENUE_FROM = ("opportunities", "transactions")


@dataclass(frozen=True, slots=True)
class Settings:
    """What `courtside.yaml` says."""

    name: str
    pack: str
    zone: str = "UTC"
    currency: str = "USD"
    fiscal_year_starts: int = 1
    model: str = "inside"
    revenue_from: str = "opportunities"
    warehouse: str = EMBEDDED
    """Where figures are counted: `duckdb`, in this process, or the address of a database."""
    database: str = IN_A_FILE
    """Where accounts, imports and the log of acts are kept: `sqlite`, in the folder, or the address of a PostgreSQL."""
    ramp: Ramp = field(default_factory=dict)
    """Shares of a full target in the first months of employment, by role; they win over the pack's."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """An opened workspace."""

    root: Path
    settings: Settings

    @property
    def database(self) -> Path | str:
        """The application database: its file, or its address."""
        return self.root / DATABASE_FILE if self.settings.database == IN_A_FILE else self.settings.database

    @property
    def zone(self) -> ZoneInfo:
        """The firm's time zone: days are the firm's days."""
        return ZoneInfo(self.settings.zone)

    @property
    def calendar(self) -> Calendar:
        """The firm's calendar."""
        return Calendar(self.settings.fiscal_year_starts)

    def day(self, instant: datetime) -> date:
        """The firm's day at an instant."""
        return instant.astimezone(self.zone).date()


def _faults(settings: Settings) -> Iterator[tuple[str, str]]:
    """Each setting that cannot be used, and why."""
    if settings.zone not in available_timezones():
        yield "zone", unknown("time zone", settings.zone, available_timezones()).reason
    if not (len(settings.currency) == 3 and settings.currency.isascii() and settings.currency.isupper()):
        yield "currency", f"{settings.currency!r} is no currency; write the three capitals of ISO 4217, such as USD"
    if not 1 <= settings.fiscal_year_starts <= 12:
        yield "fiscal_year_starts", f"{settings.fiscal_year_starts} is no month; write a number from 1 to 12"
    for what, key, allowed in (("model", "model", MODELS), ("source of revenue", "revenue_from", REVENUE_FROM)):
        value = getattr(settings, key)
        if value not in allowed:
            yield key, unknown(what, value, allowed).reason
    if settings.warehouse != EMBEDDED and (fault := fault_in(settings.warehouse)):
        yield "warehouse", fault
    if settings.database != IN_A_FILE and (fault := fault_in_database(settings.database)):
        yield "database", fault


def checked(settings: Settings) -> Settings:
    """The settings, if every one of them can be used. Raises Refused naming the first that cannot."""
    for key, reason in _faults(settings):
        raise Refused(f"{key}: {reason}")
    return settings


def write_settings(path: Path, settings: Settings) -> None:
    """Write the settings to a file, and make sure they are on the disk."""
    named = {field.name: getattr(settings, field.name) for field in fields(Settings)}
    with path.open("w", encoding="utf-8") as file:
        file.write("# Settings of this workspace. revenue_from: opportunities or transactions.\n")
        file.write("# warehouse: duckdb, in this process, or postgresql://user@host/database?schema=courtside\n")
        file.write("# database: sqlite, in this folder, or postgresql://user@host/database?schema=courtside\n")
        file.write("# ramp: the share of a full target in each first month of a role: {seller: [0.25, 0.5, 0.75]}\n")
        file.writelines(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in named.items())
        file.flush()
        os.fsync(file.fileno())


def _refuse_at(path: Path, data: Any, key: str, message: str) -> Refused:
    line, column = data.lc.value(key) if hasattr(data, "lc") and key in data else (0, 0)
    return Refused(f"{path}:{line + 1}:{column + 1}: {key}: {message}")


def _typed(path: Path, data: Mapping[str, Any]) -> Settings:
    known: dict[str, type] = dict.fromkeys((field.name for field in fields(Settings)), str)
    known |= {"fiscal_year_starts": int, "ramp": object}
    for key, value in data.items():
        if key not in known:
            raise _refuse_at(path, data, str(key), str(unknown("setting", str(key), known)))
        if key != "ramp" and (not isinstance(value, known[key]) or isinstance(value, bool)):
            needed = "a whole number" if known[key] is int else "a text"
            raise _refuse_at(path, data, key, f"{value!r} is not {needed}")
    for key in ("name", "pack"):
        if key not in data:
            raise _refuse_at(path, data, key, "this setting is missing; write it on a line of its own")
    values: dict[str, Any] = {key: known[key](value) for key, value in data.items() if key != "ramp"}
    try:
        return Settings(**values, ramp=read_ramp(data.get("ramp")))
    except ValueError as error:
        raise _refuse_at(path, data, "ramp", str(error)) from None


def read_settings(root: Path) -> Settings:
    """What `courtside.yaml` says. Raises Refused with file, line and column."""
    from ruamel.yaml import YAML  # noqa: PLC0415  (slow to import)
    from ruamel.yaml.error import MarkedYAMLError  # noqa: PLC0415

    path = root / SETTINGS_FILE
    try:
        data = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise Refused(f"{place}: {error.problem}") from None
    except UnicodeDecodeError as error:
        raise Refused(f"{path}:1:1: not UTF-8: {error.reason}") from None
    if not isinstance(data, Mapping):
        raise Refused(f"{path}:1:1: settings are lines such as `zone: Europe/Paris`")
    settings = _typed(path, data)
    for key, reason in _faults(settings):
        raise _refuse_at(path, data, key, reason)
    return settings
