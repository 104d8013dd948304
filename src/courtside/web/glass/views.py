"""Asking to see one person's record for an hour, deciding it, seeing that it stands, and ending it."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from courtside.services.agree_break_glass import Agreement, agree_break_glass
from courtside.services.ask_break_glass import ask_break_glass
from courtside.services.break_glass_page import break_glass_one, break_glass_page
from courtside.services.end_break_glass import end_break_glass
from courtside.services.refuse_break_glass import refuse_break_glass
from courtside.services.refused import Refused
from courtside.services.step_up import StepUpNeeded
from courtside.services.viewing import NotFound
from courtside.store.access import Errand
from courtside.web.glass.forms import AgreeForm, AskForm, RefuseForm
from courtside.web.policy import errand, visiting


@errand(Errand.SEE_GLASS)
@require_GET
def glass(request: HttpRequest) -> HttpResponse:
    """What one asked for, or may decide, and how it stands."""
    return _list(request)


@errand(Errand.ASK_GLASS)
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask to see one person's record."""
    visit = visiting(request)
    form = AskForm(request.POST, people=break_glass_page(visit).people)
    if not form.is_valid():
        return _list(request, form, 400)
    found: list[str] = []
    told = form.cleaned_data
    if why := _refused(lambda: found.append(ask_break_glass(visit, told["person"], told["reason"]))):
        form.add_error(None, why)
        return _list(request, form, 400)
    messages.success(request, "Asked for. HR decides, and you are told.")
    return redirect("glass_one", opaque=found[0])


@errand(Errand.SEE_GLASS)
@require_GET
def one(request: HttpRequest, opaque: str) -> HttpResponse:
    """One request."""
    return _one(request, opaque)


@errand(Errand.HANDLE_CASES)
@require_POST
def agree(request: HttpRequest, opaque: str) -> HttpResponse:
    """Agree, for an hour from now."""
    visit, form = visiting(request), AgreeForm(request.POST)
    break_glass_one(visit, opaque)
    if not form.is_valid():
        return _one(request, opaque, form, 400)
    wished = Agreement(**form.cleaned_data)
    if why := _refused(lambda: agree_break_glass(visit, request.session, opaque, wished)):
        return _one(request, opaque, form, 400, why)
    messages.success(request, "Agreed, for an hour from now.")
    return redirect("glass_one", opaque=opaque)


@errand(Errand.HANDLE_CASES)
@require_POST
def refuse(request: HttpRequest, opaque: str) -> HttpResponse:
    """Refuse, and say why."""
    visit, form = visiting(request), RefuseForm(request.POST)
    break_glass_one(visit, opaque)
    if not form.is_valid():
        return _one(request, opaque, form, 400)
    if why := _refused(lambda: refuse_break_glass(visit, opaque, form.cleaned_data["reason"])):
        return _one(request, opaque, form, 400, why)
    messages.success(request, "Refused. Nothing was opened.")
    return redirect("glass_one", opaque=opaque)


@errand(Errand.SEE_GLASS)
@require_POST
def end(request: HttpRequest, opaque: str) -> HttpResponse:
    """End it before its hour is over."""
    end_break_glass(visiting(request), opaque)
    messages.success(request, "Ended. The record is closed again.")
    return redirect("glass_one", opaque=opaque)


def _refused(act: Callable[[], object]) -> str:
    """Why something was refused, as a sentence; empty if it was done. What is not there stays so."""
    try:
        act()
    except (NotFound, StepUpNeeded):
        raise
    except Refused as refused:
        return f"{refused.reason[:1].upper()}{refused.reason[1:]}."
    return ""


def _list(request: HttpRequest, form: AskForm | None = None, status: int = 200) -> HttpResponse:
    page = break_glass_page(visiting(request))
    told = {"page": page, "form": form or (AskForm(people=page.people) if page.people else None)}
    return render(request, "courtside/glass/list.html", told, status=status)


def _one(
    request: HttpRequest, opaque: str, form: forms.Form | None = None, status: int = 200, refused: str = ""
) -> HttpResponse:
    told = {
        "refused": refused,
        "line": break_glass_one(visiting(request), opaque),
        "agree": form if isinstance(form, AgreeForm) else AgreeForm(),
        "refuse": form if isinstance(form, RefuseForm) else RefuseForm(auto_id="refuse_%s"),
    }
    return render(request, "courtside/glass/one.html", told, status=status)
