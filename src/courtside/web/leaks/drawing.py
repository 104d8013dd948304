"""The marks beside stages and months of entry: each rate with its range, all on one scale from 0 to 100 %."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString

from courtside.services.leak_months_page import MonthLine, MonthsPage
from courtside.services.leaks_page import LeaksPage, PipelineLines, StageLine
from courtside.web.marks import NOTHING, bullet, run_chart


@dataclass(frozen=True, slots=True)
class DrawnLine:
    """A line with its mark."""

    line: StageLine
    mark: SafeString


@dataclass(frozen=True, slots=True)
class DrawnPipeline:
    """A pipeline, each stage by its name with its lines."""

    pipeline: PipelineLines
    stages: tuple[tuple[str, tuple[DrawnLine, ...]], ...]


@dataclass(frozen=True, slots=True)
class DrawnMonth:
    """A month with its mark; a young one has none."""

    month: MonthLine
    mark: SafeString


def drawn_pipelines(page: LeaksPage) -> tuple[DrawnPipeline, ...]:
    """Every pipeline of a page with its marks."""
    return tuple(
        DrawnPipeline(
            each,
            tuple((one.stage, tuple(DrawnLine(line, _mark(line)) for line in one.lines)) for one in each.stages),
        )
        for each in page.pipelines
    )


def drawn_months(page: MonthsPage) -> tuple[DrawnMonth, ...]:
    """Every month of a page with its mark."""
    return tuple(DrawnMonth(each, bullet(each.rate, each.low, each.high, None, "even", 1.0)) for each in page.months)


def months_chart(page: MonthsPage) -> SafeString:
    """The rates of the months that are ready as a line, the earliest first; nothing for fewer than two."""
    earliest_first = page.months[::-1]
    ready = [each for each in earliest_first if not each.told]
    if sum(each.rate is not None for each in ready) < 2:
        return NOTHING
    ends = (ready[0].month, ready[-1].month)
    return run_chart([each.rate for each in ready], None, None, labels=ends, scale=("0 %", page.most))


def _mark(line: StageLine) -> SafeString:
    state = "below" if line.verdict == "Leaks here" else "even"
    return bullet(line.rate, line.low, line.high, None, state, 1.0)
