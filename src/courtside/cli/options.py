"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

import click

F = TypeVar("F", bound=Callable[..., Any])

_FORMATS = ("table", "json", "csv")


class Day(click.ParamType[date]):
    """A day as 2017-12-31."""

    name = "day"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The day, or wrong usage."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day; write it as 2017-12-31", param, ctx)


class Instant(click.ParamType[date | datetime]):
    """An instant as 2017-12-31T18:00+01:00; without a zone it is the firm's, a bare day means its end."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | datetime:
        """The instant or day, or wrong usage."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            pass
        try:
            return datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not an instant; write it as 2017-12-31T18:00+01:00", param, ctx)


def format_option(command: F) -> F:
    """How the answer is written."""
    return click.option(
        "--format", "form", type=click.Choice(_FORMATS), default="table", show_default=True,
        help="How the answer is written. JSON and CSV round nothing.",
    )(command)  # fmt: skip


def clocks(command: F) -> F:
    """The two clocks: what had happened, and what was known."""
    command = click.option("--known-at", type=Instant(), help="Only what had been imported by then. Default: now.")(
        command
    )
    return click.option("--as-of", type=Day(), help="What had happened by its end. Default: today.")(command)
