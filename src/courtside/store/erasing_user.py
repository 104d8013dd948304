"""What signing in leaves of a user who is erased: their sessions, tokens, second factor and addresses."""

from __future__ import annotations

from django.db import connection

from courtside.store.models import ApiToken, Invitation, User

_OF_A_USER = ("mfa_authenticator", "account_emailaddress", "django_admin_log")
"""Tables of the sign-in library with a column `user_id`, where they are."""
_WHY = "the erasure of a person"


def forget_user(user_id: int) -> None:
    """Take all of it away, in the open transaction; the blanked account keeps its number."""
    user = User.objects.get(pk=user_id)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    for model in (ApiToken, Invitation):
        model.objects.unscoped(_WHY).filter(user_id=user_id).delete()
    with connection.cursor() as cursor:
        there = set(connection.introspection.table_names(cursor))
        for table in there.intersection(_OF_A_USER):
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(table)} WHERE user_id = %s", [user_id])  # noqa: S608  (names of the list above)
    _end_sessions(user_id)


def _end_sessions(user_id: int) -> None:
    """Sessions are looked through one by one: whose they are is inside."""
    from django.apps import apps  # noqa: PLC0415  (commands on the host have no sessions)

    if not apps.is_installed("django.contrib.sessions"):
        return
    from django.contrib.sessions.models import Session  # noqa: PLC0415

    own = [one.pk for one in Session.objects.iterator() if one.get_decoded().get("_auth_user_id") == str(user_id)]
    Session.objects.filter(pk__in=own).delete()
