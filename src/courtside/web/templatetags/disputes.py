"""What pages about figures show of disputes: the way to dispute a row, and what somebody has not been told yet."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.urls import reverse

from courtside.services.dispute_rules import claims_for, may_open
from courtside.services.disputes_page import Told, unread_for
from courtside.services.open_number import Behind, Opened
from courtside.web.policy import visiting

register = template.Library()


@register.simple_tag(takes_context=True)
def may_dispute(context: Context, opened: Opened) -> bool:
    """Whether the viewer may dispute rows behind an opened number."""
    visit = visiting(context["request"])
    return not visit.viewer.is_read_only and may_open(visit, opened.head.person_id)


@register.simple_tag
def dispute_address(opened: Opened, row: Behind) -> str:
    """Where a row behind an opened number is disputed; empty for rows that cannot be."""
    table = row.table.replace(" ", "_")
    if not claims_for(table):
        return ""
    frame = opened.frame
    asked = {"grain": frame.grain.value, "period": frame.period.name, "table": table, "row": row.identifier}
    return f"{reverse('dispute_new', args=[opened.head.person_id, opened.line.metric])}?{urlencode(asked)}"


@register.simple_tag(takes_context=True)
def unread_notices(context: Context) -> tuple[Told, ...]:
    """What the viewer has not been told yet."""
    return unread_for(visiting(context["request"]))
