"""`courtside work`: what is due is done, and what people are to be told is sent."""

from __future__ import annotations

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session


@click.command("work")
@click.option("--once", is_flag=True, help="One pass over everything, and end.")
@format_option
@click.pass_obj
def command(session: Session, *, once: bool, form: str) -> None:
    """Do what is due and send what is queued, until stopped.

    `courtside serve` runs this beside the pages unless told --no-work. Several may run at once: a message is claimed
    by one of them. Killed at any moment nothing is lost; what was on its way is tried again, at most three times,
    under one number. Without a mail server in courtside.yaml and without channels nothing is connected to: people
    find what they are told on their pages.
    """
    from courtside.services.account_rules import bring_tables_up_to_date  # noqa: PLC0415  (keeps start-up short)
    from courtside.services.keep_working import stop_on_signals  # noqa: PLC0415
    from courtside.services.outbox_office import Office  # noqa: PLC0415
    from courtside.services.refused import Refused  # noqa: PLC0415
    from courtside.services.work import due_work, work_once, work_until  # noqa: PLC0415

    session.begin("work", form)
    workspace = session.open()
    bring_tables_up_to_date()
    if not once:
        session.warn("working (stop with Ctrl-C)")
        work_until(Office(workspace, session.caller), stop_on_signals())
        return
    done = work_once(workspace, session.caller)
    due = [{"what": name, "number": number} for name, number in done.due.items()]
    messages = [{"what": what, "number": getattr(done, what)} for what in ("sent", "later", "failed", "dropped")]
    session.show([*due, *messages])
    broken = [name for name, _ in due_work() if name not in done.due]
    if broken:
        raise Refused(f"due work failed: {', '.join(broken)}; what it did is all or nothing, and it is tried again")
