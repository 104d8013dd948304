"""Forms of break-glass."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from courtside.services.break_glass_rules import LONGEST_HOLD

_WORDS = forms.Textarea(attrs={"rows": 2, "maxlength": 1000})


class AskForm(forms.Form):
    """Whose record, and why."""

    person = forms.ChoiceField(label="Whose record")
    reason = forms.CharField(
        label="Why", widget=_WORDS, max_length=1000, help_text="HR reads it, and the person does once they are told."
    )

    def __init__(self, *args: Any, people: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].choices = (("", "choose"), *people)  # type: ignore[attr-defined]


class AgreeForm(forms.Form):
    """Why it is right, and whether the person is told later."""

    reason = forms.CharField(label="Why you agree", widget=_WORDS, max_length=1000)
    told_on = forms.DateField(
        label="Hold the notice back until", required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=f"Leave it empty: the person is told at once. {LONGEST_HOLD.days} days at most.",
    )  # fmt: skip
    hold_reason = forms.CharField(label="Why it is held back", widget=_WORDS, max_length=1000, required=False)


class RefuseForm(forms.Form):
    """Why not."""

    reason = forms.CharField(label="Why you refuse", widget=_WORDS, max_length=1000)
