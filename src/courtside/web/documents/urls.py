"""Addresses of documents: nothing but ids that say nothing."""

from django.urls import URLPattern, path

from courtside.web.documents import signing_views, views

urlpatterns: list[URLPattern] = [
    path("", views.documents, name="documents"),
    path("<str:document_id>/", views.document, name="document"),
    path("<str:document_id>/open/", views.document_open, name="document_open"),
    path("<str:document_id>/pdf/", views.document_pdf, name="document_pdf"),
    path("<str:document_id>/scans/<int:number>/", views.document_scan, name="document_scan"),
    path("<str:document_id>/statement/", views.document_statement, name="document_statement"),
    path("<str:document_id>/consent/", signing_views.document_consent, name="document_consent"),
    path("<str:document_id>/sign/", signing_views.document_sign, name="document_sign"),
    path("<str:document_id>/decline/", signing_views.document_decline, name="document_decline"),
    path("<str:document_id>/paper/", signing_views.document_paper, name="document_paper"),
    path("<str:document_id>/witness/", signing_views.document_witness, name="document_witness"),
    path("<str:document_id>/witnesses/", signing_views.document_name_witness, name="document_name_witness"),
]
