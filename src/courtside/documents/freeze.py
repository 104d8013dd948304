"""Freezing what a document prints: checked, written in one form, and hashed; the hash is what people sign."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from courtside.documents.faults import DocumentError
from courtside.documents.placeholders import PLACEHOLDERS
from courtside.documents.template import Template
from courtside.documents.values import refuse_strangers
from courtside.records.canonical import canonical


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a document prints, once and for all.

    `text` is canonical JSON of the data with the template's name, version and hash; `sha256` is the hash of that
    text as it stands, which anybody can compute again.
    """

    template: Template
    text: str
    sha256: str
    data: Mapping[str, Any] = field(repr=False)

    @property
    def record(self) -> str:
        """The number of the record."""
        return str(self.data["record"])


def freeze(template: Template, data: Mapping[str, Any]) -> Frozen:
    """Check and freeze what a template is to print; its defaults stand in for texts that are not given.

    Raises DocumentError naming the placeholder that is unknown, missing or of the wrong type.
    """
    given = {**template.about.defaults, **data}
    refuse_strangers(given, template.placeholders)
    values = {name: PLACEHOLDERS[name].kind.read(given[name], name) for name in template.placeholders}
    told = {
        "data": values, "template": template.name, "template_sha256": template.sha256, "version": template.version,
    }  # fmt: skip
    text = canonical(told).decode("utf-8")
    return Frozen(template, text, sha256_of(text), MappingProxyType(values))


def thaw(text: str, templates: Mapping[str, Template]) -> Frozen:
    """The frozen document of a text kept earlier. Raises DocumentError if its template is not here as it was."""
    told = json.loads(text)
    template = templates.get(told["template"])
    if template is None or template.version != told["version"] or template.sha256 != told["template_sha256"]:
        raise DocumentError(
            f"template {told['template']} version {told['version']} is not here as it was when this was frozen; "
            "what was printed then is kept with the record"
        )
    return Frozen(template, text, sha256_of(text), MappingProxyType(told["data"]))


def sha256_of(text: str) -> str:
    """The hash of a frozen text, as 64 hexadecimal digits."""
    return sha256(text.encode("utf-8")).hexdigest()
