"""Addresses of the stages at which cases stay behind."""

from django.urls import URLPattern, path

from courtside.web.leaks import views

urlpatterns: list[URLPattern] = [path("", views.leaks, name="leaks")]
