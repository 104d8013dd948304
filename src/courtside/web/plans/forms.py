"""Forms of plans: rows that are there already and a few empty ones, so that nothing has to be added by a script."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms

from courtside.services.plan_content import GoalWritten, OwedWritten, PlanWritten
from courtside.services.plan_goals import Choice
from courtside.services.plan_page import check_in_words
from courtside.services.plan_statement import LONGEST
from courtside.services.plan_words import LEAVES, OUTCOMES
from courtside.services.record_check_in import LONGEST_NOTE
from courtside.workflow.actors import LONGEST_WORDS
from courtside.workflow.content import MOST_GOALS, MOST_OWED
from courtside.workflow.events import Outcome
from courtside.workflow.record import Plan

_DAY = {"type": "date"}
_EMPTY_GOALS, _EMPTY_OWED = 3, 3
_SENTENCE = {"rows": 3, "maxlength": LONGEST_WORDS}


def _day(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, help_text=help_text, required=required)


def _reason(label: str, help_text: str) -> forms.CharField:
    widget = forms.Textarea(attrs=_SENTENCE)
    return forms.CharField(label=label, max_length=LONGEST_WORDS, widget=widget, help_text=help_text)


class Days(forms.CharField):
    """Days, one a line or with spaces between, as 2026-12-31."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": 4}), required=False, max_length=1_000, **kwargs)

    def clean(self, value: Any) -> tuple[date, ...]:
        """The days. Raises ValidationError naming the one that is none."""
        found = []
        for word in str(super().clean(value)).replace(",", " ").split():
            try:
                found.append(date.fromisoformat(word))
            except ValueError:
                raise forms.ValidationError(f"{word[:40]!r} is not a day; write it as 2026-12-31") from None
        return tuple(found)


class PlanForm(forms.Form):
    """A plan as somebody writes it."""

    starts_on = _day("First day")
    last_on = _day("Last day", "The period needs to be long enough for each goal to be told from chance.")
    sign_by = _day("Signatures by")
    purpose = forms.CharField(
        label="Purpose", max_length=1_200, required=False, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1_200}),
        help_text="Why there is this plan, in plain words. It is printed.",
    )  # fmt: skip
    check_ins = Days(label="Check-ins", help_text="The days you meet, one a line, as 2026-12-31.")

    def __init__(self, data: Any = None, *, choices: Sequence[Choice], written: PlanWritten) -> None:
        initial = {
            "starts_on": written.starts_on, "last_on": written.last_on, "sign_by": written.sign_by,
            "purpose": written.purpose, "check_ins": "\n".join(one.isoformat() for one in written.check_ins),
        }  # fmt: skip
        super().__init__(data, initial=initial)
        self._rates = {one.metric for one in choices if one.is_rate}
        named = [("", "no goal"), *((one.metric, _label(one)) for one in choices)]
        self._goals = min(len(written.goals) + _EMPTY_GOALS, MOST_GOALS)
        self._owed = min(len(written.owed) + _EMPTY_OWED, MOST_OWED)
        for n in range(self._goals):
            self._add_goal(n, named, written.goals[n] if n < len(written.goals) else None)
        for n in range(self._owed):
            self._add_owed(n, written.owed[n] if n < len(written.owed) else None)

    def _add_goal(self, n: int, named: Sequence[tuple[str, str]], goal: GoalWritten | None) -> None:
        level = None if goal is None else goal.level * (100 if goal.metric in self._rates else 1)
        known = {metric for metric, _ in named}
        if goal is not None and goal.metric not in known:
            named = [*named, (goal.metric, goal.metric)]
        self.fields[f"goal_{n}"] = forms.ChoiceField(
            label=f"Goal {n + 1}", choices=named, required=False, initial=goal.metric if goal else ""
        )
        self.fields[f"level_{n}"] = forms.FloatField(
            label="Reach", required=False, min_value=0, initial=None if level is None else round(level, 4),
            widget=forms.NumberInput(attrs={"step": "any", "size": 6}),
        )  # fmt: skip
        self.fields[f"decides_{n}"] = forms.BooleanField(
            label="Decides", required=False, initial=goal.is_decisive if goal else True
        )

    def _add_owed(self, n: int, owed: OwedWritten | None) -> None:
        self.fields[f"owed_{n}"] = forms.CharField(
            label=f"Owed {n + 1}",
            required=False,
            max_length=200,
            initial=owed.what if owed else "",
            widget=forms.TextInput(attrs={"size": 40}),
        )
        self.fields[f"by_{n}"] = _day("By", required=False)
        self.fields[f"by_{n}"].initial = owed.due_on if owed else None

    def clean(self) -> dict[str, Any]:
        """Rows that are half filled are named."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        for n in range(self._goals):
            if bool(told.get(f"goal_{n}")) != (told.get(f"level_{n}") is not None) and f"level_{n}" not in self.errors:
                self.add_error(f"level_{n}", "Give both the metric and what is to be reached, or neither.")
        for n in range(self._owed):
            if bool(told.get(f"owed_{n}")) != bool(told.get(f"by_{n}")) and f"by_{n}" not in self.errors:
                self.add_error(f"by_{n}", "Say both what is owed and by when, or neither.")
        return told

    def written(self) -> PlanWritten:
        """The plan as it was written, once the form is valid."""
        told = self.cleaned_data
        goals = [
            GoalWritten(told[f"goal_{n}"], self._level(n), bool(told[f"decides_{n}"]))
            for n in range(self._goals) if told.get(f"goal_{n}")
        ]  # fmt: skip
        owed = [OwedWritten(told[f"owed_{n}"], told[f"by_{n}"]) for n in range(self._owed) if told.get(f"owed_{n}")]
        return PlanWritten(
            told["starts_on"], told["last_on"], told["sign_by"], told["purpose"], tuple(goals), tuple(owed),
            told["check_ins"],
        )  # fmt: skip

    def _level(self, n: int) -> float:
        level = float(self.cleaned_data[f"level_{n}"])
        return level / 100 if self.cleaned_data[f"goal_{n}"] in self._rates else level

    def goal_rows(self) -> Iterator[tuple[Any, Any, Any]]:
        """The fields of each goal."""
        return ((self[f"goal_{n}"], self[f"level_{n}"], self[f"decides_{n}"]) for n in range(self._goals))

    def owed_rows(self) -> Iterator[tuple[Any, Any]]:
        """The fields of each thing owed."""
        return ((self[f"owed_{n}"], self[f"by_{n}"]) for n in range(self._owed))

    def plain_fields(self) -> Iterator[Any]:
        """The fields that stand alone."""
        return (self[name] for name in ("starts_on", "last_on", "sign_by", "purpose", "check_ins"))


def _label(choice: Choice) -> str:
    return f"{choice.label} ({'%' if choice.is_rate else 'a week'})"


class ReasonForm(forms.Form):
    """Why."""

    reason = _reason("Why", "A sentence in your own words; it stays with the plan.")


class CheckInForm(forms.Form):
    """Which check-in was held, when, and what was said."""

    due_on = forms.ChoiceField(label="Which check-in")
    held_on = _day("Held on")
    notes = forms.CharField(
        label="What was said and agreed", max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 8, "maxlength": LONGEST_NOTE}),
        help_text="Both of you get it as a document to sign.",
    )  # fmt: skip

    def __init__(self, *args: Any, plan: Plan, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].choices = check_in_words(plan)  # type: ignore[attr-defined]
        self.fields["held_on"].initial = today


class OwedForm(forms.Form):
    """What was done, and when."""

    key = forms.ChoiceField(label="What was done")
    done_on = _day("Done on")

    def __init__(self, *args: Any, plan: Plan, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        undone = [(one.key, one.what) for one in plan.owed if one.done_on is None]
        self.fields["key"].choices = undone  # type: ignore[attr-defined]
        self.fields["done_on"].initial = today


class PauseForm(forms.Form):
    """Why the plan rests, and since when."""

    leave = forms.ChoiceField(label="Why", choices=[(str(kind), words) for kind, words in LEAVES.items()])
    since = _day("Since")


class MoreTimeForm(forms.Form):
    """Until when, meeting on which days, and why."""

    last_on = _day("New last day")
    check_ins = Days(label="Further check-ins", help_text="One a line, as 2026-12-31.")
    reason = _reason("Why", "A second person reads it, and it stays with the plan.")


class HandOverForm(forms.Form):
    """Who leads from now on, and why."""

    manager = forms.ChoiceField(label="Who leads the plan from now on")
    reason = _reason("Why", "It stays with the plan.")

    def __init__(self, *args: Any, managers: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["manager"].choices = managers  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """What was late, and what HR did about it."""

    key = forms.ChoiceField(label="What was late")
    reason = _reason("What was done about it", "It stays with the plan.")

    def __init__(self, *args: Any, late: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = late  # type: ignore[attr-defined]


class PrepareForm(forms.Form):
    """How the plan is to end, and why. What is found of the goals is read from the records, not typed in."""

    outcome = forms.ChoiceField(label="Outcome", choices=[(str(one), words) for one, words in OUTCOMES.items()])
    reason = _reason("Why", "A second person reads it; the person does, once it is decided.")
    last_on = _day("New last day", "Only where it is to be extended.", required=False)
    check_ins = Days(label="Further check-ins", help_text="Only where it is to be extended; one a line.")

    def __init__(self, *args: Any, plan: Plan, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = [
            (str(one), words) for one, words in OUTCOMES.items() if plan.is_formal or one is not Outcome.REMOVED
        ]  # fmt: skip
        self.fields["outcome"].choices = allowed  # type: ignore[attr-defined]


class LetterForm(forms.Form):
    """Which letter has reached the person."""

    document = forms.ChoiceField(label="Which letter")

    def __init__(self, *args: Any, letters: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["document"].choices = letters  # type: ignore[attr-defined]


class AccountForm(forms.Form):
    """The person's own account."""

    account = forms.CharField(
        label="In your own words", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 10, "maxlength": LONGEST}),
        help_text="It becomes a document of its own, is always printed with the plan, and nobody can alter it.",
    )  # fmt: skip
