"""Addresses of proposals: nothing but ids that say nothing."""

from django.urls import URLPattern, path

from courtside.web.proposals import views

urlpatterns: list[URLPattern] = [
    path("", views.proposals, name="proposals"),
    path("deciders/", views.proposal_deciders, name="proposal_deciders"),
    path("<str:proposal_id>/", views.proposal, name="proposal"),
    path("<str:proposal_id>/rows/", views.proposal_rows, name="proposal_rows"),
    path("<str:proposal_id>/check/", views.proposal_check, name="proposal_check"),
    path("<str:proposal_id>/decide/", views.proposal_decide, name="proposal_decide"),
]
