"""Users and their duties: who may sign in, as whom, and to do what. For administrators; no figures of people."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from courtside.services.account_rules import Changing, role_named
from courtside.services.add_user import NewUser, add_user
from courtside.services.change_user import Particulars, change_user
from courtside.services.close_account import close_account
from courtside.services.duties_page import waiting_for
from courtside.services.grant_role import grant_role
from courtside.services.invite_user import invite_user
from courtside.services.open_account import open_account
from courtside.services.refused import Refused
from courtside.services.revoke_role import revoke_role
from courtside.services.viewing import NotFound, Visit
from courtside.store import accounts
from courtside.store.access import Errand, Role
from courtside.web.duties import DUTIES, Duty, duties_of
from courtside.web.people.forms import NewUserForm, UserForm
from courtside.web.policy import errand, visiting


@dataclass(frozen=True, slots=True)
class Row:
    """A user as administrators see them."""

    user_id: int
    username: str
    name: str
    email: str
    person: str
    duties: tuple[Duty, ...]
    state: str
    """`open`, `closed`, or `invited` until a password is chosen."""
    last_login: datetime | None
    is_self: bool
    units: tuple[str, ...]
    """The teams they are HR partner for; none: all of them, if they are one."""


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link, shown this once."""

    name: str
    address: str
    hours: int


@errand(Errand.MANAGE_USERS)
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody who can sign in."""
    return _list_page(request, NewUserForm(persons=_persons(visiting(request))))


@errand(Errand.MANAGE_USERS)
@require_POST
def add(request: HttpRequest) -> HttpResponse:
    """A new user; the page that answers shows their one-time link."""
    visit = visiting(request)
    form = NewUserForm(request.POST, persons=_persons(visit))
    if not form.is_valid():
        return _list_page(request, form, status=400)
    told = form.cleaned_data
    roles = frozenset(Role(role) for role in told["roles"])
    new = NewUser(told["username"], told["name"], told["email"], told["person_id"], roles)
    try:
        _, secret = add_user(_changing(visit), new, frozenset(visit.hierarchy.names))
    except Refused as refused:
        form.add_error(None, refused.reason)
        return _list_page(request, form, status=400)
    return _list_page(request, NewUserForm(persons=_persons(visit)), link=_link(request, new.name, secret))


@errand(Errand.MANAGE_USERS)
@require_GET
def person(request: HttpRequest, user_id: int) -> HttpResponse:
    """One user."""
    return _user_page(request, user_id)


@errand(Errand.MANAGE_USERS)
@require_POST
def change(request: HttpRequest, user_id: int) -> HttpResponse:
    """Other particulars of a user."""
    visit = visiting(request)
    form = UserForm(request.POST, persons=_persons(visit, _account(user_id).person_id))
    if not form.is_valid():
        return _user_page(request, user_id, form=form, status=400)
    told = form.cleaned_data
    wished = Particulars(told["name"], told["email"], told["person_id"])
    try:
        change_user(_changing(visit), user_id, wished, frozenset(visit.hierarchy.names))
    except Refused as refused:
        form.add_error(None, refused.reason)
        return _user_page(request, user_id, form=form, status=400)
    return _done(request, user_id, "The user is changed.")


@errand(Errand.MANAGE_USERS)
@require_POST
def link(request: HttpRequest, user_id: int) -> HttpResponse:
    """A new one-time link; the page that answers shows it."""
    forget = request.POST.get("second_factor") == "forget"
    try:
        secret = invite_user(_changing(visiting(request)), user_id, without_second_factor=forget)
    except Refused as refused:
        return _user_page(request, user_id, refused=refused.reason, status=400)
    return _user_page(request, user_id, link=_link(request, _account(user_id).name, secret))


@errand(Errand.MANAGE_USERS)
@require_POST
def close(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let somebody sign in no more."""
    return _tried(request, user_id, lambda changing: close_account(changing, user_id), "The account is closed.")


@errand(Errand.MANAGE_USERS)
@require_POST
def reopen(request: HttpRequest, user_id: int) -> HttpResponse:
    """Let somebody sign in again."""
    return _tried(request, user_id, lambda changing: open_account(changing, user_id), "The account is open.")


@errand(Errand.MANAGE_USERS)
@require_POST
def grant(request: HttpRequest, user_id: int) -> HttpResponse:
    """Give a duty."""
    role = request.POST.get("role", "")
    told = "Asked for: it opens people's records, so an HR partner has to agree. They are told."
    try:
        if grant_role(_changing(visiting(request)), user_id, role_named(role)):
            told = "The duty is given."
    except Refused as refused:
        return _user_page(request, user_id, refused=refused.reason, status=400)
    return _done(request, user_id, told)


@errand(Errand.MANAGE_USERS)
@require_POST
def revoke(request: HttpRequest, user_id: int) -> HttpResponse:
    """Take a duty."""
    role = request.POST.get("role", "")
    return _tried(request, user_id, lambda by: revoke_role(by, user_id, role_named(role)), "The duty is taken.")


def _tried(request: HttpRequest, user_id: int, act: Callable[[Changing], None], said: str) -> HttpResponse:
    """Do it and show the user; if it is refused, the page says why."""
    try:
        act(_changing(visiting(request)))
    except Refused as refused:
        return _user_page(request, user_id, refused=refused.reason, status=400)
    return _done(request, user_id, said)


def _done(request: HttpRequest, user_id: int, said: str) -> HttpResponse:
    """Back to the user; whoever changed themself stays signed in here, and nowhere else."""
    if user_id == request.user.pk and request.user.is_authenticated:
        request.user.refresh_from_db()
        update_session_auth_hash(request, request.user)
    messages.success(request, said)
    return redirect("people_user", user_id=user_id)


def _changing(visit: Visit) -> Changing:
    return Changing(visit.caller, visit.viewer)


def _persons(visit: Visit, now: str = "") -> list[tuple[str, str]]:
    """The people of the records by name, with their ids: two may have one name; and `now`, who is chosen at present."""
    names = {*visit.hierarchy.names, now} - {""}
    return sorted(((one, f"{visit.hierarchy.name(one)} ({one})") for one in names), key=lambda pair: pair[1].lower())


def _link(request: HttpRequest, name: str, secret: str) -> Link:
    path = reverse("welcome", args=[secret])
    origin = settings.ORIGIN
    address = f"{origin}{path}" if origin else request.build_absolute_uri(path)
    return Link(name, address, int(accounts.INVITATION_LASTS.total_seconds() // 3600))


def _account(user_id: int) -> accounts.Account:
    """A user by number. Raises NotFound."""
    found = accounts.account(user_id)
    if found is None:
        raise NotFound
    return found


def _row(visit: Visit, one: accounts.Account) -> Row:
    state = "closed" if not one.is_active else "open" if one.has_password else "invited"
    return Row(
        one.user_id,
        one.username,
        one.name,
        one.email,
        visit.hierarchy.name(one.person_id) if one.person_id else "",
        duties_of(one.roles),
        state,
        one.last_login,
        one.user_id == visit.viewer.user_id,
        tuple(sorted(one.units)),
    )


def _list_page(request: HttpRequest, form: NewUserForm, *, link: Link | None = None, status: int = 200) -> HttpResponse:
    visit = visiting(request)
    rows = [_row(visit, one) for one in accounts.accounts()]
    told = {"rows": rows, "form": form, "link": link, "has_records": bool(visit.hierarchy.names)}
    return render(request, "courtside/people/list.html", told, status=status)


def _user_page(  # noqa: PLR0913  (what may have gone before)
    request: HttpRequest,
    user_id: int,
    *,
    form: UserForm | None = None,
    link: Link | None = None,
    refused: str = "",
    status: int = 200,
) -> HttpResponse:
    visit, one = visiting(request), _account(user_id)
    before = {"name": one.name, "email": one.email, "person_id": one.person_id}
    told = {
        "user_row": _row(visit, one),
        "form": form or UserForm(initial=before, persons=_persons(visit, one.person_id)),
        "other_duties": [duty for duty in DUTIES if duty.role not in {role.value for role in one.roles}],
        "asked_duties": duties_of(waiting_for(user_id)),
        "link": link,
        "refused": refused,
    }
    return render(request, "courtside/people/user.html", told, status=status)
