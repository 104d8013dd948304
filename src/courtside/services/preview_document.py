"""Templates of documents as they can be looked at: what there is, and a preview of each with made-up content."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from courtside.services.refused import Refused, unknown
from courtside.services.verify_document import own_templates
from courtside.services.workspace import Workspace

if TYPE_CHECKING:
    from courtside.documents.template import Template


def templates_here(workspace: Workspace | None) -> Mapping[str, Template]:
    """Every template by name, a workspace's own among them. Raises Refused with file, line and column."""
    from courtside.documents.faults import DocumentError  # noqa: PLC0415  (templates stay out of start-up)
    from courtside.documents.template import templates  # noqa: PLC0415

    try:
        return templates(own_templates(workspace))
    except DocumentError as error:
        raise Refused(str(error)) from None


def template_named(workspace: Workspace | None, name: str) -> Template:
    """One template. Raises Refused with the nearest names."""
    found = templates_here(workspace)
    if name not in found:
        raise unknown("template", name, found)
    return found[name]


def list_templates(workspace: Workspace | None) -> tuple[dict[str, Any], ...]:
    """One row a template, by name."""
    return tuple(
        {
            "template": one.name,
            "label": one.label,
            "version": one.version,
            "for": ", ".join(one.plans),
            "stage": one.about.stage,
            "signed by": ", ".join(one.parties),
            "pages": one.about.pages,
            "whose": "own" if one.is_own else "built in",
            "sha256": one.sha256,
            "prints": ", ".join(one.placeholders),
        }
        for one in templates_here(workspace).values()
    )


def list_placeholders() -> tuple[dict[str, Any], ...]:
    """One row a placeholder: the closed list of what a template may print."""
    from courtside.documents.placeholders import PLACEHOLDERS  # noqa: PLC0415  (as above)

    return tuple(
        {"placeholder": one.name, "type": one.kind.named, "meaning": one.meaning} for one in PLACEHOLDERS.values()
    )


def preview_document(workspace: Workspace | None, name: str, how: str = "shortest") -> bytes:
    """A template filled with samples, as a PDF marked Sample. Raises Refused."""
    from courtside.documents.faults import DocumentError  # noqa: PLC0415  (as above)
    from courtside.documents.freeze import freeze  # noqa: PLC0415
    from courtside.documents.render import render  # noqa: PLC0415
    from courtside.documents.samples import sample  # noqa: PLC0415

    template = template_named(workspace, name)
    try:
        return render(freeze(template, sample(template, how)), mark="Sample")
    except DocumentError as error:
        raise Refused(str(error)) from None
