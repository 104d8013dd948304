"""The evidence annex: the frozen evidence a plan came from, printed with its documents and moved along with them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from courtside.services.document_signing import ANNEX
from courtside.services.proposal_evidence import thawed

if TYPE_CHECKING:
    from courtside.services.plan_ground import Ground
    from courtside.services.proposal_figures import Shown
    from courtside.services.viewing import Visit
    from courtside.store.documents import Document
    from courtside.store.proposals import Proposal
    from courtside.workflow.record import Plan

MOST_NUMBERS = 120
_MOST_FACTS, _MOST_MONTHS, _MOST_CONDITIONS, _MOST_HASHES = 14, 12, 10, 16
_AROUND = ("New in the work", "Leave", "Change of work", "Disputes", "Records")


def evidence_of(plan: Plan) -> Proposal | None:
    """The proposal a plan came from; None for one begun by hand."""
    from courtside.store import proposals  # noqa: PLC0415  (Django stays out of start-up)

    found = proposals.of_plan(plan.id)
    return found or (proposals.proposal(plan.proposal) if plan.proposal else None)


def is_wanted(plan: Plan) -> bool:
    """Whether there is evidence to print: a plan by hand has none, and what was erased is gone."""
    found = evidence_of(plan)
    return found is not None and bool(found.evidence)


def annex_of(plan_id: str) -> Document | None:
    """The annex that belongs to a plan now."""
    from courtside.store import documents  # noqa: PLC0415

    found = [one for one in documents.of_plan(plan_id) if one.template == ANNEX and one.state != documents.SUPERSEDED]
    return found[-1] if found else None


def annex_line(plan_id: str) -> str:
    """What a document of a plan prints of the annex that goes with it; empty where there is none."""
    held = annex_of(plan_id)
    return f"Record {held.id}, SHA-256 {held.data_sha256}" if held else ""


def evidence_data(ground: Ground, plan: Plan) -> dict[str, Any]:
    """What an annex prints of the evidence, in words and digit for digit; no rows where there is none."""
    found = evidence_of(plan)
    if found is None or not found.evidence:
        return {}
    evidence = thawed(found.evidence)
    return {
        "why": _fit(evidence["evaluation"]["inputs"]["figure"].get("sentence") or "", 1200),
        "numbers": list(numbers_of(evidence))[:MOST_NUMBERS],
        "hashes": list(_hashes(found, evidence))[:_MOST_HASHES],
        **_in_words(ground, found, evidence),
    }


def numbers_of(evidence: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every number an evaluation was made from, as it is, under its name in the evidence.

    >>> list(numbers_of({"evaluation": {"evidence": None, "inputs": {"figure": {"interval": [0.5, 2]}}}}))
    [{'name': 'figure.interval[0]', 'value': 0.5}, {'name': 'figure.interval[1]', 'value': 2}]
    """
    told = evidence["evaluation"]
    yield from _flat("evidence", told["evidence"])
    yield from _flat("", told["inputs"])


def _flat(name: str, value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, Mapping):
        for key, one in value.items():
            yield from _flat(f"{name}.{key}" if name else str(key), one)
    elif isinstance(value, list):
        for at, one in enumerate(value):
            is_named = isinstance(one, Mapping) and "condition" in one
            yield from _flat(f"{name}.{one['condition'].lower()}" if is_named else f"{name}[{at}]", one)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield {"name": name, "value": value}


def _in_words(ground: Ground, found: Proposal, evidence: Mapping[str, Any]) -> dict[str, Any]:
    """The tables for reading, in the units of the definitions."""
    from courtside.services.proposal_figures import excuses_in_words, months_of  # noqa: PLC0415

    visit, inputs = _visit(ground), evidence["evaluation"]["inputs"]
    months = months_of(visit, inputs)[-_MOST_MONTHS:]
    return {
        "evidence": list(_figures(visit, found, evidence)),
        "basis": [{"what": _fit(one.label, 120), "how": _fit(one.value, 240)} for one in _basis(found, evidence)][
            :_MOST_FACTS
        ],
        "months": [{"month": _month(one.name), "hits": one.hits, "of": one.of, "due": one.due} for one in months],
        "conditions": [
            {
                "condition": _fit(one["words"], 120),
                "number": _finer(one["number"]),
                "limit": _finer(one["limit"]),
                "holds": bool(one["holds"]),
            }
            for one in evidence["conditions"]
        ][:_MOST_CONDITIONS],
        "exclusions": list(_around(excuses_in_words(inputs))),
    }


def _visit(ground: Ground) -> Visit:
    """The definitions and the settings, as whoever takes the step has them; nothing is asked of the records."""
    from courtside.services.standing import stand  # noqa: PLC0415  (figures load now)
    from courtside.services.viewing import Visit  # noqa: PLC0415
    from courtside.store import accounts  # noqa: PLC0415
    from courtside.store.access import Viewer  # noqa: PLC0415

    viewer = accounts.viewer_named(ground.caller.who) or Viewer(0, ground.caller.who, "", None, frozenset())
    return Visit(viewer, stand(ground.workspace), ground.caller)


def _figures(visit: Visit, found: Proposal, evidence: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The figure with its range by chance, and the best estimate of the level behind it."""
    from courtside.services.proposal_figures import days, in_words, label_of, span_in_words  # noqa: PLC0415

    inputs, metric = evidence["evaluation"]["inputs"], found.metric
    figure, check = inputs["figure"], inputs["check"]
    own = evidence["definitions"]["of_the_figure"].get(metric, {})
    plain = {
        "n": figure["n"], "window": _fit(days(check["first"], check["last"]), 80),
        "version": f"definition {own['version']}" if own else "", "sha256": own.get("sha256", ""),
    }  # fmt: skip
    target, fair = figure["target"], figure.get("fair_target")
    beside = f"target {in_words(visit, metric, target)}" if target is not None else ""
    if fair is not None and fair != target:
        beside += f"; for what was handed to them {in_words(visit, metric, fair)}"
    label = _fit(label_of(visit.catalogue(), metric), 100)
    yield {
        **plain, "what": label, "value": in_words(visit, metric, figure["value"]), "reference": _fit(beside, 120),
        "range": _fit(span_in_words(visit, metric, figure.get("interval")), 60),
    }  # fmt: skip
    if figure.get("shrunk") is not None:
        reference = figure.get("reference")
        yield {
            **plain, "what": f"{label}: likely level", "value": in_words(visit, metric, figure["shrunk"]),
            "range": _fit(span_in_words(visit, metric, figure.get("likely")), 60),
            "reference": "" if reference is None else f"reference {in_words(visit, metric, reference)}",
        }  # fmt: skip


def _basis(found: Proposal, evidence: Mapping[str, Any]) -> Iterator[Shown]:
    from courtside.services.proposal_figures import Shown, day, days, evidence_in_words  # noqa: PLC0415

    state, rows, told = evidence["data"], evidence["rows"], evidence["evaluation"]
    rule, window = evidence["rule"]["block"], told["inputs"]["rule"]["window"]
    left = ", ".join(str(one).replace("_", " ") for one in told["inputs"]["rule"]["exclude"])
    yield Shown("Looked at", f"the end of {day(state['as_of'])}, as known on {day(state['known_at'])}")
    yield Shown("Rule", f"{rule.get('label', found.rule)}, over {window}")
    yield Shown("What it found", "; ".join(map(str, told["reasons"])))
    yield Shown("What it leaves alone", left or "nothing besides the conditions below")
    yield Shown("Records behind", f"{rows['count']:,}, from {days(rows['first'], rows['last'])}")
    yield Shown("Imports that counted", f"{len(state['batches']):,}")
    yield from evidence_in_words(evidence)


def _around(told: Sequence[str]) -> Iterator[dict[str, str]]:
    """What was known that may explain the figure, and what was looked for and not found."""
    names = _AROUND if len(told) > 1 else ("Circumstances",)
    for what, how in zip(names, told, strict=False):
        yield {"what": what, "how": _fit(how, 200)}


def _hashes(found: Proposal, evidence: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The evidence, what it was made from, and each definition of the figure."""
    rule, definitions = evidence["rule"], evidence["definitions"]
    named = {
        "Evidence": found.evidence_sha256,
        "Evaluation": found.evaluation_sha256,
        f"Records behind, all {evidence['rows']['count']:,}": evidence["rows"]["sha256"],
        f"Rule {rule['name']}, version {rule['version']}": rule["sha256"],
        "All definitions in force": definitions["all_sha256"],
        "Imports": evidence["data"]["sha256"],
    }
    named |= {
        f"Definition {name}, version {one['version']}": one["sha256"]
        for name, one in definitions["of_the_figure"].items()
    }
    for what, digest in named.items():
        yield {"what": _fit(what, 120), "sha256": digest}


def _finer(value: float | None) -> str:
    """A number with four digits: 0.9996 is not 1."""
    from courtside.analysis.wording import rounded  # noqa: PLC0415

    return "" if value is None else rounded(float(value), 4)


def _month(name: str) -> str:
    """A month as people write it: 2026-09 -> September 2026; another name stays as it is."""
    try:
        return f"{date.fromisoformat(f'{name}-01'):%B %Y}"
    except ValueError:
        return name


def _fit(text: str, most: int) -> str:
    """A text on one line that fits its place; what is cut off says so."""
    line = " ".join(str(text).split())
    return line if len(line) <= most else f"{line[: most - 4].rstrip()} ..."
