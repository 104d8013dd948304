"""Addresses of the stages at which cases stay behind."""

from django.urls import URLPattern, path

from courtside.web.leaks import views

urlpatterns: list[URLPattern] = [
    path("", views.leaks, name="leaks"),
    path("months/", views.months, name="leak_months"),
    path("records/", views.records, name="leak_records"),
    path("what-if/", views.what_if, name="leak_what_if"),
]
