"""批量更新页面: officers upload a yearly file, see row by row what it would do, confirm it and follow it."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.dossier import bulk
from kechuang.core.dossier.bulk_columns import CODE, NAME, YEAR
from kechuang.core.dossier.facts import facts
from kechuang.core.dossier.models import MONEY, PROFILE, YEARLY, FigureFile, FigureLine
from kechuang.core.dossier.tasks import later
from kechuang.core.dossier.wording import words
from kechuang.core.parties.access import require_officer
from kechuang.core.vocab import queries as vocab
from kechuang.kit.fields import CodeField
from kechuang.kit.language import main_language
from kechuang.kit.refusal import Refusal
from kechuang.kit.workbooks import Head, workbook
from kechuang.kit.xlsx_guard import Limits
from kechuang.services.dossiers.page import plain
from kechuang.services.dossiers.views.officers import EXCEL
from kechuang.web import clock
from kechuang.web.browse import Page
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn

ROWS, FILES = 50, 20


class UploadForm(forms.Form):
    """上传: a file and whose figures it holds."""

    source = CodeField(
        label=gettext_lazy("数据来源"),
        choices=lambda: [c for c in vocab.choices("dossier_source") if c[0] not in ("enterprise", "case")],
    )
    file = forms.FileField(
        label=gettext_lazy("文件（.xlsx 或 .csv）"), widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"})
    )

    def clean_file(self) -> Any:
        """Too large a file is refused before it is read."""
        file = self.cleaned_data["file"]
        if file.size > Limits().size:
            raise forms.ValidationError(_("文件超过 50 MB，请分成几个文件上传。"))
        return file


def _files(user: Any) -> QuerySet[FigureFile]:
    return FigureFile.objects.filter(by=user).defer("data")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedIn) -> HttpResponse:
    """批量更新: the form, and what one has uploaded before."""
    require_officer(request.user)
    form = UploadForm(*((request.POST, request.FILES) if request.method == "POST" else ()))
    if form.is_bound and form.is_valid():
        given = form.cleaned_data
        try:
            found = bulk.upload(
                name=given["file"].name,
                data=given["file"].read(),
                source=given["source"],
                by=request.user,
                now=clock.now(),
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            later(found.pk)
            return redirect("figure_file", found.pk)
    context = {"form": form, "files": _files(request.user)[:FILES]}
    return render(request, "dossiers/upload.html", context, status=422 if form.errors else 200)


def _template() -> bytes:
    heads = [Head(CODE, required=True, width=22), Head(NAME, width=28), Head(YEAR, width=8)]
    for code in (*PROFILE, *YEARLY):
        fact = facts()[code]
        choices = tuple(label for _code, label in vocab.choices(fact.scheme)) if fact.scheme else ()
        unit = "元" if code in MONEY else fact.unit
        choices = ("是", "否") if fact.type == "bool" else choices
        meaning = f"{fact.definition}（{unit}）" if unit else fact.definition
        heads.append(Head(fact.label, meaning, choices=choices))
    guide = [
        "每个单位每个年度一行；也可以把年度写在表头里，例如“销售收入 2025”，一行填几年。金额以元为单位。",
        "空格表示不更新。与其他来源不一致的，会成为待核对的任务，不会覆盖。",
    ]
    return workbook(sheet="年度数据", heads=heads, guide=guide)


@login_required
@require_safe
def template(request: SignedIn) -> HttpResponse:
    """模板: one row for each organisation and year."""
    require_officer(request.user)
    with main_language():  # like all files of records that are read again
        data = _template()
    name = f"{_('年度数据')}-{_('导入模板')}.xlsx"
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or ""}
    return HttpResponse(data, content_type=EXCEL, headers=headers)


@login_required
@require_safe
def file(request: SignedIn, pk: int) -> HttpResponse:
    """一个文件: preview, progress or result; while it works the page asks again every second."""
    found = get_object_or_404(_files(request.user), pk=pk)
    part = "#work" if getattr(request, "htmx", None) else ""
    return render(request, f"dossiers/figure_file.html{part}", _context(request, found))


def _context(request: SignedIn, found: FigureFile) -> dict[str, Any]:
    working = found.state in (FigureFile.State.UPLOADED, FigureFile.State.RUNNING)
    counts = dict(found.lines.order_by().values_list("outcome").annotate(n=Count("pk")))
    done = found.lines.filter(done=True).count()
    context = {
        "file": found,
        "working": working,
        "counts": counts,
        "done": done,
        "ready": counts.get("change", 0),
        "disputes": found.lines.aggregate(n=Sum("disputes"))["n"] or 0,
    }
    return context if working else context | _rows(request, found, counts)


def _rows(request: SignedIn, found: FigureFile, counts: dict[str, int]) -> dict[str, Any]:
    outcome = request.GET.get("outcome", "")
    outcome = outcome if outcome in FigureLine.Outcome.values else ""
    lines = found.lines.select_related("party")
    pages = Paginator(lines.filter(outcome=outcome) if outcome else lines, ROWS)
    here = pages.get_page(request.GET.get("page"))
    labels = dict(FigureLine.Outcome.choices)
    return {
        "rows": [(line, _changes(line)) for line in here],
        "tabs": [(code, labels[code], counts.get(code, 0)) for code in FigureLine.Outcome.values],
        "outcome": outcome,
        "page": Page(here.number, pages.num_pages),
    }


def _changes(line: FigureLine) -> list[tuple[str, str, str]]:
    return [
        (
            f"{words().label(facts()[name])} {year or ''}".strip(),
            plain(name, before) if before is not None else _("（空）"),
            plain(name, after),
        )
        for year, name, before, after in line.changes
    ]


@login_required
@require_POST
def confirm(request: SignedIn, pk: int) -> HttpResponse:
    """确认写入; a second click changes nothing."""
    found = bulk.confirm(file=get_object_or_404(_files(request.user), pk=pk), by=request.user, now=clock.now())
    later(found.pk)
    return redirect("figure_file", pk)


@login_required
@require_POST
def cancel(request: SignedIn, pk: int) -> HttpResponse:
    """取消或停止: what has been entered stays."""
    bulk.cancel(file=get_object_or_404(_files(request.user), pk=pk), by=request.user, now=clock.now())
    return redirect("figure_file", pk)
