"""Every table that knows a person: what each module of the store forgets of somebody who is erased."""

from __future__ import annotations

import csv
import os
from pathlib import Path

from courtside.services.caller import Caller
from courtside.services.show_fairness import PROTECTED


def forget_everywhere(caller: Caller, person_id: str, token: str) -> None:
    """Put a token in the place of somebody in every table, and blank what was said of them, in the open transaction.

    What the log says of them goes too: its entries keep their place and hash, and one act names them.
    """
    from courtside.store import (  # noqa: PLC0415  (Django stays out of start-up)
        accounts,
        audit,
        audit_chain,
        disputes,
        documents,
        erasing_log,
        erasing_user,
        evidence,
        glass,
        outbox,
        plans,
        proposals,
        retention,
        rules,
        signing,
    )

    at = caller.clock()
    own = [one for one in accounts.accounts() if one.person_id == person_id]
    texts = {text for one in own for text in (one.name, one.email) if text}
    runs = erasing_log.erase(erasing_log.acts_naming(person_id, [one.username for one in own], texts))
    accounts.forget_person(person_id, token)
    disputes.forget_person(person_id, token, at)
    evidence.forget_person(person_id, token)
    rules.forget_person(person_id, token)
    proposals.forget_person(person_id, token)
    plans.forget_person(person_id, token)
    documents.forget_person(person_id, token)
    outbox.forget_person(person_id, token, at)
    retention.forget_person(person_id, token)
    glass.forget_person(person_id, token)
    for one in own:
        erasing_user.forget_user(one.user_id)
        signing.forget_user(one.user_id)
    if runs:
        audit.write(audit.Act(at, caller.who, audit_chain.ERASING, {"entries": [list(run) for run in runs]}))


def forget_in_groups(root: Path, person_id: str) -> None:
    """Take a person out of the file of groups HR keeps; its other lines, and who may read it, stay as they are."""
    path = root / PROTECTED
    if not path.is_file():
        return
    lines = path.read_text(encoding="utf-8-sig").splitlines(keepends=True)
    kept = [line for line in lines if next(csv.reader([line]), [""])[:1] != [person_id]]
    if len(kept) == len(lines):
        return
    scratch = path.with_name(f".{path.name}.new")
    handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        file.write("".join(kept))
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(path)
