"""Forms of standing in and of conflicts of interest."""

from __future__ import annotations

from typing import Any

from django import forms

from courtside.services.sight_page import Sight

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class StandInForm(forms.Form):
    """Who stands in for whom, from the first day to the last."""

    manager = forms.ChoiceField(label="For whom")
    acting = forms.ChoiceField(label="Who stands in")
    starts_on = forms.DateField(label="First day", widget=_DAY)
    ends_on = forms.DateField(label="Last day", widget=_DAY)

    def __init__(self, *args: Any, page: Sight, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].choices = page.managers  # type: ignore[attr-defined]
        self.fields["acting"].choices = page.people  # type: ignore[attr-defined]


class ConflictForm(forms.Form):
    """With whom somebody has a conflict of interest."""

    person = forms.CharField(
        label="With whom",
        max_length=255,
        help_text="Their whole name, or their number in the records. Why is not asked.",
    )
