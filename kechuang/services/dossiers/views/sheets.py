"""本单位的表格: three years as Excel; a filled-in file is shown in the form first, and saved from there."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from kechuang.core.dossier.actions import OWN, stated
from kechuang.core.dossier.facts import last_full_year
from kechuang.kit.refusal import Refusal
from kechuang.services.dossiers.page import YEARS
from kechuang.services.dossiers.sheet import figures_of, figures_workbook
from kechuang.services.dossiers.views.files import filled, keep_form, years_form, years_page
from kechuang.services.dossiers.views.officers import EXCEL
from kechuang.web import clock
from kechuang.web.session import SignedIn


def _years() -> list[int]:
    last = last_full_year(clock.today())
    return [last - ago for ago in range(YEARS)]


@login_required
@require_safe
def download(request: SignedIn, pk: int) -> HttpResponse:
    """下载: what the enterprise itself has stated."""
    party = filled(request, pk)
    data = figures_workbook(_("年度数据"), stated(party, OWN, _years()), _years())
    headers = {"Content-Disposition": f'attachment; filename="figures-{party.uscc or party.pk}.xlsx"'}
    return HttpResponse(data, content_type=EXCEL, headers=headers)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: SignedIn, pk: int) -> HttpResponse:
    """上传: the file fills the form of all parts; nothing is saved before it has been looked at."""
    party = filled(request, pk)
    file = request.FILES.get("file")
    if request.method != "POST" or file is None:
        form = years_form(request.POST if request.method == "POST" else None, party, "")
        if form.is_valid() and keep_form(request, party, form):
            return redirect("dossier", pk)
        return years_page(request, party, form, "")
    try:
        given = figures_of(file.name or "", file.read(), _years())
    except Refusal as refusal:
        form = years_form(None, party, "")
        return years_page(request, party, form, "", problem=refusal.message)
    blank = years_form(None, party, "")
    query = QueryDict(mutable=True)
    for name in blank.fields:
        query[name] = blank["seen"].value() if name == "seen" else given.get(name, "")
    form = years_form(query, party, "")
    return years_page(request, party, form, "", note=_("以下来自文件，请核对后保存；还没有写入。"))
