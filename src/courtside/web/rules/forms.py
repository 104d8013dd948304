"""Forms of rules: the slots of the sentence, and reasons."""

from __future__ import annotations

from typing import Any

from django import forms

from courtside.services.dispute_rules import LONGEST_WORDS
from courtside.services.rule_builder import Filled, Slots

_SENTENCE = forms.Textarea(attrs={"rows": 2, "maxlength": LONGEST_WORDS})
_UNITS = (("weeks", "complete weeks"), ("months", "complete months"))
_LEVELS = (
    ("watch", "likely below target (watch)"),
    ("coach", "clearly below target (coach)"),
    ("eligible", "clearly below target, and all eight conditions of the guard hold (eligible)"),
)
_PROPOSES = (
    ("watch", "suggest a closer look"),
    ("coaching_plan", "propose a coaching plan"),
    ("improvement_plan", "propose that a person weighs an improvement plan"),
)
_EXCLUDE = (
    ("leave", "who was away for most of the time"),
    ("ramp", "who is still new in the work"),
    ("territory_change", "who moved to other work within 90 days"),
    ("open_dispute", "who has an open dispute about their records"),
    ("thin_logging", "whose records are thin"),
    ("target_missed_by_peers", "where over a third of like people fall short too"),
)


class RuleForm(forms.Form):
    """The sentence with its slots."""

    label = forms.CharField(label="What the rule is called", max_length=120)
    rule = forms.RegexField(
        r"^[a-z][a-z0-9_]{0,63}$", label="Its short name",
        help_text="Small letters, digits and _, such as few_meetings. The same one makes a new version of that rule.",
    )  # fmt: skip
    metric = forms.ChoiceField(label="If")
    level = forms.ChoiceField(label="is", choices=_LEVELS)
    count = forms.IntegerField(label="for", min_value=1, max_value=52, initial=8)
    unit = forms.ChoiceField(label="counted in", choices=_UNITS)
    proposes = forms.ChoiceField(label="then", choices=_PROPOSES)
    exclude = forms.MultipleChoiceField(
        label="Leave alone", choices=_EXCLUDE, required=False, widget=forms.CheckboxSelectMultiple,
        initial=[value for value, _ in _EXCLUDE],
    )  # fmt: skip
    roles = forms.MultipleChoiceField(label="Only these roles", required=False, widget=forms.CheckboxSelectMultiple)
    teams = forms.MultipleChoiceField(label="Only these teams", required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, slots: Slots, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        of_managers = [(name, f"{label} (of managers)") for name, label in slots.managers]
        self.fields["metric"].choices = [*slots.metrics, *of_managers]  # type: ignore[attr-defined]
        for name, values in (("roles", slots.roles), ("teams", slots.teams)):
            self.fields[name].choices = [(value, value) for value in values]  # type: ignore[attr-defined]

    def filled(self) -> Filled:
        """The slots of a valid form."""
        return Filled(**{name: self.cleaned_data[name] for name in Filled.__dataclass_fields__})


class ReasonForm(forms.Form):
    """Why something is done, and the wording that was shown."""

    reason = forms.CharField(label="Why", max_length=LONGEST_WORDS, widget=_SENTENCE)
    sha256 = forms.CharField(widget=forms.HiddenInput, required=False)
