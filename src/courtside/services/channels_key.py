"""The key under which addresses and secrets of channels are sealed: a file of the workspace beside the database."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from courtside.services.refused import Refused
from courtside.services.workspace import Workspace

KEY_FILE = "field.key"
_BYTES = 32
_NONCE = 12


def seal(workspace: Workspace, what: str, secret: str) -> bytes:
    """A secret under the key (AES-256-GCM), bound to what it is. Raises Refused."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415  (slow to import)

    nonce = secrets.token_bytes(_NONCE)
    return nonce + AESGCM(_key(workspace.root / KEY_FILE)).encrypt(nonce, secret.encode(), _bound(what))


def unseal(workspace: Workspace, what: str, sealed: bytes) -> str:
    """The secret again. Raises Refused if it was sealed under another key, as something else, or altered."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    try:
        opened = AESGCM(_key(workspace.root / KEY_FILE)).decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(what))
    except (InvalidTag, ValueError):
        raise Refused(f"a channel's secret was not sealed under {KEY_FILE}; end the channel and add it again") from None
    return opened.decode()


def _bound(what: str) -> bytes:
    return f"courtside.channels.v1:{what}".encode()


def _key(path: Path) -> bytes:
    """The key: made the first time, refused if others can read it or it is none."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        pass
    else:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(_BYTES).hex().encode("ascii"))
            file.flush()
            os.fsync(file.fileno())
    refuse_readable_by_others(path)
    try:
        key = bytes.fromhex(path.read_text(encoding="ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _BYTES:
        raise Refused(f"{path} holds no key; put it back from a backup, or remove it and add the channels again")
    return key


def refuse_readable_by_others(path: Path) -> None:
    """Raises Refused for a file of a secret that others on this host can read."""
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise Refused(f"others on this host can read {path}, which holds a secret; mend it with: chmod 600 {path}")
