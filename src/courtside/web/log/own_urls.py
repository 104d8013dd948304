"""Addresses of one's own record."""

from django.urls import URLPattern, path

from courtside.web.log import views

urlpatterns: list[URLPattern] = [path("looks/", views.own_looks, name="own_looks")]
