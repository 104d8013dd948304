"""Forms of documents. Each carries the hash of what it is about and its own one-time number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from courtside.services.document_step import Sent
from courtside.services.plan_statement import LONGEST
from courtside.services.sign_document import LONGEST_NAME

LONGEST_WORDS = 2_000
_WORDS = forms.Textarea(attrs={"rows": 4, "maxlength": LONGEST_WORDS})


class BoundForm(forms.Form):
    """What every form that signs something brings back."""

    document_sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)
    nonce = forms.CharField(widget=forms.HiddenInput, max_length=200)

    def sent(self) -> Sent:
        """The hash and the number."""
        return Sent(self.cleaned_data["document_sha256"], self.cleaned_data["nonce"])


class SignForm(BoundForm):
    """A name in somebody's own typing, and a comment if they like."""

    name = forms.CharField(
        label="Your full legal name", max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name", "autocapitalize": "words"}),
    )  # fmt: skip
    comment = forms.CharField(
        label="A comment, if you like", required=False, max_length=LONGEST_WORDS, widget=_WORDS,
        help_text="It is printed with your signature, in your words.",
    )  # fmt: skip


class DeclineForm(BoundForm):
    """Why somebody does not sign."""

    reason = forms.CharField(
        label="Why you do not sign", max_length=LONGEST_WORDS, widget=_WORDS,
        help_text="It is printed in the sealed document, in your words.",
    )  # fmt: skip


class PartyForm(BoundForm):
    """Of which party something is said."""

    party = forms.ChoiceField(label="Who was to sign", widget=forms.RadioSelect)

    def __init__(self, *args: Any, parties: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["party"].choices = list(parties)  # type: ignore[attr-defined]


class PaperForm(PartyForm):
    """The scan of a copy signed by hand."""

    scan = forms.FileField(
        label="The scan", help_text="PDF, PNG or JPEG, up to 10 MB: all pages, with the signature to be seen.",
        widget=forms.ClearableFileInput(attrs={"accept": "application/pdf,image/png,image/jpeg"}),
    )  # fmt: skip


class WitnessNameForm(forms.Form):
    """Who is to attest something."""

    username = forms.CharField(label="User name of a witness", max_length=128)


class StatementForm(forms.Form):
    """A person's own words."""

    text = forms.CharField(
        label="In your own words", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 10, "maxlength": LONGEST}),
        help_text="It becomes a document of its own. Nobody can change it, you neither; you can add another.",
    )  # fmt: skip
