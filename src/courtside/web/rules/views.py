"""The pages of rules: written, replayed, approved by a second person, switched on and paused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courtside.services.approve_rule import approve_rule
from courtside.services.refused import Refused
from courtside.services.replay_rule import ReplayRule, replay_rule
from courtside.services.rule_builder import block_of, filled_of, slots
from courtside.services.rule_pages import readable, rule_page, rules_page
from courtside.services.rule_rights import may_write, require_approver, require_writer
from courtside.services.save_rule import save_rule
from courtside.services.step_up import StepUpNeeded, require_fresh
from courtside.services.submit_rule import submit_rule
from courtside.services.switch_rule import pause_rule, switch_on_rule
from courtside.services.viewing import NotFound, served
from courtside.web.policy import signed_in, visiting
from courtside.web.rules.forms import ReasonForm, RuleForm


@signed_in
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """The rules the viewer may read."""
    visit = visiting(request)
    return render(request, "courtside/rules/rules.html", {"lines": rules_page(visit), "writes": may_write(visit)})


@signed_in
@require_GET
def rule(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """One version of a rule."""
    return _page(request, name, number, ReasonForm())


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: HttpRequest) -> HttpResponse:
    """The sentence builder; sent back, there is a draft."""
    return _build(request, RuleForm(request.POST or None, slots=slots(visiting(request))))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """The same with the slots of a version, which becomes another version."""
    visit = visiting(request)
    filled = asdict(filled_of(visit, name, number))
    return _build(request, RuleForm(request.POST or None, slots=slots(visit), initial=filled))


def _build(request: HttpRequest, form: RuleForm) -> HttpResponse:
    visit = visiting(request)
    if request.method == "POST" and form.is_valid():
        try:
            made = save_rule(visit, served(), block_of(visit, form.filled()))
        except NotFound:
            raise
        except Refused as refused:
            for line in refused.lines or (refused.reason,):
                form.add_error(None, line)
        else:
            messages.info(request, "The draft is saved. Replay it on the past before it is put up for approval.")
            return redirect("rule", name=made.rule, number=made.version)
    return render(request, "courtside/rules/build.html", {"form": form}, status=400 if form.errors else 200)


@signed_in
@require_POST
def rule_replay(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Replay a version on the past and keep what was found."""
    visit = visiting(request)
    require_writer(visit)
    readable(visit, name, number)
    replay_rule(served(), visit.caller, ReplayRule(name, number))
    return redirect("rule", name=name, number=number)


@signed_in
@require_POST
def rule_submit(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Put a draft up for approval."""
    visit = visiting(request)
    readable(visit, name, number)
    submit_rule(visit, served(), name, number)
    messages.info(request, "Put up. Somebody of HR who did not write it looks at its replay and approves it.")
    return redirect("rule", name=name, number=number)


@signed_in
@require_POST
def rule_approve(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Approve a version, with a fresh second factor and a reason."""
    visit = visiting(request)
    require_approver(visit)
    require_fresh(visit, request.session)

    def approve(form: ReasonForm) -> str:
        told = form.cleaned_data
        approve_rule(visit, served(), name, number, told["sha256"], told["reason"])
        return "Approved. It looks at nobody until it is switched on."

    return _with_reason(request, name, number, approve)


@signed_in
@require_POST
def rule_switch_on(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Switch an approved version on, with a fresh second factor."""
    visit = visiting(request)
    require_approver(visit)
    require_fresh(visit, request.session)
    switch_on_rule(visit, served(), name, number)
    messages.info(request, "Live. It proposes; a person decides.")
    return redirect("rule", name=name, number=number)


@signed_in
@require_POST
def rule_pause(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Pause a live version, with a reason."""
    visit = visiting(request)
    require_approver(visit)

    def pause(form: ReasonForm) -> str:
        pause_rule(visit, name, number, form.cleaned_data["reason"])
        return "Paused. It looks at nobody until it is switched on again."

    return _with_reason(request, name, number, pause)


def _with_reason(request: HttpRequest, name: str, number: int, act: Callable[[ReasonForm], str]) -> HttpResponse:
    """Do something that takes a reason; a refusal is told on the page it came from."""
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            messages.info(request, act(form))
        except (NotFound, StepUpNeeded):
            raise
        except Refused as refused:
            for line in (refused.reason, *refused.lines[:5]):
                form.add_error(None, f"{line[:1].upper()}{line[1:]}.")
        else:
            return redirect("rule", name=name, number=number)
    return _page(request, name, number, form)


def _page(request: HttpRequest, name: str, number: int, form: ReasonForm) -> HttpResponse:
    page = rule_page(visiting(request), served(), name, number)
    form.initial["sha256"] = page.sha256
    told = {"page": page, "line": page.line, "form": form}
    return render(request, "courtside/rules/rule.html", told, status=400 if form.errors else 200)
