"""Addresses of the catalogue."""

from django.urls import URLPattern, path

from courtside.web.metrics import views

urlpatterns: list[URLPattern] = [
    path("", views.metrics, name="metrics"),
    path("<str:metric>/", views.metric_definition, name="metric_definition"),
]
