"""Every column in which somebody stands by the name they sign in with, and the other name put there on erasure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Model, Q, QuerySet

from courtside.store import models
from courtside.store.models.guarded import GuardedManager

WHERE: Mapping[type[Model], tuple[str, ...]] = {
    models.ActingManager: ("named_by", "ended_by"),
    models.AllowedHost: ("made_by",),
    models.AskedDuty: ("asked_by", "decided_by"),
    models.BreakGlass: ("asked_by",),
    models.BreakGlassStep: ("asked_by", "by"),
    models.CaseAssignment: ("username", "assigned_by", "ended_by"),
    models.Channel: ("made_by",),
    models.DeclaredConflict: ("username", "declared_by", "ended_by"),
    models.Dispute: ("opened_by", "ended_by"),
    models.Document: ("created_by", "approved_by"),
    models.DocumentFile: ("added_by",),
    models.DocumentWitness: ("username", "named_by", "ended_by"),
    models.ErasureRequest: ("requested_by", "approved_by", "ended_by"),
    models.LegalHold: ("placed_by", "release_asked_by", "released_by"),
    models.OutsideApprover: ("username", "named_by", "agreed_by", "ended_by"),
    models.ProposalDecision: ("decided_by",),
    models.ProposalLook: ("username",),
    models.RoleGrant: ("granted_by",),
    models.RuleReplay: ("by",),
    models.RuleVersion: ("author", "approver", "changed_by"),
    models.SignatureEntry: ("username",),
    models.User: ("identity_checked_by",),
}
"""Plans are not among them: who acted in one is in its steps, which `plans.forget_person` rewrites."""
_ERASED = "the erasure of a person"


def forget_username(username: str, instead: str) -> None:
    """Put another name in the place of that of somebody who is erased, in the open transaction.

    What they gave and decided goes on; the reason they wrote for a decision about a duty goes, and the address they
    signed from.
    """
    _of(models.AskedDuty).filter(decided_by=username).update(reason="")
    _of(models.SignatureEntry).filter(username=username).update(ip="")
    for model, columns in WHERE.items():
        for column in columns:
            _of(model).filter(Q((column, username))).update(**{column: instead})


def _of(model: type[Model]) -> QuerySet[Any]:
    rows = model._default_manager
    return rows.unscoped(_ERASED) if isinstance(rows, GuardedManager) else rows.all()
