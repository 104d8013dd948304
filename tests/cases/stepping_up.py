"""Giving somebody of the cast an authenticator, and their session a code they have just typed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import struct
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105  (a test's own)


def has_factor(username: str) -> None:
    """From now on the user has an authenticator, which knows `SECRET`."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.utils import encrypt
    from django.contrib.auth import get_user_model

    user = get_user_model().objects.get(username=username)
    Authenticator.objects.update_or_create(
        user=user, type=Authenticator.Type.TOTP, defaults={"data": {"secret": encrypt(SECRET)}}
    )


def code_at(seconds: float) -> str:
    """The six digits the authenticator shows (RFC 6238, by hand)."""
    digest = hmac.new(base64.b32decode(SECRET), struct.pack(">Q", int(seconds) // 30), hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


def stepped_up(client: Client, username: str, *, age_s: float = 0) -> Client:
    """The browser, as it is after its user typed a code so many seconds ago."""
    from django.contrib.auth import get_user_model

    has_factor(username)
    session = client.session
    session["account_authentication_methods_user"] = str(get_user_model().objects.get(username=username).pk)
    session["account_authentication_methods"] = [
        {"method": "mfa", "type": "totp", "at": time.time() - age_s, "reauthenticated": True}
    ]
    session.save()
    return client
