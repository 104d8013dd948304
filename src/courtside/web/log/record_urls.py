"""Addresses of somebody's record, for those whose duty it is."""

from django.urls import URLPattern, path

from courtside.web.log import views

urlpatterns: list[URLPattern] = [path("<str:person_id>/looks/", views.looks, name="looks")]
