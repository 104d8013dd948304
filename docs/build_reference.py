"""Writes docs/reference from the declarations: metrics, tables, commands, rules, documents; `--check` only looks."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from inspect import cleandoc
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from ruamel.yaml import YAML

from courtside.documents import about
from courtside.documents.placeholders import PLACEHOLDERS
from courtside.documents.template import templates
from courtside.documents.values import Rows
from courtside.metrics.load import read_blocks
from courtside.metrics.metric import Rung
from courtside.metrics.pack import read_pack
from courtside.metrics.vocabulary import COMPUTED
from courtside.records.tables import LINKS, TABLES, Column, Table
from courtside.rules import floor, keys
from courtside.rules.managers import FIGURES
from courtside.rules.words import LEAVES_OUT, THEN

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
METHODS = ROOT / "docs" / "methods.md"
PACKS = ROOT / "src" / "courtside" / "packs"
DO_NOT_EDIT = "<!-- Written by docs/build_reference.py; change the declaration and run `make docs`. -->"

Block = Mapping[str, Any]


def _row(*cells: object) -> str:
    """A line of a table."""
    return "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in cells) + " |"


def _table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    yield _row(*header)
    yield "|" + " --- |" * len(header)
    yield from (_row(*row) for row in rows)
    yield ""


def _code(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in words)


# ---- metrics -------------------------------------------------------------------------------------------------


def metrics_page() -> Iterator[str]:
    """The catalogue of every shipped pack, then each definition."""
    yield "# Metrics"
    yield ""
    yield "What each metric counts, as its block in the pack declares it. Each block carries an example that is a test."
    yield ""
    for folder in _packs():
        pack, blocks = read_pack(folder), _own_blocks(folder)
        yield f"## {pack.label} (`{pack.name}`)"
        yield ""
        yield from _included(folder)
        yield from _parameters(pack.params)
        yield from _catalogue([block for block in blocks if not block.get("internal")])
        for block in blocks:
            yield from _definition(block)


def _packs() -> list[Path]:
    """Included packs first."""
    folders = [path.parent for path in PACKS.glob("*/about.yaml")]
    return sorted(folders, key=lambda folder: (len(read_pack(folder).folders), folder.name))


def _own_blocks(folder: Path) -> list[Block]:
    own = [path for path in read_pack(folder).files if folder in path.parents]
    return [written.block for written in read_blocks(own)]


def _included(folder: Path) -> Iterator[str]:
    others = [other.name for other in read_pack(folder).folders if other != folder]
    if others:
        yield f"Includes every metric of {_code(others)}."
        yield ""


def _parameters(params: Mapping[str, Any]) -> Iterator[str]:
    if params:
        yield "Parameters its filters may name as `$name`:"
        yield ""
        yield from _table(("parameter", "value"), [(f"`{name}`", f"`{params[name]}`") for name in sorted(params)])


def _catalogue(blocks: Sequence[Block]) -> Iterator[str]:
    height = [rung.value for rung in Rung]
    ordered = sorted(blocks, key=lambda block: height.index(block["rung"]))
    header = ("metric", "rung", "unit", "better", "question")
    yield from _table(
        header,
        [
            (f"[`{b['metric']}`](#{b['metric']})", b["rung"], b["unit"], b.get("direction", "up"), b["question"])
            for b in ordered
        ],
    )


def _definition(block: Block) -> Iterator[str]:
    kinds = ("measure", "ratio", "derived", "n", "conversion", "stock", "observed", "cohort", "identity", "variants")
    yield f"### {block['metric']}"
    yield ""
    yield f"**{block['label']}**: {block['question']}"
    yield ""
    yield "```yaml"
    yield _as_yaml({key: block[key] for key in kinds if key in block})
    yield "```"
    yield ""
    for line in (block.get("notes"), _moved_by(block)):
        if line:
            yield line
            yield ""


def _moved_by(block: Block) -> str:
    causes = [f"`{c['metric']}`{_later(c.get('lag_weeks', 0))}" for c in block.get("moved_by", ())]
    return f"Moved by {', '.join(causes)}." if causes else ""


def _later(weeks: int) -> str:
    return f" ({weeks} week{'s' if weeks > 1 else ''} later)" if weeks else ""


def _as_yaml(value: Any) -> str:
    yaml = YAML(typ="rt")
    yaml.width = 110
    out = StringIO()
    yaml.dump(value, out)
    return out.getvalue().rstrip()


# ---- record tables -------------------------------------------------------------------------------------------


def tables_page() -> Iterator[str]:
    """Every record table with its columns, links and computed columns."""
    yield "# Record tables"
    yield ""
    yield "One folder of CSV or Parquet files with these names is the native import format."
    yield "Columns in bold are required. Times are ISO 8601; without a zone they are the firm's. Other columns are kept"
    yield "apart and shown nowhere."
    yield ""
    for table in TABLES.values():
        yield f"## {table.name}"
        yield ""
        yield table.doc
        yield ""
        yield f"Key: {_code(table.key)}." + (f" Credit goes to `{table.owner}`." if table.owner else "")
        yield ""
        yield from _table(("column", "holds", "values"), [_described(column) for column in table.columns])
        yield from _also_known(table)


def _described(column: Column) -> tuple[str, str, str]:
    name = f"**`{column.name}`**" if column.required else f"`{column.name}`"
    said = [_code(column.choices)] if column.choices else []
    said += [f"empty means `{column.default}`"] if column.default else []
    said += [f"a key of `{column.refers_to}`"] if column.refers_to else []
    return name, column.kind.value, "; ".join(said)


def _also_known(table: Table) -> Iterator[str]:
    links = LINKS.get(table.name, {})
    if links:
        yield (
            "A filter may follow " + ", ".join(f"`{link}` (to `{target}`)" for link, (_, target) in links.items()) + "."
        )
        yield ""
    computed = COMPUTED.get(table.name, ())
    if computed:
        yield from _table(("computed for filters", "means"), [(f"`{word.name}`", word.doc) for word in computed])


# ---- commands ------------------------------------------------------------------------------------------------


def commands_page() -> Iterator[str]:
    """Every command with its arguments and options."""
    yield "# Commands"
    yield ""
    module = importlib.import_module("courtside.cli.main")
    group = next(value for value in vars(module).values() if isinstance(value, click.Group))
    yield from _command(group, click.Context(group, info_name="courtside"), 2)


def _command(command: click.Command, context: click.Context, level: int) -> Iterator[str]:
    yield f"{'#' * level} {context.command_path}"
    yield ""
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f"`{context.command_path} {pieces}`"
    yield ""
    if command.help:
        yield cleandoc(command.help).replace("\b\n", "")
        yield ""
    described = [p.get_help_record(context) for p in command.params]
    records = [(f"`{option}`", said) for option, said in filter(None, described) if said]
    if records:
        yield from _table(("option", "does"), records)
    if isinstance(command, click.Group):
        for name in sorted(command.list_commands(context)):
            inner = command.get_command(context, name)
            if inner is not None and not inner.hidden:
                yield from _command(inner, click.Context(inner, info_name=name, parent=context), level + 1)


# ---- rules ---------------------------------------------------------------------------------------------------


def rules_page() -> Iterator[str]:
    """Every key of a rule's block, the floor under it, and the rules that are shipped."""
    yield "# Rules"
    yield ""
    yield "A rule looks at one figure and proposes something to a person, who decides. It is a block in a YAML file, or"
    yield "written in the sentence builder of the site. None is in force before its replay was looked at and a second"
    yield "person has approved it."
    yield ""
    yield "## The block"
    yield ""
    yield from _table(("key", "holds", "left out", "means", "example"), _keys(keys.KEYS))
    yield "`window` holds one of the two. `history` holds examples, each a test that the rule must pass:"
    yield ""
    yield from _table(("key of an example", "holds", "left out", "means", "example"), _keys(keys.EXAMPLE))
    yield from _rule_words()
    yield from _rule_floor()
    yield "## Shipped rules"
    yield ""
    for path in sorted(PACKS.glob("*/rules/*.yaml")):
        yield f"### {path.parents[1].name}: {path.stem}"
        yield ""
        yield "```yaml"
        yield path.read_text(encoding="utf-8").rstrip()
        yield "```"
        yield ""


def _keys(declared: Mapping[str, keys.Key]) -> list[tuple[str, str, str, str, str]]:
    return [(f"`{one.name}`", one.holds, one.default, one.means, f"`{one.example}`") for one in declared.values()]


def _rule_words() -> Iterator[str]:
    yield "## Its words"
    yield ""
    yield from _table(("`proposes`", "which is to"), [(f"`{one}`", words) for one, words in THEN.items()])
    yield from _table(("`exclude`", "leaves people alone"), [(f"`{one}`", said) for one, said in LEAVES_OUT.items()])
    yield from _table(("`metric` of managers", "is"), [(f"`{name}`", label) for name, label in FIGURES.items()])


def _rule_floor() -> Iterator[str]:
    """What no rule goes below, by what it proposes."""
    yield "## The floor"
    yield ""
    yield "No rule is put up for approval below it. Before an improvement plan is proposed, all eight conditions of the"
    yield "guard hold besides, whatever a rule says (see [methods](../methods.md))."
    yield ""
    kinds = list(dict.fromkeys(kind for least in floor.LEAST_DAYS.values() for kind in least))
    yield from _table(
        ("`proposes`", "least `level`", *(f"shortest `window`, {kind.value}" for kind in kinds), "least `exclude`"),
        [
            (
                f"`{one}`", f"`{floor.LEAST_LEVEL[one]}`",
                *(f"{least[kind] / 7:.0f} weeks" if kind in least else "not proposed" for kind in kinds),
                _code(sorted(floor.LEAST_EXCLUDED[one])),
            )
            for one, least in floor.LEAST_DAYS.items()
        ],
    )  # fmt: skip


# ---- documents -----------------------------------------------------------------------------------------------


def documents_page() -> Iterator[str]:
    """Every template, the keys of about.yaml, and every placeholder."""
    yield "# Documents"
    yield ""
    yield "A document is printed from a template: a folder with `about.yaml` and one typst file of its name. A firm's"
    yield "own stand in the folder `documents` of the workspace, and win over those built in. Data is never markup."
    yield ""
    yield "## Templates"
    yield ""
    yield from _table(
        ("template", "label", "version", "plans", "stage", "signed by", "most pages"),
        [
            (f"`{one.name}`", one.label, one.version, ", ".join(one.plans), one.about.stage,
             ", ".join(one.parties) or "nobody", one.about.pages)
            for one in templates().values()
        ],
    )  # fmt: skip
    for one in templates().values():
        yield f"### {one.name}"
        yield ""
        yield f"Its statement (version {one.statement_version}): {one.statement}"
        yield ""
        yield f"Prints {_code(one.placeholders)}."
        yield ""
    yield "## about.yaml"
    yield ""
    yield from _table(("key", "holds", "means"), [(f"`{name}`", *told) for name, told in about.KEYS.items()])
    yield "## Placeholders"
    yield ""
    yield "A template prints `#field.NAME` of those it lists; each is a text ready to print, or rows of such texts."
    yield ""
    yield from _table(
        ("placeholder", "holds", "means", "sample"),
        [(f"`{one.name}`", one.kind.named, one.meaning, _sample(one.shortest)) for one in PLACEHOLDERS.values()],
    )
    for placeholder in PLACEHOLDERS.values():
        if isinstance(placeholder.kind, Rows):
            cells = "; ".join(f"`{name}` {kind.named}" for name, kind in placeholder.kind.cells.items())
            yield f"Cells of `{placeholder.name}`: {cells}."
            yield ""


def _sample(value: object) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`" if value not in ("", []) else "(empty)"


PAGES: Mapping[str, Callable[[], Iterator[str]]] = {
    "metrics.md": metrics_page,
    "tables.md": tables_page,
    "commands.md": commands_page,
    "rules.md": rules_page,
    "documents.md": documents_page,
}


def written() -> dict[Path, str]:
    """Every page of the reference as it should be now, and the page of methods with its figures filled in."""
    return {
        METHODS: _worked().filled(METHODS.read_text(encoding="utf-8")),
    } | {
        REFERENCE / name: "\n".join([DO_NOT_EDIT, *page()]).rstrip().replace("\n\n\n", "\n\n") + "\n"
        for name, page in PAGES.items()
    }


def _worked() -> ModuleType:
    """The file beside this one, whichever way this one was loaded."""
    spec = importlib.util.spec_from_file_location("worked", ROOT / "docs" / "worked.py")
    if spec is None or spec.loader is None:
        raise FileNotFoundError("docs/worked.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def stale(pages: Mapping[Path, str]) -> list[Path]:
    """The pages whose file is missing or says something else."""
    return [p for p, text in pages.items() if not p.is_file() or p.read_text(encoding="utf-8") != text]


def main() -> int:
    """Write the pages, or with `--check` only say which are stale."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if a page is stale")
    is_check = parser.parse_args().check
    pages = written()
    behind = stale(pages)
    for path in behind:
        print(f"{path.relative_to(ROOT)}: {'stale: run `make docs`' if is_check else 'written'}", file=sys.stderr)
        if not is_check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(pages[path], encoding="utf-8")
    return 1 if behind and is_check else 0


if __name__ == "__main__":
    sys.exit(main())
