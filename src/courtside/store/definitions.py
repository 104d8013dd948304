"""Metric definitions as published: figures use the version in force, a changed block is a draft."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from courtside.store.models import MetricVersion


@dataclass(frozen=True, slots=True)
class Definition:
    """One published version of a metric's block."""

    name: str
    version: int
    block: Mapping[str, Any] = field(compare=False)
    """Left out of comparisons: the hash stands for it."""
    sha256: str
    published_at: datetime


def fingerprint(block: Mapping[str, Any]) -> str:
    """The SHA-256 of a block's canonical JSON: the same for every way of writing the same block."""
    text = json.dumps(block, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def in_force() -> dict[str, Definition]:
    """The highest version of every metric, by name."""
    rows = MetricVersion.objects.order_by("name", "version")
    return {row.name: Definition(row.name, row.version, row.block, row.sha256, row.published_at) for row in rows}


def versions_of(name: str) -> tuple[Definition, ...]:
    """Every published version of a metric, the first one first."""
    rows = MetricVersion.objects.filter(name=name).order_by("version")
    return tuple(Definition(row.name, row.version, row.block, row.sha256, row.published_at) for row in rows)


def publish(blocks: Mapping[str, Mapping[str, Any]], at: datetime) -> tuple[Definition, ...]:
    """Put blocks in force as the next version of their metric, in the transaction that is open."""
    before = in_force()
    made = []
    for name, block in sorted(blocks.items()):
        version = before[name].version + 1 if name in before else 1
        made.append(Definition(name, version, block, fingerprint(block), at))
    MetricVersion.objects.bulk_create(
        MetricVersion(name=d.name, version=d.version, block=d.block, sha256=d.sha256, published_at=at) for d in made
    )
    return tuple(made)
