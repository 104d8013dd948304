"""The forms of the sign-in library, in this product's words: a label says what to type, nothing repeats it."""

from __future__ import annotations

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as second_factor
from allauth.mfa.totp import forms as authenticator

_LABELS = {
    "login": "User name",
    "password": "Password",
    "oldpassword": "The password you have",
    "password1": "The new password",
    "password2": "The new one again",
    "code": "Code",
}
_HELP = {"password1": "Twelve characters or more; a few words are easy to remember."}


class _InOurWords:
    """Labels and help of ours in place of the library's."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label, field.help_text = _LABELS.get(name, field.label), _HELP.get(name, "")
            field.widget.attrs.pop("placeholder", None)


class Login(_InOurWords, account.LoginForm):  # type: ignore[misc]  # the library has no types
    """Name and password."""


class Reauthenticate(_InOurWords, account.ReauthenticateForm):  # type: ignore[misc]
    """The password once more."""


class ChangePassword(_InOurWords, account.ChangePasswordForm):  # type: ignore[misc]
    """The password there is, and the new one twice."""


class Code(_InOurWords, second_factor.AuthenticateForm):  # type: ignore[misc]
    """Digits of an authenticator, or a recovery code."""


class CodeAgain(_InOurWords, second_factor.ReauthenticateForm):  # type: ignore[misc]
    """The same, to confirm."""


class FirstCode(_InOurWords, authenticator.ActivateTOTPForm):  # type: ignore[misc]
    """The first digits of a new authenticator."""
