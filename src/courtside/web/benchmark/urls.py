"""Addresses of like with like: one for each question."""

from django.urls import URLPattern, path

from courtside.web.benchmark import views

urlpatterns: list[URLPattern] = [
    path("", views.benchmark, name="benchmark"),
    path("<str:what>/", views.benchmark_question, name="benchmark_question"),
]
