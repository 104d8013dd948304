"""Addresses of disputes."""

from django.urls import URLPattern, path

from courtside.web.disputes import views

urlpatterns: list[URLPattern] = [
    path("", views.disputes, name="disputes"),
    path("new/<str:person_id>/<str:metric>/", views.dispute_new, name="dispute_new"),
    path("<int:number>/", views.dispute, name="dispute"),
    path("<int:number>/decide/", views.dispute_decide, name="dispute_decide"),
    path("<int:number>/withdraw/", views.dispute_withdraw, name="dispute_withdraw"),
    path("notices/<int:number>/read/", views.dispute_read, name="dispute_read"),
]
