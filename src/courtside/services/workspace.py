"""A workspace: the folder that holds a firm's settings, records and figures."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from courtside.records.period import Calendar
from courtside.records.ramp import Ramp, read_ramp
from courtside.services.channels_mail import Mail, read_mail
from courtside.services.engines import EMBEDDED, IN_A_FILE, fault_in, fault_in_database
from courtside.services.refused import Refused, unknown
from courtside.services.retention_settings import Retention, SettingFault, read_retention

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
    anchors: str = ""
    """A second file of anchors of the log, beside the one in the folder: best on another host."""
    timestamp_authority: str = ""
    """The https address of an authority (RFC 3161) whose time-stamp every sealed document gets; empty: none is asked.
    """
    ramp: Ramp = field(default_factory=dict)
    """Shares of a full target in the first months of employment, by role; they win over the pack's."""
    mail: Mail | None = None
    """The server that hands mail on; None: no mail is sent, and people find what they are told on their pages."""
    retention: Retention = field(default_factory=Retention)
    """How long records are kept."""


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
    if settings.timestamp_authority:
        from courtside.services.channels_connect import fault_in_address  # noqa: PLC0415  (rarely there)

        if fault := fault_in_address(settings.timestamp_authority):
            yield "timestamp_authority", fault


def checked(settings: Settings) -> Settings:
    """The settings, if every one of them can be used. Raises Refused naming the first that cannot."""
    for key, reason in _faults(settings):
        raise Refused(f"{key}: {reason}")
    return settings


def write_settings(path: Path, settings: Settings) -> None:
    """Write the settings to a file, and make sure they are on the disk."""
    named = {field.name: getattr(settings, field.name) for field in fields(Settings) if field.name not in _TOLD}
    with path.open("w", encoding="utf-8") as file:
        file.write("# Settings of this workspace. revenue_from: opportunities or transactions.\n")
        file.write("# warehouse: duckdb, in this process, or postgresql://user@host/database?schema=courtside\n")
        file.write("# database: sqlite, in this folder, or postgresql://user@host/database?schema=courtside\n")
        file.write("# anchors: a second file, best on another host, to which the head of the log of acts is added\n")
        file.write("# timestamp_authority: off; https://stamp.example/path (RFC 3161) to have seals time-stamped\n")
        file.write("# ramp: the share of a full target in each first month of a role: {seller: [0.25, 0.5, 0.75]}\n")
        file.write("# mail: off; {host: mail.firm.example, tls: starttls, from: courtside@firm.example} to send some\n")
        file.write("# retention: {cases: 4 years, figures: 3 years, proposals: 1 year}; how long records are kept\n")
        file.writelines(f"{name}: {json.dumps(value, ensure_ascii=False)}\n" for name, value in named.items())
        file.flush()
        os.fsync(file.fileno())


def _refuse_at(path: Path, data: Any, key: str, message: str) -> Refused:
    line, column = data.lc.value(key) if hasattr(data, "lc") and key in data else (0, 0)
    return Refused(f"{path}:{line + 1}:{column + 1}: {key}: {message}")


_NESTED: Mapping[str, Callable[[Any], Any]] = {"ramp": read_ramp, "mail": read_mail, "retention": read_retention}
"""Settings that are more than a text or a number, and what reads them."""
_TOLD = ("mail", "retention", "timestamp_authority")
"""Settings a new workspace only speaks of."""


def _typed(path: Path, data: Mapping[str, Any]) -> Settings:
    known: dict[str, type] = dict.fromkeys((field.name for field in fields(Settings)), str)
    known |= {"fiscal_year_starts": int, **dict.fromkeys(_NESTED, object)}
    for key, value in data.items():
        if key not in known:
            raise _refuse_at(path, data, str(key), str(unknown("setting", str(key), known)))
        if key not in _NESTED and (not isinstance(value, known[key]) or isinstance(value, bool)):
            needed = "a whole number" if known[key] is int else "a text"
            raise _refuse_at(path, data, key, f"{value!r} is not {needed}")
    for key in ("name", "pack"):
        if key not in data:
            raise _refuse_at(path, data, key, "this setting is missing; write it on a line of its own")
    values: dict[str, Any] = {key: known[key](value) for key, value in data.items() if key not in _NESTED}
    for key, read in _NESTED.items():
        try:
            values[key] = read(data.get(key))
        except SettingFault as fault:
            raise _refuse_at(path, data[key], fault.key, str(fault)) from None
        except ValueError as error:
            raise _refuse_at(path, data, key, str(error)) from None
    return Settings(**values)


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
