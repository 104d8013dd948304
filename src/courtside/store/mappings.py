"""Answers people gave about a connector's sources, and mappings they used, kept for the next import."""

from __future__ import annotations

import hashlib
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


_MAPPED = "mapped:"


def mappings() -> tuple[tuple[str, datetime], ...]:
    """The mappings of imports that succeeded, as YAML with the instant they were last used; the newest first."""
    rows = models.Mapping.objects.filter(pk__startswith=_MAPPED).order_by("-saved_at", "connector")
    return tuple((str(row.answers["document"]), row.saved_at) for row in rows)


def remember_mapping(document: str, at: datetime) -> None:
    """Keep the mapping of an import that succeeded."""
    name = _MAPPED + hashlib.sha256(document.encode()).hexdigest()[:32]
    models.Mapping.objects.update_or_create(pk=name, defaults={"answers": {"document": document}, "saved_at": at})
