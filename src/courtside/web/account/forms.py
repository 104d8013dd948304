"""Forms of one's own account."""

from __future__ import annotations

from typing import Any

from django import forms

from courtside.services.make_token import LONGEST_NAME, MOST_DAYS


class TokenForm(forms.Form):
    """What a token is for, and how long."""

    name = forms.CharField(label="What is it for?", max_length=LONGEST_NAME)
    days = forms.IntegerField(label="Days it lasts", min_value=1, max_value=MOST_DAYS, initial=90)


class WelcomeForm(forms.Form):
    """A password, twice."""

    password = forms.CharField(
        label="Password",
        strip=False,
        max_length=4096,
        help_text="Twelve characters or more; a few words are easy to remember.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="The same again",
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """The password, if it was typed the same way twice."""
        found: dict[str, Any] = super().clean() or {}
        if "password" in found and "again" in found and found["password"] != found["again"]:
            self.add_error("again", "This is not the same password.")
        return found
