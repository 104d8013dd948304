"""Forms about channels and the mails one wants."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from courtside.services.channels_change import LONGEST_NAME
from courtside.store.outbox_words import CHANNELS

_LABELS = {"webhook": "Webhook, signed, for a program", "slack": "Slack room", "teams": "Teams room"}


class HostForm(forms.Form):
    """A host to be listed."""

    host = forms.CharField(label="Host", max_length=253, help_text="Its name in full, such as hooks.example.com.")


class ChannelForm(forms.Form):
    """A channel to be added."""

    kind = forms.ChoiceField(label="Kind", choices=[(kind, _LABELS[kind]) for kind in CHANNELS])
    name = forms.CharField(label="Name", max_length=LONGEST_NAME, help_text="What you call it.")
    address = forms.CharField(
        label="Address",
        max_length=1_000,
        help_text="Begins with https:// and leads to a listed host. It is kept sealed and not shown again.",
    )


class QuietForm(forms.Form):
    """Mails one wants no more."""

    words = forms.MultipleChoiceField(label="Send no mail of", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].choices = choices  # type: ignore[attr-defined]
