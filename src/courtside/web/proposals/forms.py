"""The form of a decision."""

from __future__ import annotations

from typing import Any

from django import forms

from courtside.services.decide_proposal import FEWEST_WORDS, LONGEST_REASON, MOST_DEFERRED, Choice
from courtside.services.proposal_page import DecideForm


class DecisionForm(forms.Form):
    """What is decided, why, and until when it is put off. Nothing is chosen beforehand."""

    outcome = forms.ChoiceField(label="What you decide", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Why", max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 5, "maxlength": LONGEST_REASON}),
        help_text=f"At least {FEWEST_WORDS} words of your own. It is kept with your name, and the person can read it "
        "once they may see what was decided.",
    )  # fmt: skip
    until = forms.DateField(
        label="Put off until", required=False, widget=forms.DateInput(attrs={"type": "date"}),
        help_text=f"Only where you put it off: a day within {MOST_DEFERRED.days} days, as 2026-12-31.",
    )  # fmt: skip

    def __init__(self, *args: Any, asked: DecideForm, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = asked.outcomes  # type: ignore[attr-defined]

    def choice(self) -> Choice:
        """What was chosen. A day beside anything but putting off is refused by the service."""
        told = self.cleaned_data
        return Choice(told["outcome"], told["reason"], told["until"])
