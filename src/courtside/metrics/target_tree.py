"""The targets of a firm as a tree of nodes: which scope has which number in which period, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from courtside.metrics.sharing import Sharing
from courtside.metrics.target import MEMBERS, Resolved, Targets
from courtside.metrics.target_rows import ALWAYS, SCOPES, Target
from courtside.records.period import Period

_ADDED_UP = (Sharing.TOTAL, Sharing.LEVEL)
_ENDLESS = "What adds up over days needs a period with a first and a last day, not 'all'."
_ORDER = ("company", *reversed(SCOPES[1:]), "person")


@dataclass(frozen=True, slots=True)
class Node:
    """The target of one metric, scope and period."""

    metric: str
    scope: str
    period: Period
    sharing: Sharing
    resolved: Resolved

    @property
    def dimension(self) -> str:
        """What kind of scope it is: `team`, `person`, `company` …"""
        return self.scope.partition(":")[0]

    @property
    def name(self) -> str:
        """The scope's name without its kind."""
        return self.scope.partition(":")[2] or self.scope

    @property
    def origin(self) -> str | None:
        """Where the number comes from, in words: `own, share of 2017-11, version 2 in force from 2017-11-15`."""
        if self.resolved.value is None:
            return None
        return ", ".join(self._words())

    def _words(self) -> Iterator[str]:
        if self.resolved.origin == MEMBERS:
            yield "sum over members"
            return
        yield "own" if self.resolved.origin == self.scope else f"inherited from {self.resolved.origin}"
        rows = self.resolved.rows
        names = tuple(dict.fromkeys(row.period for row in rows))
        if len(names) > 1:
            yield f"{'sum of' if self.sharing is Sharing.TOTAL else 'same in'} {_listed(names)}"
        elif names and names[0] != self.period.name:
            yield f"{'share of' if self.is_shared else 'that of'} {names[0]}"
        if len(rows) == 1 and rows[0].in_force_from is not None:
            yield f"version {rows[0].version} in force from {rows[0].in_force_from.isoformat()}"

    @property
    def is_shared(self) -> bool:
        """Whether a shorter period has only its share of the number."""
        return self.sharing in (Sharing.TOTAL, Sharing.DISTINCT)

    @property
    def fields(self) -> dict[str, Any]:
        """The origin as fields: words, the scope it is of (or `members`), both sums, the recorded rows behind it."""
        found, rows = self.resolved, self.resolved.rows
        only = rows[0] if len(rows) == 1 else None
        return {
            "origin": self.origin,
            "origin_scope": found.origin,
            "own": found.own,
            "from_members": found.from_members,
            "sums_differ": found.is_apart,
            "version": only.version if only else None,
            "in_force_from": only.in_force_from if only else None,
            "made_of": [_fields(row) for row in rows],
        }


def _fields(row: Target) -> dict[str, Any]:
    return {
        "scope": row.scope, "period": row.period, "value": row.value, "version": row.version,
        "in_force_from": row.in_force_from, "batch": row.recorded,
    }  # fmt: skip


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) if len(names) <= 4 else f"{names[0]}, {names[1]} … {names[-1]} ({len(names)} periods)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which nodes to look at. Without a scope: every one with a target, and the teams and firm they add up to.

    Without a period: every period a target was recorded for.
    """

    scope: str | None = None
    period: Period | None = None


def versions(targets: Targets, node: Node) -> tuple[dict[str, Any], ...]:
    """Every recorded version of the node's own target for exactly its period, the one in force last to count last."""
    return tuple(_fields(version) for version in recorded(targets, node.metric, node.scope, node.period))


def recorded(targets: Targets, metric: str, scope: str, period: Period) -> tuple[Target, ...]:
    """Every version recorded for exactly this, the one that takes precedence last."""
    rows = targets.recorded.get((metric, scope), ())
    return tuple(version for row in rows if row.is_for(period) for version in row.versions)


def nodes(targets: Targets, metric: str, sharing: Sharing, wanted: Wanted, as_of: date) -> list[Node]:
    """The nodes of one metric, from the firm down to persons, by period. Asked for one exactly, it is always there."""
    found = []
    for scope in _scopes(targets, metric, sharing, wanted):
        for period in _periods(targets, metric, sharing, scope, wanted):
            resolved = targets.of(metric, scope, period, as_of, sharing)
            if period is ALWAYS and resolved.value is None:
                resolved = replace(resolved, note=_ENDLESS)
            if resolved.value is not None or _is_exact(wanted) or _is_own(targets, metric, scope, period):
                found.append(Node(metric, scope, period, sharing, resolved))
    return sorted(found, key=lambda node: (_ORDER.index(node.dimension), node.name, node.period.starts_on))


def _is_exact(wanted: Wanted) -> bool:
    return wanted.scope is not None and wanted.period is not None


def _is_own(targets: Targets, metric: str, scope: str, period: Period) -> bool:
    """Whether a target was recorded for exactly this: then it is shown even where it counts for nothing."""
    return any(row.is_for(period) for row in targets.recorded.get((metric, scope), ()))


def _scopes(targets: Targets, metric: str, sharing: Sharing, wanted: Wanted) -> tuple[str, ...]:
    if wanted.scope is not None:
        return (wanted.scope,)
    own = [scope for name, scope in targets.recorded if name == metric]
    above = ("company", *targets.groups.named("team")) if sharing in _ADDED_UP and _of_persons(own) else ()
    return tuple(dict.fromkeys((*own, *above)))


def _of_persons(scopes: Iterable[str]) -> list[str]:
    return [scope for scope in scopes if scope.startswith("person:")]


def _periods(targets: Targets, metric: str, sharing: Sharing, scope: str, wanted: Wanted) -> tuple[Period, ...]:
    """The periods worth asking a scope about: those of its own targets and of the targets its number may come from."""
    if wanted.period is not None:
        return (wanted.period,)
    own = [targets.recorded[metric, scope]] if (metric, scope) in targets.recorded else []
    others = ((other, rows) for (name, other), rows in targets.recorded.items() if name == metric and other != scope)
    if sharing is Sharing.STANDARD and wanted.scope is not None:
        own += [rows for other, rows in others if not other.startswith("person:")]
    elif sharing in _ADDED_UP and not scope.startswith("person:"):
        own += [rows for other, rows in others if other.startswith("person:")]
    periods = {(row.period.starts_on, row.period.ends_on): row.period for rows in own for row in rows}
    return tuple(sorted(periods.values(), key=lambda period: (period.starts_on, period.ends_on)))


def known_names(targets: Targets, kind: str) -> Mapping[str, None]:
    """The names of a kind of scope that people ever belonged to, and those that have a target already."""
    scopes = (*targets.groups.named(kind), *(scope for _, scope in targets.recorded if scope.startswith(f"{kind}:")))
    return dict.fromkeys(scope.partition(":")[2] for scope in scopes)
