"""Zoho CRM's export of its modules: leads, deals, calls, events, tasks, campaigns, accounts, contacts, invoices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from courtside.connectors.adapter import Adapter, Reading
from courtside.connectors.zoho.export import gather, role_of
from courtside.connectors.zoho.translate import Translation

FIXED = {"opportunities": ("source",)}
"""Where a deal came from is settled when it is opened."""


@dataclass(frozen=True, slots=True)
class Zoho:
    """Reads any of the modules. Owners go by name: the users, or a module with the owners' ids, must be there."""

    name: str = "zoho"
    label: str = "Zoho CRM export of modules (Leads, Potentials or Deals, Calls, Events, Tasks, Campaigns …)"

    def recognises(self, headers: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether any file has the header of a module only Zoho writes so."""
        return any(role_of(header) not in (None, "users") for header in headers.values())

    def read(self, paths: Sequence[Path], scratch: Path, answers: Mapping[str, str]) -> Reading:
        """The records the modules hold; what no record table holds (quotes, cases) is passed over and said."""
        export = gather(paths, scratch)
        if export.refusals:
            return Reading((), refusals=tuple(export.refusals), fixed=FIXED)
        translation = Translation(export, scratch, answers)
        sources = translation.sources()
        return Reading(
            sources,
            translation.quality(),
            FIXED,
            refusals=tuple(translation.refusals),
            refused_rows=tuple(translation.refused_rows),
            notes=tuple(export.notes),
            set_aside=translation.set_aside,
        )


ADAPTER: Adapter = Zoho()
