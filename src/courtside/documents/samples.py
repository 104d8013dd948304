"""Made-up content for every template, from the samples of its placeholders: to preview it, and to test its print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from courtside.documents.faults import DocumentError
from courtside.documents.placeholders import PLACEHOLDERS
from courtside.documents.template import Template

KINDS = ("shortest", "longest", "rtl", "eighty", "no_goals", "ten_goals")
_NAMES = ("person", "manager", "hr", "author", "approver")
_RIGHT_TO_LEFT = ("نور الهدى عبد الرحمن", "אֲבִיגַיִל בן־דוד", "شیرین رضایی", "יעל כהן", "محمد الأمين")
_EIGHTY = "Alexandrina Konstantinopolskaja-Featherstonehaugh de la Vega y Montesinos-Aldana"
assert len(_EIGHTY) == 80  # noqa: S101  (the sample is what its name says)


def sample(template: Template, kind: str = "shortest") -> dict[str, Any]:
    """Complete data for a template: the shortest or longest there is, or a plain one with one thing extreme."""
    if kind not in KINDS:
        raise DocumentError(f"there is no sample {kind!r}; there is {', '.join(KINDS)}")
    if kind == "longest":
        return {name: PLACEHOLDERS[name].longest for name in template.placeholders}
    given = {name: PLACEHOLDERS[name].shortest for name in template.placeholders} | dict(template.about.defaults)
    given |= {name: value for name, value in _changes(kind).items() if name in given}
    asked = [signer for signer in given.get("signers", ()) if signer["party"] in template.parties]
    return {**given, "signers": asked} if "signers" in given else given


def _changes(kind: str) -> Mapping[str, Any]:
    goals = PLACEHOLDERS["goals"]
    match kind:
        case "rtl":
            return _named(_RIGHT_TO_LEFT)
        case "eighty":
            return _named((_EIGHTY,) * len(_NAMES))
        case "no_goals":
            return {"goals": []}
        case "ten_goals":
            return {"goals": [{**goals.shortest[0], "metric": f"Calls of week {week}"} for week in range(1, 11)]}
        case _:
            return {}


def _named(names: tuple[str, ...]) -> Mapping[str, Any]:
    parties = (("rep", "Sales"), ("manager", "Lead"), ("hr", "People"))
    signers = [
        {"party": party, "name": name, "role": role} for name, (party, role) in zip(names, parties, strict=False)
    ]
    return {**dict(zip(_NAMES, names, strict=True)), "signers": signers}
