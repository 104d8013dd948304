"""Checking rules: what each lacks before it may be switched on, and the examples that come out otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from courtside.services.definitions import catalogue_in_force
from courtside.services.refused import unknown
from courtside.services.rule_books import on_disk, sentence_of
from courtside.services.rule_gates import missing_replay, unmet
from courtside.services.workspace import Workspace


def check_rules(workspace: Workspace, names: Iterable[str] = ()) -> tuple[Mapping[str, Any], ...]:
    """A row for each rule on disk (or those named): its sentence, whether it may be put up, and what it lacks.

    Raises Refused naming every mistake in the files with its place.
    """
    from courtside.store import rules  # noqa: PLC0415  (Django stays out of start-up)

    catalogue = catalogue_in_force(workspace)
    found = on_disk(workspace, catalogue)
    for name in names:
        if name not in found:
            raise unknown("rule", name, found)
    kept = {one.rule: one for one in rules.versions()}
    rows = []
    for name in names or found:
        rule, version = found[name].rule, kept.get(name)
        lacks = unmet(workspace, rule, catalogue)
        is_kept = version is not None and version.sha256 == rule.sha256
        gates = missing_replay(workspace, version) if version is not None and is_kept else ("it is not published yet",)
        rows.append(
            {
                "rule": name, "at": found[name].place, "ok": not lacks, "lacks": list(lacks), "to_go_live": list(gates),
                "state": version.state if version is not None and is_kept else "on disk",
                "sentence": sentence_of(rule, catalogue),
            }
        )  # fmt: skip
    return tuple(rows)
