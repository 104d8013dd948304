"""The CRM export of four files: a sales pipeline, its accounts, products and sales teams."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from courtside.connectors.adapter import Adapter, Reading
from courtside.connectors.maven.export import gather, role_of
from courtside.connectors.maven.translate import Translation

FIXED = {"opportunities": ("product", "list_price")}
"""What an opportunity is opened for, and its list price, never change afterwards."""


@dataclass(frozen=True, slots=True)
class Maven:
    """Reads the export whole: opportunities need the products and the teams."""

    name: str = "maven"
    label: str = "Maven CRM export (sales_pipeline, accounts, products, sales_teams)"

    def recognises(self, headers: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether any file has the header of one of the export's four."""
        return any(role_of(header) is not None for header in headers.values())

    def read(self, paths: Sequence[Path], scratch: Path, answers: Mapping[str, str]) -> Reading:  # noqa: ARG002
        """The records the export holds. Files of any other kind (its data dictionary) are passed over."""
        export = gather(paths)
        if export.refusals:
            return Reading((), refusals=tuple(export.refusals), fixed=FIXED)
        translation = Translation(export, scratch)
        sources = translation.sources()
        return Reading(sources, translation.quality(), FIXED, refused_rows=tuple(translation.refused_rows))


ADAPTER: Adapter = Maven()
