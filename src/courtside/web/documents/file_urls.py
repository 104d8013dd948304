"""Addresses of files of people."""

from django.urls import URLPattern, path

from courtside.web.documents import file_views

urlpatterns: list[URLPattern] = [
    path("my-file/", file_views.my_file, name="my_file"),
    path("file/<str:person_id>/", file_views.person_file_page, name="person_file"),
    path("file/<str:person_id>/take/", file_views.person_file_take, name="person_file_take"),
]
