"""Addresses of rules."""

from django.urls import URLPattern, path

from courtside.web.rules import views

urlpatterns: list[URLPattern] = [
    path("", views.rules, name="rules"),
    path("new/", views.rule_new, name="rule_new"),
    path("<slug:name>/<int:number>/", views.rule, name="rule"),
    path("<slug:name>/<int:number>/edit/", views.rule_edit, name="rule_edit"),
    path("<slug:name>/<int:number>/replay/", views.rule_replay, name="rule_replay"),
    path("<slug:name>/<int:number>/submit/", views.rule_submit, name="rule_submit"),
    path("<slug:name>/<int:number>/approve/", views.rule_approve, name="rule_approve"),
    path("<slug:name>/<int:number>/switch-on/", views.rule_switch_on, name="rule_switch_on"),
    path("<slug:name>/<int:number>/pause/", views.rule_pause, name="rule_pause"),
]
