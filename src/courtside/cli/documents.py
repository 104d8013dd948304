"""`courtside documents`: templates with their preview, and whether a document is as it was sealed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from courtside.cli.options import format_option
from courtside.cli.session import Session

if TYPE_CHECKING:
    from courtside.services.workspace import Workspace

_COLUMNS = ("template", "label", "version", "for", "stage", "signed by", "pages", "whose")
_HOW = ("shortest", "longest", "rtl", "eighty", "no_goals", "ten_goals")
_WORDS = {True: "yes", False: "no", None: "cannot tell"}


@click.group("documents")
def command() -> None:
    """Templates of documents with their preview, and whether a document is as it was sealed.

    Documents are written, approved and signed on the pages. A workspace is needed only for a firm's own templates
    and to ask its register.
    """


@command.command("list")
@format_option
@click.pass_obj
def list_(session: Session, *, form: str) -> None:
    """Every template; with a workspace, its own among them."""
    from courtside.services.preview_document import list_templates  # noqa: PLC0415  (keeps start-up short)

    session.begin("documents list", form)
    session.show(list_templates(_workspace(session)), columns=_COLUMNS)


@command.command("placeholders")
@format_option
@click.pass_obj
def placeholders(session: Session, *, form: str) -> None:
    """Everything a template may print: there is nothing else."""
    from courtside.services.preview_document import list_placeholders  # noqa: PLC0415

    session.begin("documents placeholders", form)
    session.show(list_placeholders())


@command.command("preview")
@click.argument("template")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The PDF to write.")
@click.option("--how", type=click.Choice(_HOW), default="shortest", show_default=True, help="Which made-up content.")
@format_option
@click.pass_obj
def preview(session: Session, *, template: str, out: Path, how: str, form: str) -> None:
    """Print a template with made-up content, marked Sample."""
    from courtside.services.preview_document import preview_document  # noqa: PLC0415

    session.begin("documents preview", form)
    pdf = preview_document(_workspace(session), template, how)
    out.write_bytes(pdf)
    session.show([{"template": template, "how": how, "file": str(out), "bytes": len(pdf)}])


@command.command("verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--fingerprint", "fingerprints", multiple=True, metavar="HEX",
    help="SHA-256 of the certificate of an authority whose seals you trust, as the organisation publishes it.",
)  # fmt: skip
@format_option
@click.pass_context
def verify(ctx: click.Context, file: Path, fingerprints: tuple[str, ...], form: str) -> None:
    """Whether FILE is a document as it was sealed: exit status 0 if it is, 1 if not, and what is wrong.

    With a workspace its register is asked, byte for byte. Without one nothing but FILE is looked at, and the seal
    is believed if its authority has a fingerprint you give.
    """
    from courtside.services.verify_document import verify_document, verify_offline  # noqa: PLC0415

    session: Session = ctx.obj
    session.begin("documents verify", form)
    workspace = None if fingerprints else _workspace(session)
    pdf = file.read_bytes()
    verdict = verify_offline(pdf, fingerprints) if workspace is None else verify_document(workspace, pdf)
    notes = [f"SHA-256 of the file: {verdict.sha256}"]
    notes += [f"authority of the seal: {verdict.authority}"] if verdict.authority else []
    session.show([{"as sealed": _WORDS[one.ok], "finding": one.what} for one in verdict.findings], notes)
    if not verdict.valid:
        session.warn(f"{file} is not shown to be a document as it was sealed")
        ctx.exit(1)


@command.command("certificate")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the certificate (PEM) here.")
@format_option
@click.pass_obj
def certificate(session: Session, *, out: Path | None, form: str) -> None:
    """The fingerprint of the workspace's seals, to be published where people can find it."""
    from courtside.services.refused import Refused  # noqa: PLC0415
    from courtside.services.verify_document import keys_here  # noqa: PLC0415

    session.begin("documents certificate", form)
    keys = keys_here(session.open())
    if keys is None:
        raise Refused("this workspace has sealed nothing yet; its key is made with the first seal")
    if out is not None:
        out.write_bytes(keys.certificate)
    session.show([{"fingerprint": keys.fingerprint, "file": "" if out is None else str(out)}])


def _workspace(session: Session) -> Workspace | None:
    return None if session.root is None else session.open()
