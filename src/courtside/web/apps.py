"""The web floor as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WebConfig(AppConfig):
    """Templates, static files, the check of policies, and what signing in leaves in the log."""

    name = "courtside.web"
    label = "web"

    def ready(self) -> None:
        """Register the check that every view declares a policy."""
        from courtside.web import policy  # noqa: F401, PLC0415
        from courtside.web.signing_in import note_changes_of_signing_in  # noqa: PLC0415

        note_changes_of_signing_in()
