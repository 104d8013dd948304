"""Addresses of plans: opaque ids, and nothing that says of what kind one is."""

from django.urls import URLPattern, path

from courtside.web.plans import views

urlpatterns: list[URLPattern] = [
    path("", views.plans, name="plans"),
    path("team/", views.plans_team, name="plans_team"),
    path("worked/", views.plans_worked, name="plans_worked"),
    path("new/<str:person_id>/", views.plan_new, name="plan_new"),
    path("<str:plan_id>/", views.plan, name="plan"),
    path("<str:plan_id>/account/", views.plan_account, name="plan_account"),
    path("<str:plan_id>/print/", views.plan_sheet, name="plan_sheet"),
    path("<str:plan_id>/<str:slug>/", views.plan_do, name="plan_do"),
]
