"""The pages of a person's figures: the box score, one number opened, and its rows to take away."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from courtside.services.box_score import Wanted
from courtside.services.box_score import box_score as read_box_score
from courtside.services.open_number import open_number, rows_for_download
from courtside.services.spreadsheet import harmless
from courtside.web.boxscore.drawing import drawn_groups, drawn_number
from courtside.web.policy import signed_in, visiting

_SHOWN_IN_PLACE = 10
"""So many rows are shown where a number is opened in its table; its own page has them all."""
_COLUMNS = ("table", "id", "on", "value", "counted_as")


@signed_in
@require_GET
def box_score(request: HttpRequest, person_id: str) -> HttpResponse:
    """One person's figures of a period."""
    asked = request.GET
    wanted = Wanted(asked.get("grain", ""), asked.get("period", ""), asked.get("compare", "") != "")
    score = read_box_score(visiting(request), person_id, wanted)
    told = {"score": score, "groups": drawn_groups(score)}
    return render(request, "courtside/boxscore/box_score.html", told)


@signed_in
@require_GET
def box_score_number(request: HttpRequest, person_id: str, metric: str) -> HttpResponse:
    """One number opened: in its place where the page asks for that, else as a page of its own."""
    asked = request.GET
    page = _page(asked)
    opened = open_number(visiting(request), person_id, metric, asked.get("grain", ""), asked.get("period", ""), page)
    here = urlencode({"grain": opened.frame.grain.value, "period": opened.frame.period.name})
    is_in_place = request.headers.get("HX-Request") == "true"
    shown = opened.behind.rows[:_SHOWN_IN_PLACE] if is_in_place else opened.behind.rows
    told = {"opened": opened, "chart": drawn_number(opened), "here": here, "shown": shown}
    return render(request, f"courtside/boxscore/{'opened_row' if is_in_place else 'number'}.html", told)


@signed_in
@require_GET
def box_score_rows(request: HttpRequest, person_id: str, metric: str) -> HttpResponse:
    """The rows behind a number as CSV; cells a spreadsheet would run are disarmed."""
    asked = request.GET
    rows = rows_for_download(visiting(request), person_id, metric, asked.get("grain", ""), asked.get("period", ""))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_COLUMNS)
    writer.writerows([harmless(cell) for cell in (r.table, r.identifier, r.on, r.value, r.counted_as)] for r in rows)
    name = "".join(sign if sign.isalnum() or sign in "-_" else "-" for sign in f"{metric}-{person_id}")
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8", headers=headers)


def _page(asked: Mapping[str, str]) -> int:
    """The page of rows asked for; what is no number is the first."""
    number = asked.get("page", "1")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 8 else 1
