"""Rows about people are reached through `store.access` alone: a query that says for whom, or why for nobody."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models


class Unscoped(RuntimeError):
    """Somebody asked for rows about people without saying for whom."""


class GuardedManager(models.Manager[Any]):
    """Every query begins with `.unscoped("why")`; the door in `store.access` is the place to say it.

    Making a row needs no query and is allowed.
    """

    def unscoped(self, reason: str) -> models.QuerySet[Any]:
        """All rows, for the reason given."""
        if not reason.strip():
            raise Unscoped(f"{self.model.__name__}: say why everybody's rows are needed")
        return super().get_queryset()

    def _refuse(self) -> NoReturn:
        raise Unscoped(
            f"{self.model.__name__}.objects was asked for rows without saying for whom; see courtside.store.access"
        )

    def get_queryset(self) -> models.QuerySet[Any]:
        """Refused: nobody asks for everybody's rows by accident."""
        self._refuse()

    def create(self, **values: Any) -> Any:
        """A new row."""
        return super().get_queryset().create(**values)
