"""The password of the mail server's user: from the environment, or a file that only its owner can read."""

from __future__ import annotations

import os
from pathlib import Path

from courtside.services.channels_key import refuse_readable_by_others
from courtside.services.channels_mail import PASSWORD_FILE, PASSWORD_VARIABLE, Mail
from courtside.services.refused import Refused


def password_of(mail: Mail, root: Path) -> str:
    """The password; empty where the server knows no user. Raises Refused where there is none for a user."""
    if not mail.user:
        return ""
    if told := os.environ.get(PASSWORD_VARIABLE, ""):
        return told
    path = root / PASSWORD_FILE
    if not path.is_file():
        raise Refused(f"mail: the server knows {mail.user!r}; put the password into {path}, readable by you alone")
    refuse_readable_by_others(path)
    return path.read_text(encoding="utf-8").strip()
