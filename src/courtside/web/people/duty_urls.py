"""Addresses of duties that take two people."""

from __future__ import annotations

from django.urls import URLPattern, path

from courtside.web.people import duty_views as views

urlpatterns: list[URLPattern] = [
    path("", views.duties, name="duties"),
    path("<int:number>/agree/", views.agree, name="duty_agree"),
    path("<int:number>/refuse/", views.refuse, name="duty_refuse"),
]
