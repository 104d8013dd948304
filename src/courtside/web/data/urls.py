"""Addresses of the data pages."""

from django.urls import URLPattern, path

from courtside.web.data import receipts, sending

urlpatterns: list[URLPattern] = [
    path("", receipts.data, name="data"),
    path("upload/", sending.data_upload, name="data_upload"),
    path("upload/<str:upload>/", sending.data_preview, name="data_preview"),
    path("upload/<str:upload>/mapping/", sending.data_mapping, name="data_mapping"),
    path("upload/<str:upload>/refused.csv", sending.data_upload_refused, name="data_upload_refused"),
    path("upload/<str:upload>/import/", sending.data_run, name="data_run"),
    path("upload/<str:upload>/forget/", sending.data_forget, name="data_forget"),
    path("imports/<int:number>/", receipts.data_batch, name="data_batch"),
    path("imports/<int:number>/undo/", receipts.data_undo, name="data_undo"),
    path("imports/<int:number>/refused.csv", receipts.data_refused, name="data_refused"),
]
