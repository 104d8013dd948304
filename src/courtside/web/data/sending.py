"""Sending files, looking at what they would become, and importing them."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from courtside.services.refused import Refused
from courtside.services.upload_mapping import mapping_from
from courtside.services.upload_preview import Preview, import_upload, preview_upload
from courtside.services.uploads import (
    ANSWERS,
    MOST_BYTES,
    MOST_FILES,
    SUFFIXES,
    SentFile,
    Upload,
    choose,
    choose_mapping,
    forget,
    keep_files,
    upload_of,
)  # fmt: skip
from courtside.services.viewing import NotFound, Visit
from courtside.store.access import Errand
from courtside.web.policy import errand, visiting


@errand(Errand.IMPORT_RECORDS)
@require_http_methods(["GET", "HEAD", "POST"])
def data_upload(request: HttpRequest) -> HttpResponse:
    """A form for files; sent, they are kept and shown as they would be read."""
    refused: Refused | None = None
    if request.method == "POST":
        sent = [SentFile(one.name or "", one.chunks()) for one in request.FILES.getlist("files")]
        try:
            upload = keep_files(visiting(request), sent)
        except Refused as found:
            refused = found
        else:
            return redirect("data_preview", upload=upload.upload_id)
    told = {
        "refused": refused,
        "most_mb": MOST_BYTES // 1024 // 1024,
        "most_files": MOST_FILES,
        "accepted": ",".join(SUFFIXES),
    }
    return render(request, "courtside/data/upload.html", told, status=400 if refused else 200)


@errand(Errand.IMPORT_RECORDS)
@require_http_methods(["GET", "HEAD", "POST"])
def data_preview(request: HttpRequest, upload: str) -> HttpResponse:
    """What the files would become; sent back, the answers to what was asked."""
    visit = visiting(request)
    found = upload_of(visit, upload)
    if found.is_done:
        return _receipt(found)
    if request.method == "POST":
        answers = {name: request.POST[name] for name in ANSWERS if request.POST.get(name)}
        choose(found, answers, is_set_aside=bool(request.POST.get("set_aside")))
        return redirect("data_preview", upload=upload)
    return _previewed(request, visit, found)


@errand(Errand.IMPORT_RECORDS)
@require_POST
def data_mapping(request: HttpRequest, upload: str) -> HttpResponse:
    """Settle which column is which field: by the form, by a text, or as proposed again."""
    visit = visiting(request)
    found = _unfinished(visit, upload)
    try:
        if "again" in request.POST:
            choose_mapping(found, None)
        elif "as_text" in request.POST:
            choose_mapping(found, request.POST.get("text", ""))
        else:
            scratch = Path(tempfile.mkdtemp(dir=found.folder))
            try:
                choose_mapping(found, mapping_from(found, request.POST.dict(), scratch))
            finally:
                shutil.rmtree(scratch, ignore_errors=True)
    except NotFound:
        raise
    except Refused as refused:
        return _previewed(request, visit, found, refused=refused, text=request.POST.get("text"))
    return redirect("data_preview", upload=upload)


@errand(Errand.IMPORT_RECORDS)
@require_POST
def data_run(request: HttpRequest, upload: str) -> HttpResponse:
    """Import the files as one batch. Sent twice, the second answer is the first one's batch."""
    visit = visiting(request)
    try:
        found = import_upload(visit, upload_of(visit, upload))
    except NotFound:
        raise
    except Refused as refused:
        kept = upload_of(visit, upload)
        told = {"upload": kept, "refused": refused, "has_file": kept.refused is not None}
        return render(request, "courtside/data/refused.html", told, status=400)
    for note in found.notes:
        messages.info(request, note)
    return _receipt(found)


@errand(Errand.IMPORT_RECORDS)
@require_POST
def data_forget(request: HttpRequest, upload: str) -> HttpResponse:
    """Take the files away without importing them."""
    forget(upload_of(visiting(request), upload))
    messages.info(request, "The files were taken away. Nothing was imported.")
    return redirect("data")


@errand(Errand.IMPORT_RECORDS)
@require_GET
def data_upload_refused(request: HttpRequest, upload: str) -> FileResponse:
    """Every refused row of the files as they were last looked at, as CSV."""
    path = upload_of(visiting(request), upload).refused
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename="refused.csv", content_type="text/csv")


def _unfinished(visit: Visit, upload: str) -> Upload:
    found = upload_of(visit, upload)
    if found.is_done:
        raise NotFound
    return found


def _receipt(upload: Upload) -> HttpResponse:
    if upload.batch is None:
        return redirect("data")
    return redirect("data_batch", number=upload.batch)


def _previewed(
    request: HttpRequest, visit: Visit, upload: Upload, *, refused: Refused | None = None, text: str | None = None
) -> HttpResponse:
    preview: Preview = preview_upload(visit, upload)
    told = {
        "upload": upload,
        "names": [path.name for path in upload.files],
        "preview": preview,
        "refused": refused,
        "text": text if text is not None else (preview.mapping.text if preview.mapping else ""),
        "has_file": upload.refused is not None,
    }
    return render(request, "courtside/data/preview.html", told, status=400 if refused else 200)
