"""Forms that were sent back once, and what people have been told of signing here before they first did."""

from __future__ import annotations

from django.db import models

from courtside.store.models.guarded import GuardedManager


class SpentNonce(models.Model):
    """That the form of one number was sent back: it cannot be a second time. Of the number only a hash is kept."""

    token_sha256 = models.CharField(max_length=64, unique=True)
    document_id = models.CharField(max_length=12)
    spent_at = models.DateTimeField()

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"form {self.pk} sent back"


class SigningConsent(models.Model):
    """That a user agreed to sign here rather than on paper, to one version of what they are told of it."""

    user_id = models.PositiveBigIntegerField()
    version = models.PositiveIntegerField()
    text_sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("user_id", "version"), name="one_consent_a_user_and_version"),)

    def __str__(self) -> str:
        return f"consent {self.pk} to version {self.version}"
