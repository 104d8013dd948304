"""Users, their duties, invitations and tokens, as frozen values: rows stay on this floor."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import F

from courtside.store import naming
from courtside.store.access import Role, Viewer
from courtside.store.erasing_username import forget_username
from courtside.store.models import ApiToken, Invitation, RoleGrant, User

INVITATION_LASTS = timedelta(hours=72)
_AUTHENTICATORS = "mfa_authenticator"
"""The sign-in library's table."""
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
    units: frozenset[str] = frozenset()
    """The teams they are HR partner for; empty: all of them, or none at all."""
    reset_at: datetime | None = None
    """When a one-time link was last used, or the second factor forgotten."""
    identity_checked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """A token as its owner sees it: the secret is not kept."""

    token_id: int
    name: str
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


@dataclass(slots=True)
class _Duties:
    """What somebody is granted."""

    roles: set[Role] = field(default_factory=set)
    units: set[str] = field(default_factory=set)
    """The teams they are HR partner for; empty for those who are for all of them."""


def _duties(user_ids: Sequence[int]) -> defaultdict[int, _Duties]:
    rows = RoleGrant.objects.unscoped("duties of the users asked about").filter(
        user_id__in=user_ids, revoked_at__isnull=True
    )
    found: defaultdict[int, _Duties] = defaultdict(_Duties)
    for row in rows:
        found[row.user_id].roles.add(Role(row.role))
        if row.role == Role.HR.value:
            found[row.user_id].units.update(row.scope)
    return found


def viewer_of(user_id: int) -> Viewer | None:
    """The viewer an active user is, as of now: asked anew for every request. None if there is no such user."""
    user = User.objects.filter(pk=user_id, is_active=True).first()
    if user is None:
        return None
    duties = _duties([user.pk])[user.pk]
    return Viewer(
        user.pk,
        user.username,
        user.name,
        user.person_id or None,
        frozenset(duties.roles),
        units=frozenset(duties.units),
        acts_for=naming.acts_for(user.person_id),
        conflicts=naming.conflicts_of(user.username, user.person_id),
    )


def viewer_named(username: str) -> Viewer | None:
    """The viewer of a user name; None if there is none, or they may no longer sign in."""
    found = User.objects.filter(username=username, is_active=True).values_list("pk", flat=True).first()
    return viewer_of(found) if found is not None else None


def accounts() -> tuple[Account, ...]:
    """Every user, by name."""
    users = list(User.objects.all())
    duties = _duties([user.pk for user in users])
    return tuple(
        Account(
            user.pk, user.username, user.name, user.email, user.person_id, user.is_active,
            user.has_usable_password(), frozenset(duties[user.pk].roles), user.made_at, user.last_login,
            frozenset(duties[user.pk].units), user.reset_at, user.identity_checked_at,
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
    naming.forget_person(person_id, token)
    for user_id, username in list(users.values_list("pk", "username")):
        forget_username(username, f"erased-{user_id}")
    return sum(
        User.objects.filter(pk=user_id).update(
            username=f"erased-{user_id}",
            name=token,
            email="",
            person_id="",
            is_active=False,
            epoch=F("epoch") + 1,
        )
        for user_id in list(users.values_list("pk", flat=True))
    )


def grant(user_id: int, role: Role, by: str, at: datetime, units: Iterable[str] = ()) -> bool:
    """Give a duty, for some teams or (none named) all; every session of the user ends. False if they have it."""
    if role in _duties([user_id])[user_id].roles:
        return False
    RoleGrant.objects.create(user_id=user_id, role=role.value, granted_by=by, granted_at=at, scope=sorted(set(units)))
    User.objects.filter(pk=user_id).update(epoch=F("epoch") + 1)
    return True


def check_identity(user_id: int, by: str, at: datetime) -> bool:
    """Note that somebody made sure who the user is; False if there is no such user."""
    return bool(User.objects.filter(pk=user_id).update(identity_checked_at=at, identity_checked_by=by))


def has_second_factor(user_id: int) -> bool:
    """Whether a user has an authenticator, where the sign-in library has its tables at all."""
    if _AUTHENTICATORS not in connection.introspection.table_names():
        return False
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {_AUTHENTICATORS} WHERE user_id = %s AND type = 'totp'", [user_id])  # noqa: S608
        return cursor.fetchone() is not None


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
    user.reset_at = at
    user.save(update_fields=["password", "epoch", "reset_at"])
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


def drop_second_factor(user_id: int, at: datetime) -> bool:
    """Forget a user's authenticator and recovery codes; every session ends. False if they had none.

    The table belongs to the sign-in library, which commands on the host do not load.
    """
    with connection.cursor() as cursor:
        if _AUTHENTICATORS not in connection.introspection.table_names(cursor):
            return False
        cursor.execute(f"DELETE FROM {_AUTHENTICATORS} WHERE user_id = %s", [user_id])  # noqa: S608  (a fixed name)
        dropped = bool(cursor.rowcount > 0)
    User.objects.filter(pk=user_id).update(epoch=F("epoch") + 1, reset_at=at)
    return dropped


@dataclass(frozen=True, slots=True)
class Given:
    """A duty as it was given: to whom, by whom, when, and when it ended."""

    user_id: int
    role: Role
    by: str
    at: datetime
    ended_at: datetime | None


def given_since(roles: Iterable[Role], since: datetime) -> tuple[Given, ...]:
    """Duties of some kinds given since an instant, the newest first."""
    rows = RoleGrant.objects.unscoped("duties that open records, for those who watch over them").filter(
        role__in=[role.value for role in roles], granted_at__gte=since
    )
    return tuple(
        Given(row.user_id, Role(row.role), row.granted_by, row.granted_at, row.revoked_at)
        for row in rows.order_by("-granted_at", "-id")
    )
