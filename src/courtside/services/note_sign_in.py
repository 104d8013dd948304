"""Signing in, being turned away, signing out and changing how one signs in, as acts of the log."""

from __future__ import annotations

from typing import Literal

from courtside.services.caller import Caller

Verb = Literal[
    "sign_in", "refuse_sign_in", "sign_out", "change_password", "activate_second_factor", "drop_second_factor",
    "make_recovery_codes",
]  # fmt: skip


def note_sign_in(verb: Verb, username: str) -> None:
    """Write one down. A name nobody has is not kept: people type passwords into the wrong field."""
    from courtside.store import accounts, audit  # noqa: PLC0415  (Django stays out of start-up)

    known = any(one.username == username for one in accounts.accounts())
    who = username if known else "unknown"
    audit.write(audit.Act(Caller(who=who).clock(), who, verb, {}))
