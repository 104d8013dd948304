"""Which hosts channels may lead to: an administrator lists them, and nothing is sent anywhere else."""

from __future__ import annotations

from courtside.services.channels_connect import checked_host
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Role


def refuse_unless_administrator(visit: Visit) -> None:
    """Raises NotFound for everybody but an administrator who looks with their own eyes."""
    if Role.ADMIN not in visit.viewer.roles or visit.viewer.is_read_only:
        raise NotFound


def allow_channel_host(visit: Visit, host: str) -> None:
    """List a host. Raises NotFound, and Refused for what is no name of a host or listed already."""
    refuse_unless_administrator(visit)
    name = checked_host(host)
    if not _written(visit, "allow_channel_host", name):
        raise Refused(f"{name} is listed already")


def disallow_channel_host(visit: Visit, host: str) -> None:
    """List a host no more; channels that lead there send nothing from now on. Raises NotFound."""
    refuse_unless_administrator(visit)
    if not _written(visit, "disallow_channel_host", host):
        raise NotFound


def _written(visit: Visit, verb: str, host: str) -> bool:

    from courtside.store import audit, channels  # noqa: PLC0415

    at, who = visit.caller.clock(), visit.caller.who
    with audit.together():
        is_new = verb == "allow_channel_host"
        is_done = channels.allow_host(host, who, at) if is_new else channels.disallow_host(host)
        if is_done:
            audit.write(audit.Act(at, who, verb, {"host": host}))
    return is_done
