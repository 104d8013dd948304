"""Forms about users."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from courtside.services.account_rules import LONGEST_NAME
from courtside.web.duties import DUTIES

NOBODY = ("", "nobody's records are theirs")


class UserForm(forms.Form):
    """What can be changed of a user; `persons` are the people of the records as (id, words)."""

    name = forms.CharField(label="Name", max_length=LONGEST_NAME)
    email = forms.EmailField(label="E-mail", required=False)
    person_id = forms.ChoiceField(
        label="Whose records are their own", required=False, help_text="Decides whose figures they see."
    )

    def __init__(self, *args: Any, persons: Sequence[tuple[str, str]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person_id"].choices = [NOBODY, *persons]  # type: ignore[attr-defined]


class NewUserForm(UserForm):
    """A user to be added."""

    username = forms.CharField(
        label="User name", max_length=64, help_text="What they sign in with: small letters, digits, dots."
    )
    roles = forms.MultipleChoiceField(
        label="Duties",
        required=False,
        choices=[(duty.role, duty.label) for duty in DUTIES if not duty.takes_two],
        widget=forms.CheckboxSelectMultiple,
    )
    field_order = ("name", "username", "email", "person_id", "roles")
