"""What pages about figures show of alerts."""

from __future__ import annotations

from django import template
from django.template.context import Context

from courtside.services.alerts_for import Alerts, alerts_for
from courtside.web.policy import visiting

register = template.Library()


@register.simple_tag(takes_context=True)
def alerts_about(context: Context, person_id: str) -> Alerts | None:
    """The alerts about somebody that the viewer may see today."""
    return alerts_for(visiting(context["request"]), person_id)
