"""Forms of disputes."""

from __future__ import annotations

from typing import Any

from django import forms

from courtside.services.dispute_rules import LONGEST_WORDS
from courtside.services.disputes_page import DecideForm
from courtside.services.open_dispute import Disputable

_SENTENCE = forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST_WORDS})


class ClaimForm(forms.Form):
    """What is claimed of a row."""

    claim = forms.ChoiceField(label="What is wrong with it", widget=forms.RadioSelect)
    words = forms.CharField(
        label="In a sentence", max_length=LONGEST_WORDS, widget=_SENTENCE,
        help_text="What happened, and how somebody else could see it. Operations read this.",
    )  # fmt: skip

    def __init__(self, *args: Any, found: Disputable, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["claim"].choices = found.claims  # type: ignore[attr-defined]


class DeclineForm(forms.Form):
    """Why a claim is declined."""

    prefix = "decline"
    reason = forms.CharField(
        label="Why", max_length=LONGEST_WORDS, widget=_SENTENCE, help_text="Whoever opened it, the person and their "
        "manager read this.",
    )  # fmt: skip


class AcceptForm(forms.Form):
    """What the row should say, and why."""

    prefix = "accept"
    column = forms.ChoiceField(label="Which of these is wrong")
    value = forms.CharField(
        label="What it should be", max_length=255, help_text="A day as 2026-12-31, with a time as 2026-12-31T14:30; "
        "an amount as 1250.50.",
    )  # fmt: skip
    person = forms.ChoiceField(label="Whose it is")
    reason = forms.CharField(
        label="Why", max_length=LONGEST_WORDS, widget=_SENTENCE, help_text="Whoever opened it, the person and their "
        "manager read this.",
    )  # fmt: skip

    def __init__(self, *args: Any, asked: DecideForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["column"].choices = asked.columns  # type: ignore[attr-defined]
        self.fields["person"].choices = [("", "choose"), *asked.people]  # type: ignore[attr-defined]
        for name, is_asked in (
            ("column", bool(asked.columns)), ("value", asked.needs_value), ("person", asked.is_person),
        ):  # fmt: skip
            if not is_asked:
                del self.fields[name]
