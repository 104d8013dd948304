"""The catalogue: every metric in force, the drafts, and who uses a metric."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from courtside.services.definitions import catalogue_in_force, drafts, read_installed_pack
from courtside.services.refused import Refused, unknown
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.metrics.catalogue import Catalogue
    from courtside.metrics.metric import Metric
    from courtside.store.definitions import Definition


def _row(metric: Metric, definition: Definition, draft_place: str | None) -> dict[str, Any]:
    return {
        "metric": metric.name,
        "label": metric.label,
        "rung": metric.rung.value,
        "kind": metric.kind,
        "unit": metric.unit.value,
        "direction": metric.direction.value,
        "question": metric.question,
        "version": definition.version,
        "published_at": definition.published_at,
        "state": "in force" if draft_place is None else "in force, changed on disk",
        "draft": draft_place,
        "internal": metric.internal,
    }


def _draft_notes(workspace: Workspace) -> tuple[tuple[str, ...], dict[str, str]]:
    try:
        found = drafts(workspace)
    except Refused as refused:
        return (refused.reason, *refused.lines), {}
    notes = tuple(
        f"{d.place}: {d.name} is a draft ({'new' if d.version is None else f'version {d.version} is in force'}); "
        "`courtside metrics publish` puts it in force"
        for d in found
    )
    return notes, {d.name: d.place for d in found}


def list_metrics(workspace: Workspace) -> tuple[tuple[dict[str, Any], ...], tuple[str, ...]]:
    """Every metric in force, from causes to results, and notes naming drafts. Building blocks come last."""
    from courtside.metrics.metric import Rung  # noqa: PLC0415  (keeps start-up short)
    from courtside.store.definitions import in_force  # noqa: PLC0415

    published = in_force()
    notes, places = _draft_notes(workspace)
    order = list(Rung)
    metrics = sorted(catalogue_in_force(workspace), key=lambda m: (m.internal, order.index(m.rung), m.name))
    return tuple(_row(m, published[m.name], places.get(m.name)) for m in metrics), notes


def describe_metric(workspace: Workspace, name: str) -> dict[str, Any]:
    """One definition, what it is made of, and who uses it. Raises Refused for an unknown or unpublished metric."""
    from courtside.store.definitions import in_force  # noqa: PLC0415

    catalogue = catalogue_in_force(workspace)
    metric = require_metric(workspace, catalogue, name)
    definition = in_force()[name]
    _, places = _draft_notes(workspace)
    pack = read_installed_pack(workspace.settings.pack)
    return {
        **_row(metric, definition, places.get(name)),
        "parts": list(metric.parts),
        "moved_by": [{"metric": cause.metric, "lag_weeks": cause.lag_weeks} for cause in metric.moved_by],
        "identity": list(metric.identity),
        "used_by": list(catalogue.users_of(name)),
        "cards": [model for model, lines in pack.cards.items() if any(line.metric == name for line in lines)],
        "review_on": metric.review_on,
        "notes": metric.notes,
        "sha256": definition.sha256,
        "block": dict(metric.block),
    }


def require_metric(workspace: Workspace, catalogue: Catalogue, name: str) -> Metric:
    """The metric in force of that name. Raises Refused: a draft is named as one, else the nearest names."""
    if name in catalogue:
        return catalogue[name]
    for draft in drafts(workspace):
        if draft.name == name:
            raise Refused(
                f"{name} is a draft ({draft.place}): no version of it is in force; "
                "`courtside metrics publish` puts it in force"
            )
    raise unknown("metric", name, (metric.name for metric in catalogue))
