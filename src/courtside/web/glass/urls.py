"""Addresses of break-glass: opaque ids, and nobody's name."""

from __future__ import annotations

from django.urls import URLPattern, path

from courtside.web.glass import views

urlpatterns: list[URLPattern] = [
    path("", views.glass, name="glass"),
    path("ask/", views.ask, name="glass_ask"),
    path("<str:opaque>/", views.one, name="glass_one"),
    path("<str:opaque>/agree/", views.agree, name="glass_agree"),
    path("<str:opaque>/refuse/", views.refuse, name="glass_refuse"),
    path("<str:opaque>/end/", views.end, name="glass_end"),
]
