"""Addresses of users and their duties, for administrators."""

from __future__ import annotations

from django.urls import URLPattern, path

from courtside.web.people import views

urlpatterns: list[URLPattern] = [
    path("", views.people, name="people_settings"),
    path("add/", views.add, name="people_add"),
    path("<int:user_id>/", views.person, name="people_user"),
    path("<int:user_id>/change/", views.change, name="people_change"),
    path("<int:user_id>/link/", views.link, name="people_link"),
    path("<int:user_id>/close/", views.close, name="people_close"),
    path("<int:user_id>/open/", views.reopen, name="people_open"),
    path("<int:user_id>/grant/", views.grant, name="people_grant"),
    path("<int:user_id>/revoke/", views.revoke, name="people_revoke"),
]
