"""One's own tasks: what mails and channels only hint at is found here."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courtside.services.outbox_mine import mute_tasks, open_task, tasks_page
from courtside.services.outbox_retry import retry_outbox
from courtside.web.channels.forms import QuietForm
from courtside.web.policy import signed_in, visiting


@signed_in
@require_GET
def tasks(request: HttpRequest) -> HttpResponse:
    """What waits for the viewer."""
    return render(request, "courtside/channels/tasks.html", {"page": tasks_page(visiting(request))})


@signed_in
@require_GET
def task(request: HttpRequest, task: str) -> HttpResponse:
    """Where one task waits: on with it. Nobody but the one it is for finds it."""
    return redirect(open_task(visiting(request), task))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def quiet(request: HttpRequest) -> HttpResponse:
    """Which mails one wants."""
    visit = visiting(request)
    page = tasks_page(visit)
    form = QuietForm(
        request.POST if request.method == "POST" else None,
        choices=[(one.words, one.subject) for one in page.quiet],
        initial={"words": [one.words for one in page.quiet if one.is_muted]},
    )
    if form.is_bound and form.is_valid():
        mute_tasks(visit, form.cleaned_data["words"])
        messages.success(request, "Kept. What must reach you is sent all the same.")
        return redirect("tasks")
    return render(request, "courtside/channels/quiet.html", {"form": form}, status=400 if form.is_bound else 200)


@signed_in
@require_POST
def retry(request: HttpRequest) -> HttpResponse:
    """Send again what failed."""
    number = retry_outbox(visiting(request))
    messages.success(request, f"{number} message{'' if number == 1 else 's'} will be tried again.")
    return redirect("tasks")
