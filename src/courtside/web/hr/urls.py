"""Addresses of HR's console: opaque ids, and nothing that says what a case is about."""

from django.urls import URLPattern, path

from courtside.web.hr import case_views, keeping_views, views

urlpatterns: list[URLPattern] = [
    path("", views.queue, name="hr"),
    path("calendar/", views.calendar, name="hr_calendar"),
    path("templates/", views.templates, name="hr_templates"),
    path("templates/<str:name>/sample.pdf", views.template_sample, name="hr_template_sample"),
    path("equity/", views.equity, name="hr_equity"),
    path("retention/", keeping_views.retention, name="hr_retention"),
    path("retention/ask/", keeping_views.erasure_ask, name="hr_erasure_ask"),
    path("erasures/<str:opaque>/", keeping_views.erasure, name="hr_erasure"),
    path("erasures/<str:opaque>/approve/", keeping_views.erasure_approve, name="hr_erasure_approve"),
    path("erasures/<str:opaque>/withdraw/", keeping_views.erasure_withdraw, name="hr_erasure_withdraw"),
    path("holds/", keeping_views.holds, name="hr_holds"),
    path("holds/place/", keeping_views.hold_place, name="hr_hold_place"),
    path("holds/<int:number>/ask/", keeping_views.hold_ask, name="hr_hold_ask"),
    path("holds/<int:number>/keep/", keeping_views.hold_keep, name="hr_hold_keep"),
    path("holds/<int:number>/release/", keeping_views.hold_release, name="hr_hold_release"),
    path("cases/<str:case_id>/", case_views.case, name="hr_case"),
    path("cases/<str:case_id>/auditor/", case_views.case_assign, name="hr_case_assign"),
    path("cases/<str:case_id>/auditor/end/", case_views.case_unassign, name="hr_case_unassign"),
    path("cases/<str:case_id>/approver/", case_views.case_approver, name="hr_case_approver"),
    path("people/<str:person_id>/", case_views.person, name="hr_person"),
    path("people/<str:person_id>/data.zip", case_views.person_data, name="hr_person_data"),
]
