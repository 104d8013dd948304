"""The store as a Django application; every new connection is checked for durability."""

from __future__ import annotations

from django.apps import AppConfig


class StoreConfig(AppConfig):
    """Tables are named `store_…`."""

    name = "courtside.store"
    label = "store"

    def ready(self) -> None:
        """Check each connection as it opens."""
        from django.db.backends.signals import connection_created  # noqa: PLC0415  (needs the settings)

        from courtside.store.durability import refuse_unless_durable  # noqa: PLC0415

        connection_created.connect(refuse_unless_durable, dispatch_uid="courtside.store.durability")
