"""Addresses of what widens or narrows somebody's sight: standing in, conflicts, checks of identity."""

from __future__ import annotations

from django.urls import URLPattern, path

from courtside.web.people import sight_views as views

urlpatterns: list[URLPattern] = [
    path("", views.standing_in, name="standing_in"),
    path("name/", views.name_stand_in, name="standing_in_name"),
    path("end/<int:number>/", views.end_stand_in, name="standing_in_end"),
    path("conflicts/declare/", views.declare, name="conflict_declare"),
    path("conflicts/end/<int:number>/", views.end_declared, name="conflict_end"),
    path("identity/<int:user_id>/", views.identity, name="identity_check"),
    path("approvers/<str:case_id>/<str:username>/agree/", views.agree, name="outside_agree"),
]
