"""Who owns what: Zoho names owners by name, sometimes with an id beside it; here each name finds its id."""

from __future__ import annotations

from courtside.connectors.names import Names
from courtside.connectors.zoho.cells import Unread
from courtside.connectors.zoho.export import Export, Row

OWNER_COLUMNS = (
    ("lead owner", "lead owner id"),
    ("potential owner", "potential owner id"),
    ("deal owner", "deal owner id"),
    ("call owner", "call owner id"),
    ("event owner", "event owner id"),
    ("task owner", "task owner id"),
    ("account owner", "account owner id"),
    ("contact owner", "contact owner id"),
    ("invoice owner", "invoice owner id"),
)
"""(the column with the name, the column with the id), module by module."""


def full_name(row: Row) -> str:
    """First and last name in one."""
    return " ".join(f"{row.get('first name')} {row.get('last name')}".split())


class Owners:
    """The ids of people by their names, from the users and from every module that has both."""

    def __init__(self, export: Export) -> None:
        self.names = Names()
        self._ids: dict[str, set[str]] = {}
        for row in export.rows("users"):
            self._learn(full_name(row), row.get("user_id", "user id"))
        for module, rows in export.modules:
            for name, id in OWNER_COLUMNS:
                if module.has(name) and module.has(id):
                    for row in rows:
                        self._learn(row.get(name), row.get(id))

    def _learn(self, name: str, id: str) -> None:
        if name and id:
            self._ids.setdefault(self.names.add(" ".join(name.split())), set()).add(id)

    @property
    def are_known(self) -> bool:
        """Whether any name has an id."""
        return bool(self._ids)

    def id_of(self, row: Row, name_column: str) -> str:
        """The id of a row's owner; empty if it names none. Raises Unread for a name nobody or several people have."""
        known = row.get(f"{name_column} id")
        name = " ".join(row.get(name_column).split())
        if known or not name:
            return known
        found = self._ids.get(self.names.find(name) or "", set())
        if len(found) == 1:
            return next(iter(found))
        if found:
            ids = ", ".join(sorted(found))
            raise Unread("ambiguous_person", f"several users are called so ({ids}); export the owner's id too")
        near = self.names.nearest(name)
        hint = f" (nearest: {near})" if near else ""
        raise Unread("unknown_person", f"no user is called so{hint}; import the users together with this file")
