"""Who can sign in, for somebody on the host."""

from __future__ import annotations

from typing import Any


def list_users() -> tuple[dict[str, Any], ...]:
    """Every user by name, with duties, those that wait for somebody's yes, and the account: open, closed or invited."""
    from courtside.store import accounts, asked_duties  # noqa: PLC0415  (Django stays out of start-up)

    asked: dict[int, list[str]] = {}
    for each in asked_duties.waiting():
        asked.setdefault(each.user_id, []).append(each.role.value)

    return tuple(
        {
            "username": one.username,
            "name": one.name,
            "email": one.email or None,
            "person": one.person_id or None,
            "roles": ", ".join(sorted(role.value for role in one.roles)) or None,
            "asked": ", ".join(sorted(asked.get(one.user_id, ()))) or None,
            "teams": ", ".join(sorted(one.units)) or None,
            "account": "closed" if not one.is_active else "open" if one.has_password else "invited",
            "last_login": one.last_login,
        }
        for one in accounts.accounts()
    )
