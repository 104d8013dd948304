"""Addresses of one's own data."""

from django.urls import URLPattern, path

from courtside.web.hr import case_views

urlpatterns: list[URLPattern] = [
    path("", case_views.my_data, name="my_data"),
    path("data.zip", case_views.my_data_zip, name="my_data_zip"),
]
