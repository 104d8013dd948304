"""`python -m bench`: make a company, time the product beside hand-written queries, and check that it was right."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.company import SEED, Company, Generator, company
from bench.compare import Comparison, compare, cuts, sentence
from bench.oracle import Oracle
from bench.product import Product, commit
from bench.report import Bar, Result, keep, table
from bench.timing import Timing, best, timed

CUTS = 3
MB = 1024
MOST_OF_A_GAP, MOST_OF_A_LEAK = 30.0, 1.0
"""How many times as long as the metrics alone: a thousand redraws for each factor of each gap; stays read once."""

COPY = """
import sys, duckdb
from bench.oracle import COLUMNS
source, target = sys.argv[1:]
names = duckdb.read_csv(source, all_varchar=True).columns
columns = {name: COLUMNS["activities"][name] for name in names}
duckdb.execute("SET threads = 2")
duckdb.execute(f"COPY (SELECT * FROM read_csv('{source}', header = true, columns = {columns})) "
               f"TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
"""


@dataclass(frozen=True, slots=True)
class Bench:
    """One run in a folder of its own."""

    folder: Path
    size: Company
    seed: int
    rounds: int = 2

    @property
    def product(self) -> Product:
        """The workspace everything but the import ratio is measured on."""
        return Product(self.folder / "workspace")

    def generate(self) -> None:
        """Write every file."""
        generator = Generator(self.size, self.seed)
        for name in ("base", "recent", "spread", "late", "move"):
            getattr(generator, name)(self.folder / name)
            print(f"  {name}: {_megabytes(self.folder / name):,.0f} MB", flush=True)

    def import_ratio(self) -> Bar:
        """The import of the activities, until it is acknowledged, beside a plain COPY of the same file."""
        rest, alone = self.folder / "rest", self.folder / "alone"
        shutil.copytree(self.folder / "base", rest)
        alone.mkdir()
        shutil.move(rest / "activities.csv", alone / "activities.csv")
        source, target = str(alone / "activities.csv"), str(self.folder / "copy.parquet")
        prepared, used = Product(self.folder / "prepared"), Product(self.folder / "importing")
        prepared.make()
        prepared.run("import", rest)

        def imported() -> Timing:
            shutil.rmtree(used.root, ignore_errors=True)
            shutil.copytree(prepared.root, used.root)
            return used.run("import", alone, stop_after="after-ledger")

        ours, plain = best(self.rounds, imported, lambda: timed((sys.executable, "-c", COPY, source, target)))
        for path in (rest, alone, prepared.root, used.root):
            shutil.rmtree(path)
        Path(target).unlink()
        told = f"{ours.seconds:.1f} beside {plain.seconds:.1f}; peak {ours.peak_mb:,.0f} MB"
        return Bar("import of activities / COPY to Parquet", ours.seconds / plain.seconds, 3.0, "x", told)

    def full_import(self) -> Timing:
        """Everything imported and refreshed, from nothing; the last workspace made stays."""

        def imported() -> Timing:
            self.product.make()
            return self.product.run("import", self.folder / "base")

        return best(1, imported)[0]

    def refresh_ratio(self) -> tuple[Bar, Bar]:
        """The weekly refresh beside the hand-written query, each in a process of its own."""
        root = str(self.product.root)
        ours, by_hand = best(
            self.rounds,
            lambda: _told(timed((sys.executable, "-m", "bench.refresh", root))),
            lambda: _told(timed((sys.executable, "-m", "bench.baseline", f"{root}/batches"))),
        )
        told = f"{ours.seconds:.2f} beside {by_hand.seconds:.2f}; by hand {by_hand.peak_mb:,.0f} MB"
        return (
            Bar("full weekly refresh / hand-written query", ours.seconds / by_hand.seconds, 1.5, "x", told),
            Bar("memory of the full refresh", ours.peak_mb, 2 * MB, "MB"),
        )

    def team_figures(self) -> Bar:
        """One team's weekly figures from the rollup, asked in a running process."""
        answer = json.loads(timed((sys.executable, "-m", "bench.team", str(self.product.root), "T001")).output)
        told = (
            f"{answer['metrics']} metrics, {answer['answers']:,} figures; "
            f"{answer['wide_metrics']} metrics, {answer['wide_answers']:,} figures: {answer['wide'] * 1_000:.0f} ms"
        )
        return Bar("one team's weekly figures, the metrics of a card", answer["seconds"] * 1_000, 50, "ms", told)

    def score_cards(self) -> Bar:
        """Everybody's cards for twelve weeks, with intervals, verdicts and sentences, beside the metrics alone."""
        answer = json.loads(timed((sys.executable, "-m", "bench.scorecards", str(self.product.root))).output)
        each = 1e6 * answer["cards"] / answer["figures"]
        told = f"{answer['cards']:.1f} beside {answer['alone']:.1f}; {answer['figures']:,} figures, {each:.0f} us each"
        return Bar("score cards / their metrics alone", answer["cards"] / answer["alone"], 8.0, "x", told)

    def pages(self) -> Bar:
        """Fifty users on the pages of a simulated firm of two hundred people and three years."""
        records, firm = self.folder / "simulated", Product(self.folder / "pages")
        people, months = ("200", "36") if self.size.people >= 2_000 else ("40", "6")
        firm.run("simulate", records, "--people", people, "--months", months)
        firm.run("init", firm.root, "--pack", "staffing")
        firm.run("import", records)
        timed((sys.executable, "-m", "bench.visitors", str(firm.root)))
        answer = json.loads(timed((sys.executable, "-m", "bench.pages", str(firm.root))).output)
        if answer["failed"]:
            raise RuntimeError(f"pages that did not open: {answer['failed']}")
        kinds = "; ".join(f"{kind} {taken:.0f}" for kind, taken in answer["kinds"].items())
        ready = f"ready {answer['ready']:.0f} s after the start, {answer['stolen']:.0%} of the time taken by the host"
        told = f"{answer['asked']} pages, median {answer['median']:.0f} ms, {ready}; 95 in 100 within: {kinds}"
        shutil.rmtree(records)
        shutil.rmtree(firm.root)
        return Bar(
            f"pages, {answer['users']} users, {people} people, {months} months: p95", answer["p95"], 200, "ms", told
        )

    def diagnosis(self) -> tuple[Bar, Bar]:
        """Why everybody is short and where everybody's cases are lost, eight quarters, beside the metrics alone.

        The firm is simulated, so that it has stages and targets; its activities, which neither reads, are left out.
        """
        records, firm = self.folder / "simulated", Product(self.folder / "diagnosis")
        people = "2000" if self.size.people >= 2_000 else "40"
        firm.run("simulate", records, "--people", people, "--months", "25")
        (records / "activities.csv").unlink()
        firm.run("init", firm.root, "--pack", "staffing")
        firm.run("import", records)
        answer = json.loads(timed((sys.executable, "-m", "bench.diagnosis", str(firm.root))).output)
        shutil.rmtree(records)
        shutil.rmtree(firm.root)

        def bar(what: str, beside: str, at_most: float, named: str) -> Bar:
            told = f"{answer[what]:.1f} beside {answer[beside]:.1f}; {answer[f'{what}_rows']:,} rows, {people} people"
            return Bar(named, answer[what] / answer[beside], at_most, "x", told)

        return (
            bar("why", "figures", MOST_OF_A_GAP, "gaps taken apart / their metrics alone"),
            bar("leaks", "stages", MOST_OF_A_LEAK, "leaks / the conversions of stages alone"),
        )

    def changes(self, full: Timing) -> tuple[Bar, Bar]:
        """One per cent of the rows imported and refreshed, beside everything."""

        def imported(name: str) -> Timing:
            timing = self.product.run("import", self.folder / name)
            self.product.undo_last()
            return timing

        recent, spread = best(1, lambda: imported("recent"), lambda: imported("spread"))
        return (
            _share("1 % of the rows, all recent / everything", recent, full, 0.12),
            _share("1 % of the rows, spread evenly / everything", spread, full, 1.0),
        )

    def correct(self) -> Sequence[Comparison]:
        """Random questions in four states: as imported, after a late import, its undo, and a move between teams."""
        found = [self._compared("as imported", "base")]
        self.product.run("import", self.folder / "late")
        found.append(self._compared("after a late import", "base", "late"))
        self.product.undo_last()
        found.append(self._compared("after its undo", "base"))
        self.product.run("import", self.folder / "move")
        found.append(self._compared("after a move between teams", "base", "move"))
        return found

    def _compared(self, what: str, *folders: str) -> Comparison:
        oracle = Oracle(tuple(self.folder / name for name in folders), self.folder / "scratch")
        first, last = Generator(self.size).days
        asked = cuts(f"{self.seed} {what}", CUTS, first, last)
        comparison = compare(what, asked, self.product.metric, oracle.answers)
        print("  " + sentence(comparison), flush=True)
        return comparison


def _told(timing: Timing) -> Timing:
    """The seconds a process measured of its own work, start-up left out on both sides."""
    return Timing(float(json.loads(timing.output)["seconds"]), timing.peak_mb, timing.output)


def _share(name: str, part: Timing, full: Timing, at_most: float) -> Bar:
    told = f"{part.seconds:.1f} beside {full.seconds:.1f}"
    return Bar(name, part.seconds / full.seconds, at_most, "x", told)


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def measured(bench: Bench) -> tuple[Sequence[Bar], Sequence[Comparison]]:
    """Everything timed, then everything checked."""
    print("making the company", flush=True)
    bench.generate()
    print("timing", flush=True)
    importing = bench.import_ratio()
    full = bench.full_import()
    bars = [importing]
    print("  import timed", flush=True)
    for more in (
        bench.refresh_ratio,
        lambda: (bench.team_figures(),),
        lambda: (bench.score_cards(),),
        lambda: (bench.pages(),),
        bench.diagnosis,
        lambda: bench.changes(full),
    ):
        for bar in more():
            bars.append(bar)
            print(f"  {bar.name} timed", flush=True)
            keep_for_now(bench.folder, bars)
    print("checking the answers", flush=True)
    return bars, bench.correct()


def keep_for_now(folder: Path, bars: Sequence[Bar]) -> None:
    """The bars measured so far, in the run's own folder: nothing is printed before the answers were checked."""
    (folder / "bars.txt").write_text(table(bars), encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Exit status 1 if an answer is wrong (no ratio is printed then) or, at full size, a promise is broken."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1 is 2,000 people and 20 million activities")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rounds", type=int, default=2, help="how often each side of a ratio runs; the fastest counts")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "courtside-bench")
    parser.add_argument("--keep", action="store_true", help="leave the files for a look")
    options = parser.parse_args(arguments)
    shutil.rmtree(options.folder, ignore_errors=True)
    options.folder.mkdir(parents=True)
    try:
        bars, comparisons = measured(Bench(options.folder, company(options.scale), options.seed, options.rounds))
    finally:
        if not options.keep:
            shutil.rmtree(options.folder, ignore_errors=True)
    if any(comparison.differences for comparison in comparisons):
        print("answers differ: no ratio is worth printing")
        return 1
    print(table(bars))
    if options.scale < 1:
        print("too small to judge: at this size starting a process weighs more than the work")
        return 0
    on = datetime.now(UTC).date().isoformat()
    keep(Result(on, commit(), options.scale, company(options.scale), tuple(comparisons), tuple(bars)))
    return 0 if all(bar.is_held for bar in bars) else 1


if __name__ == "__main__":
    sys.exit(main())
