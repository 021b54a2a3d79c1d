"""导入导出页面: upload a file, see row by row what it would do, confirm, follow, mend; export lists."""

import io
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.cases import access, import_files, import_queries, import_targets, imports
from kechuang.core.cases.models import Import, ImportRow
from kechuang.core.catalogue.models import get
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.exports import exported
from kechuang.web.import_forms import FileForm, UploadForm
from kechuang.web.session import private
from kechuang.web.sheets import sheet_of
from kechuang.web.views.search import kind_or_404

ROWS, IMPORTS = 50, 30


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, service: str) -> HttpResponse:
    """上传: reads the file at once; a file that cannot be read is refused here, with the reason."""
    kind_or_404(service)
    access.require_importer(request.user, service)
    sent = (request.POST, request.FILES) if request.method == "POST" else ()
    form = UploadForm(*sent, user=request.user, service=service)
    batch = _started(form, lambda: _start(request, service, form))
    if batch is not None:
        return redirect("import", pk=batch.pk)
    context = {"form": form, "service": get(service), "label": get(service).title}
    return render(request, "web/import_new.html", context, status=422 if form.is_bound else 200)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """上传清单: an exported list that was changed, read at once."""
    sheet = sheet_of(code)
    if sheet is None or not import_targets.is_importable(code):
        raise Http404
    import_targets.target_of(code).require(request.user, clock.now())
    form = FileForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    batch = _started(form, lambda: _start_sheet(request, code, form))
    if batch is not None:
        return redirect("import", pk=batch.pk)
    context = {"form": form, "sheet": sheet, "label": _(sheet.label)}
    return render(request, "web/import_new.html", context, status=422 if form.is_bound else 200)


def _started(form: FileForm, start: Callable[[], Import]) -> Import | None:
    """The import that an upload begins; None where there is none yet or the form says why not."""
    if not (form.is_bound and form.is_valid()):
        return None
    try:
        return start()
    except NotAllowed:
        raise
    except Refusal as refusal:
        form.add_error("file", refusal.message)
        return None


def _start_sheet(request: HttpRequest, code: str, form: FileForm) -> Import:
    file = form.cleaned_data["file"]
    return imports.start_sheet_import(
        sheet=code, name=file.name, data=file.read(), language=get_language() or "", by=request.user, now=clock.now()
    )


def _start(request: HttpRequest, service: str, form: UploadForm) -> Import:
    data = form.cleaned_data
    return imports.start_import(
        service=service,
        name=data["file"].name,
        data=data["file"].read(),
        by=request.user,
        now=clock.now(),
        submit=data["submit"],
        industry=data["industry"],
        mend=data["mend"],
        **form.target(),
    )


def _batch(request: HttpRequest, pk: int) -> Import:
    return get_object_or_404(import_queries.imports_of(request.user), pk=pk)


@login_required
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """我的导入: newest first."""
    pages = Paginator(import_queries.imports_of(request.user), IMPORTS)
    rows = pages.get_page(request.GET.get("page"))
    context = {
        "rows": [(row, label_of(row)) for row in rows],
        "page": Page(rows.number, pages.num_pages),
        "services": access.importable(request.user),
    }
    return render(request, "web/imports.html", context)


@login_required
@require_safe
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    """一次导入: preview, progress or result; while it works the page asks again every second."""
    found = _batch(request, pk)
    part = "#import" if getattr(request, "htmx", None) else ""
    return render(request, f"web/import.html{part}", _context(request, found))


def _context(request: HttpRequest, found: Import) -> dict[str, Any]:
    working = found.state in (Import.State.READ, Import.State.RUNNING)
    counts = import_queries.outcomes(found)
    sheet = sheet_of(found.sheet)
    context = {
        "batch": found,
        "sheet": sheet,
        "label": label_of(found),
        "parts": {n: _(sheet.parts[n].label) for n in map(int, found.heads)} if sheet else {},
        "progress": import_queries.progress(found),
        "working": working,
        "counts": counts,
    }
    return context if working else context | _preview(request, found, counts)


def label_of(found: Import) -> str:
    """What an import is about, in words."""
    sheet = sheet_of(found.sheet)
    return _(sheet.label) if sheet else str(get(found.service).title) if found.service else found.sheet


def _preview(request: HttpRequest, found: Import, counts: dict[str, int]) -> dict[str, Any]:
    """The rows, once they stand still."""
    outcome = request.GET.get("outcome", "")
    pages = Paginator(import_queries.rows_of(found, outcome), ROWS)
    rows = pages.get_page(request.GET.get("page"))
    labels = dict(ImportRow.Outcome.choices)
    return {
        "ready": counts["create"] + counts["update"] if found.state == Import.State.CHECKED else 0,
        "seen": found.total - counts[""],
        "tabs": [(code, labels[code], counts[code]) for code in import_queries.FILTERS],
        "outcome": outcome if outcome in import_queries.FILTERS else "",
        "rows": rows,
        "page": Page(rows.number, pages.num_pages),
        "same": import_queries.same_file(found),
    }


@login_required
@require_POST
def confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """确认导入; a second click changes nothing."""
    imports.confirm(batch=_batch(request, pk), by=request.user, now=clock.now())
    return redirect("import", pk=pk)


@login_required
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """取消导入: what has been entered stays."""
    imports.cancel(batch=_batch(request, pk), by=request.user, now=clock.now())
    return redirect("import", pk=pk)


@login_required
@require_safe
def failed(request: HttpRequest, pk: int, kind: str) -> FileResponse:
    """失败行: only the rows with errors, in the format of the import."""
    found = _batch(request, pk)
    rows = import_queries.rows_of(found, ImportRow.Outcome.ERROR)
    if not rows.exists():
        raise Http404
    make = import_targets.target_of(found.sheet).failed if found.sheet else import_files.failed
    return _file(make(found, rows, _known(kind)), label_of(found), _("失败行"), kind)


@login_required
@require_safe
def template(request: HttpRequest, service: str, kind: str) -> FileResponse:
    """模板: an empty file with explanations and code lists."""
    kind_or_404(service)
    access.require_importer(request.user, service)
    return _file(import_files.template(service, _known(kind)), get(service).name, _("导入模板"), kind)


@require_safe
@private
def export(request: HttpRequest, service: str, kind: str) -> FileResponse:
    """导出: what the user may see under the filters of the list, with the columns of the import."""
    kind_or_404(service)
    _known(kind)
    content = exported(request.user, request.GET, service, kind, clock.now())
    return _file(content, get(service).name, f"{clock.today():%Y%m%d}", kind)


def _known(kind: str) -> str:
    """The format, or 404."""
    if kind not in import_files.MEDIA:
        raise Http404
    return kind


def _file(content: bytes, name: str, words: str, kind: str) -> FileResponse:
    return FileResponse(
        io.BytesIO(content),
        as_attachment=True,
        filename=f"{name}-{words}.{kind}",
        content_type=import_files.MEDIA[kind],
    )
