"""Addresses of the log."""

from django.urls import URLPattern, path

from courtside.web.log import views

urlpatterns: list[URLPattern] = [
    path("", views.log, name="log"),
    path("rows.csv", views.log_rows, name="log_rows"),
]
