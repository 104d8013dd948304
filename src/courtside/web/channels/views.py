"""Channels for administrators: hosts that are listed, where programs and rooms are told, and how messages fare."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from courtside.services.channels_change import NewChannel, add_channel, end_channel, try_channel
from courtside.services.channels_hosts import allow_channel_host, disallow_channel_host
from courtside.services.channels_page import channels_page
from courtside.services.refused import Refused
from courtside.services.viewing import NotFound
from courtside.store.access import Errand
from courtside.web.channels.forms import ChannelForm, HostForm
from courtside.web.policy import errand, visiting


@errand(Errand.MANAGE_USERS)
@require_GET
def channels(request: HttpRequest) -> HttpResponse:
    """What is set and listed, and how messages fare."""
    return _page(request, HostForm(), ChannelForm())


@errand(Errand.MANAGE_USERS)
@require_POST
def host_add(request: HttpRequest) -> HttpResponse:
    """List a host."""
    form = HostForm(request.POST)
    if form.is_valid():
        try:
            allow_channel_host(visiting(request), form.cleaned_data["host"])
        except NotFound:
            raise
        except Refused as refused:
            form.add_error("host", refused.reason)
        else:
            return _done(request, "The host is listed.")
    return _page(request, form, ChannelForm(), status=400)


@errand(Errand.MANAGE_USERS)
@require_POST
def host_remove(request: HttpRequest) -> HttpResponse:
    """List a host no more."""
    return _tried(
        request, lambda: disallow_channel_host(visiting(request), request.POST.get("host", "")),
        "The host is listed no more; nothing is sent there.",
    )  # fmt: skip


@errand(Errand.MANAGE_USERS)
@sensitive_post_parameters("address")
@require_POST
def channel_add(request: HttpRequest) -> HttpResponse:
    """Add a channel; the page that answers shows a webhook's secret, this once."""
    form = ChannelForm(request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            secret = add_channel(visiting(request), NewChannel(told["kind"], told["name"], told["address"]))
        except NotFound:
            raise
        except Refused as refused:
            form.add_error("address", refused.reason)
        else:
            if not secret:
                return _done(request, "The channel is added. Try it.")
            return _page(request, HostForm(), ChannelForm(), secret=secret)
    return _page(request, HostForm(), form, status=400)


@errand(Errand.MANAGE_USERS)
@require_POST
def channel_end(request: HttpRequest, channel_id: int) -> HttpResponse:
    """End a channel."""
    return _tried(request, lambda: end_channel(visiting(request), channel_id), "The channel has ended.")


@errand(Errand.MANAGE_USERS)
@require_POST
def channel_try(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Queue a trial to a channel."""
    said = "A trial is queued. Load this page again in a moment: it is counted under sent or failed."
    return _tried(request, lambda: try_channel(visiting(request), channel_id), said)


@errand(Errand.MANAGE_USERS)
@require_POST
def try_mail(request: HttpRequest) -> HttpResponse:
    """Queue a trial mail to whoever asks."""
    said = "A trial mail to your own address is queued."
    return _tried(request, lambda: try_channel(visiting(request), None), said)


def _tried(request: HttpRequest, act: Callable[[], None], said: str) -> HttpResponse:
    act()
    return _done(request, said)


def _done(request: HttpRequest, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("channels")


def _page(
    request: HttpRequest, host_form: HostForm, channel_form: ChannelForm, *, secret: str = "", status: int = 200
) -> HttpResponse:
    told = {
        "page": channels_page(visiting(request)), "host_form": host_form, "channel_form": channel_form,
        "secret": secret,
    }  # fmt: skip
    return render(request, "courtside/channels/channels.html", told, status=status)
