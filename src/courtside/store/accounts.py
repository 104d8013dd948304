"""Users, their duties, invitations and tokens, as frozen values: rows stay on this floor."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F

from courtside.store.access import Role, Viewer
from courtside.store.models import ApiToken, Invitation, RoleGrant, User

INVITATION_LASTS = timedelta(hours=72)
_WHOSE_OWN = "the sign-in itself: the row is found by a secret or by the user it belongs to"


@dataclass(frozen=True, slots=True)
class Account:
    """A user as the settings page shows it."""

    user_id: int
    username: str
    name: str
    email: str
    person_id: str
    is_active: bool
    has_password: bool
    roles: frozenset[Role]
    made_at: datetime
    last_login: datetime | None


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner sees it: the secret is not kept."""

    token_id: int
    name: str
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


def _roles(user_ids: Sequence[int]) -> dict[int, frozenset[Role]]:
    rows = RoleGrant.objects.unscoped("duties of the users asked about").filter(
        user_id__in=user_ids, revoked_at__isnull=True
    )
    found: dict[int, set[Role]] = {}
    for row in rows:
        found.setdefault(row.user_id, set()).add(Role(row.role))
    return {user_id: frozenset(roles) for user_id, roles in found.items()}


def viewer_of(user_id: int) -> Viewer | None:
    """The viewer an active user is; None if there is no such user."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None
    roles = _roles([user.pk]).get(user.pk, frozenset())
    return Viewer(user.pk, user.username, user.name, user.person_id or None, roles)


def viewer_named(username: str) -> Viewer | None:
    """The viewer of a user name; None if there is none, or they may no longer sign in."""
    found = User.objects.filter(username=username, is_active=True).values_list("pk", flat=True).first()
    return viewer_of(found) if found is not None else None


def accounts() -> tuple[Account, ...]:
    """Every user, by name."""
    users = list(User.objects.all())
    roles = _roles([user.pk for user in users])
    return tuple(
        Account(
            user.pk, user.username, user.name, user.email, user.person_id, user.is_active,
            user.has_usable_password(), roles.get(user.pk, frozenset()), user.made_at, user.last_login,
        )
        for user in users
    )  # fmt: skip


def add(username: str, name: str, email: str, person_id: str, at: datetime) -> int:
    """A new user without a password; answers their id."""
    user = User(username=username, name=name, email=email, person_id=person_id, made_at=at)
    user.set_unusable_password()
    user.save(force_insert=True)
    return int(user.pk)


def change(user_id: int, *, name: str, email: str, person_id: str) -> None:
    """Other particulars; every session of the user ends."""
    User.objects.filter(pk=user_id).update(name=name, email=email, person_id=person_id, epoch=F("epoch") + 1)


def set_active(user_id: int, *, is_active: bool) -> None:
    """Let somebody sign in or not; every session ends, and every token with it."""
    User.objects.filter(pk=user_id).update(is_active=is_active, epoch=F("epoch") + 1)


def forget_person(person_id: str, token: str) -> int:
    """Close and blank the account of somebody who is erased; answers how many accounts that were."""
    users = User.objects.filter(person_id=person_id)
    return sum(
        User.objects.filter(pk=user_id).update(
            username=f"erased-{user_id}", name=token, email="", person_id="", is_active=False, epoch=F("epoch") + 1
        )
        for user_id in list(users.values_list("pk", flat=True))
    )


def grant(user_id: int, role: Role, by: str, at: datetime) -> bool:
    """Give a duty; every session of the user ends. False if they have it."""
    if role in _roles([user_id]).get(user_id, frozenset()):
        return False
    RoleGrant.objects.create(user_id=user_id, role=role.value, granted_by=by, granted_at=at)
    User.objects.filter(pk=user_id).update(epoch=F("epoch") + 1)
    return True


def revoke(user_id: int, role: Role, at: datetime) -> bool:
    """Take a duty; every session of the user ends. False if they do not have it."""
    ended = RoleGrant.objects.unscoped("the duty that ends").filter(
        user_id=user_id, role=role.value, revoked_at__isnull=True
    )
    if not ended.update(revoked_at=at):
        return False
    User.objects.filter(pk=user_id).update(epoch=F("epoch") + 1)
    return True


def hashed(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def invite(user_id: int, at: datetime) -> str:
    """A new secret by which the user may choose a password once; earlier ones end."""
    secret = secrets.token_urlsafe(32)
    Invitation.objects.unscoped(_WHOSE_OWN).filter(user_id=user_id, used_at__isnull=True).update(used_at=at)
    Invitation.objects.create(
        user_id=user_id, token_sha256=hashed(secret), made_at=at, expires_at=at + INVITATION_LASTS
    )
    return secret


def invited(secret: str, at: datetime) -> Viewer | None:
    """Whom a secret invites, while it can still be used."""
    row = (
        Invitation.objects.unscoped(_WHOSE_OWN)
        .filter(token_sha256=hashed(secret), used_at__isnull=True, expires_at__gt=at)
        .first()
    )
    return viewer_of(row.user_id) if row is not None else None


def accept(secret: str, password: str, at: datetime) -> int | None:
    """Use an invitation up and set the password; the user's id, or None if it was used or ran out.

    Two who try at once: the conditional update lets one of them.
    """
    rows = Invitation.objects.unscoped(_WHOSE_OWN).filter(
        token_sha256=hashed(secret), used_at__isnull=True, expires_at__gt=at
    )
    found = rows.values_list("user_id", flat=True).first()
    if found is None or not rows.update(used_at=at):
        return None
    user = User.objects.get(pk=found)
    user.set_password(password)
    user.epoch += 1
    user.save(update_fields=["password", "epoch"])
    return int(user.pk)


def make_token(user_id: int, name: str, at: datetime, expires_at: datetime) -> tuple[int, str]:
    """A new token and its secret, which is shown this once."""
    secret = f"cs_{secrets.token_urlsafe(32)}"
    row = ApiToken.objects.create(
        user_id=user_id, name=name, token_sha256=hashed(secret), made_at=at, expires_at=expires_at
    )
    return int(row.pk), secret


def tokens_of(user_id: int, at: datetime) -> tuple[Token, ...]:
    """A user's tokens that can still be used."""
    rows = ApiToken.objects.unscoped(_WHOSE_OWN).filter(user_id=user_id, revoked_at__isnull=True, expires_at__gt=at)
    return tuple(Token(row.pk, row.name, row.made_at, row.expires_at, row.last_used_at) for row in rows)


def revoke_token(user_id: int, token_id: int, at: datetime) -> bool:
    """End one of a user's own tokens; False if there is no such token."""
    rows = ApiToken.objects.unscoped(_WHOSE_OWN).filter(pk=token_id, user_id=user_id, revoked_at__isnull=True)
    return bool(rows.update(revoked_at=at))


def viewer_by_token(secret: str, at: datetime) -> Viewer | None:
    """Whose token a secret is, while it can be used; the use is noted."""
    rows = ApiToken.objects.unscoped(_WHOSE_OWN).filter(
        token_sha256=hashed(secret), revoked_at__isnull=True, expires_at__gt=at
    )
    row = rows.first()
    if row is None:
        return None
    rows.update(last_used_at=at)
    return viewer_of(row.user_id)


def account(user_id: int) -> Account | None:
    """One user; None if there is none."""
    return next((one for one in accounts() if one.user_id == user_id), None)


def password_faults(user_id: int, password: str) -> tuple[str, ...]:
    """Why a password will not do for a user, by the rules of the settings; nothing if it will."""
    try:
        validate_password(password, User.objects.filter(pk=user_id).first())
    except ValidationError as faults:
        return tuple(faults.messages)
    return ()


def drop_second_factor(user_id: int) -> bool:
    """Forget a user's authenticator and recovery codes; every session ends. False if they had none.

    The table belongs to the sign-in library, which commands on the host do not load.
    """
    table = "mfa_authenticator"
    with connection.cursor() as cursor:
        if table not in connection.introspection.table_names(cursor):
            return False
        cursor.execute(f"DELETE FROM {table} WHERE user_id = %s", [user_id])  # noqa: S608  (our own table's name)
        dropped = bool(cursor.rowcount > 0)
    User.objects.filter(pk=user_id).update(epoch=F("epoch") + 1)
    return dropped
