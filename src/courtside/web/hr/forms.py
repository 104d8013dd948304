"""Forms of HR's console."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

_REASON = forms.Textarea(attrs={"rows": 2, "maxlength": 2000})
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class ReasonForm(forms.Form):
    """Why, in one's own words."""

    reason = forms.CharField(label="Why", widget=_REASON, max_length=2000)


class HoldForm(forms.Form):
    """What is held, and why."""

    person = forms.CharField(
        label="Of whom", max_length=255, help_text="Their whole name, or their number in the records."
    )
    case = forms.CharField(
        label="Which case", max_length=32, required=False, help_text="Leave it empty to hold everything about them."
    )
    reason = forms.CharField(label="Why", widget=_REASON, max_length=2000)


class ErasureForm(forms.Form):
    """What is to be erased, and why; `person` is for the erasure of a person."""

    kind = forms.ChoiceField(
        label="What",
        choices=(
            ("person", "Everything by name about one person"),
            ("proposals", "Proposals that came to nothing, kept long enough"),
            ("log", "What entries of the log say, kept long enough"),
        ),
    )
    person = forms.CharField(
        label="Of whom", max_length=255, required=False, help_text="Their whole name, or their number in the records."
    )
    reason = forms.CharField(label="Why", widget=_REASON, max_length=2000)


class AssignForm(forms.Form):
    """Which auditor reads a case, until which day."""

    auditor = forms.ChoiceField(label="Auditor")
    until = forms.DateField(label="Until, that day included", widget=_DAY)

    def __init__(self, *args: Any, named: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["auditor"].choices = tuple(named)  # type: ignore[attr-defined]


class ApproverForm(forms.Form):
    """Which executive approves in this one case."""

    executive = forms.ChoiceField(label="Executive")

    def __init__(self, *args: Any, named: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["executive"].choices = tuple(named)  # type: ignore[attr-defined]
