"""Addresses of gaps taken apart."""

from django.urls import URLPattern, path

from courtside.web.why import views

urlpatterns: list[URLPattern] = [
    path("<str:person_id>/why/<str:metric>/", views.why, name="why"),
]
