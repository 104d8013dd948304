"""Who may sign in, as whom, with which duties; invitations and tokens."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from courtside.store.models.guarded import GuardedManager


class UserManager(BaseUserManager["User"]):
    """The sign-in machinery finds a user by name; everything else goes through `store.access`."""


class User(AbstractBaseUser):
    """Somebody who can sign in. `person_id` says whose records are their own, if anybody's."""

    username = models.CharField(max_length=128, unique=True)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    person_id = models.CharField(max_length=255, blank=True)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField()
    epoch = models.PositiveIntegerField(default=0)
    """Raised whenever duties change: every session begun before ends."""
    reset_at = models.DateTimeField(null=True)
    """When a one-time link was last used or the second factor forgotten: somebody else opened this door."""
    identity_checked_at = models.DateTimeField(null=True)
    """When an HR partner last made sure that it is still the same person."""
    identity_checked_by = models.CharField(max_length=128, blank=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        ordering = ("username",)
        constraints = (
            models.UniqueConstraint(
                fields=("person_id",),
                condition=~models.Q(person_id="") & models.Q(is_active=True),
                name="one_user_a_person",
            ),
        )

    def __str__(self) -> str:
        return str(self.username)

    def get_session_auth_hash(self) -> str:
        """What a session is bound to: the password and the duties."""
        return salted_hmac("courtside.session", f"{self.password}:{self.epoch}", algorithm="sha256").hexdigest()


class RoleGrant(models.Model):
    """A duty somebody has from `granted_at` until `revoked_at`; rows are ended, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    granted_at = models.DateTimeField()
    granted_by = models.CharField(max_length=128)
    revoked_at = models.DateTimeField(null=True)
    scope = models.JSONField(default=list)
    """The teams the duty is for; empty: all of them. Only that of HR partners can be for some."""

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("user", "role"), condition=models.Q(revoked_at__isnull=True), name="one_grant_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} of {self.user_id}"


class Invitation(models.Model):
    """A link that lets one user choose a password, once, until it expires. Only its SHA-256 is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = GuardedManager()

    def __str__(self) -> str:
        return f"invitation of {self.user_id}"


class ApiToken(models.Model):
    """A secret by which a program reads what its user may see. Only its SHA-256 is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=100)
    token_sha256 = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    objects = GuardedManager()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"token of {self.user_id}"
