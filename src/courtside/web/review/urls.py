"""The address of metrics on trial."""

from django.urls import URLPattern, path

from courtside.web.review import views

urlpatterns: list[URLPattern] = [
    path("", views.review, name="review"),
]
