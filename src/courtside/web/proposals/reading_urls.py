"""The address under which a person reads the evidence about their own figure."""

from django.urls import URLPattern, path

from courtside.web.proposals import views

urlpatterns: list[URLPattern] = [path("<str:reading_id>/", views.to_read, name="to_read")]
