"""One-time numbers of forms that sign something, and consents to signing here, as frozen values."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.signing import BadSignature, TimestampSigner
from django.db import IntegrityError, transaction

from courtside.store import models

LONGEST = timedelta(hours=72)
"""So long a form can be sent back. Source: TRUST row 17."""
_SALT = "courtside.signing"
_OWN = "a form or a consent is looked for by the one whose it is"


@dataclass(frozen=True, slots=True)
class Bound:
    """What a form is good for: one user, one purpose, one document of one hash."""

    user_id: int
    purpose: str
    document_id: str
    document_sha256: str

    @property
    def text(self) -> str:
        """All of it in one line."""
        return f"{self.user_id}:{self.purpose}:{self.document_id}:{self.document_sha256}"


def new_nonce(bound: Bound) -> str:
    """The number of a form. Nothing is written: to look at a form changes nothing."""
    return TimestampSigner(salt=f"{_SALT}:{bound.text}").sign(secrets.token_urlsafe(24))


def spend(nonce: str, bound: Bound, at: datetime) -> bool:
    """Take a form's number, in the open transaction; False if it is not for this, too old, or was taken before."""
    try:
        TimestampSigner(salt=f"{_SALT}:{bound.text}").unsign(nonce, max_age=LONGEST)
    except BadSignature:
        return False
    digest = sha256(nonce.encode("utf-8")).hexdigest()
    try:
        with transaction.atomic():
            models.SpentNonce.objects.create(token_sha256=digest, document_id=bound.document_id, spent_at=at)
    except IntegrityError:
        return False
    return True


def forget_spent(before: datetime) -> int:
    """Drop the hashes of forms that could not be sent back any more anyway; how many."""
    found = models.SpentNonce.objects.unscoped("forms that are too old").filter(spent_at__lt=before - 2 * LONGEST)
    return int(found.delete()[0])


def consent(user_id: int, version: int, text_sha256: str, at: datetime) -> bool:
    """Keep that a user agreed, in the open transaction; False if they had."""
    if has_consented(user_id, version):
        return False
    models.SigningConsent.objects.create(user_id=user_id, version=version, text_sha256=text_sha256, at=at)
    return True


def has_consented(user_id: int, version: int) -> bool:
    """Whether a user agreed to one version of what they are told."""
    return bool(models.SigningConsent.objects.unscoped(_OWN).filter(user_id=user_id, version=version).exists())


def forget_user(user_id: int) -> int:
    """Erase what a user agreed to, in the open transaction; how many rows."""
    return int(models.SigningConsent.objects.unscoped("an erasure").filter(user_id=user_id).delete()[0])
