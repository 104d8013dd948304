"""Answers people gave about a connector's sources, kept for its next import."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from courtside.store import models


def remembered(connector: str) -> dict[str, str]:
    """What was answered about a connector's sources before."""
    row = models.Mapping.objects.filter(pk=connector).first()
    return {str(key): str(value) for key, value in row.answers.items()} if row else {}


def remember(connector: str, answers: Mapping[str, str], at: datetime) -> None:
    """Keep the answers of an import that succeeded."""
    if answers:
        models.Mapping.objects.update_or_create(pk=connector, defaults={"answers": dict(answers), "saved_at": at})
