"""申报窗口页面: what was announced, year by year, and the form in which officers enter it."""

from itertools import product

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.parties.access import posts, require_officer
from kechuang.core.parties.models import Post
from kechuang.core.tiers import access
from kechuang.core.tiers.actions import FIELDS, drop_window, set_window
from kechuang.core.tiers.ladder import ladder
from kechuang.core.tiers.models import Window
from kechuang.core.tiers.queries import windows
from kechuang.core.vocab import queries as vocab
from kechuang.kit.refusal import Refusal
from kechuang.services.ladder.forms import WindowForm
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn


@login_required
@require_safe
def listed(request: SignedIn) -> HttpResponse:
    """申报窗口: this year and the next, then what there was."""
    require_officer(request.user)
    today = clock.today()
    there = {(w.year, w.rung, w.district): w for w in windows()}
    places = sorted(set(posts(request.user, Post.Role.OFFICER).values_list("district", flat=True)))
    years = []
    for year in (today.year + 1, today.year):
        rows = []
        for place, rung in product(places, ladder().rungs):
            own, city = there.get((year, rung.code, place)), there.get((year, rung.code, ""))
            rows.append({"rung": rung, "district": place, "window": own, "city": city if place and not own else None})
        years.append((year, rows))
    shown = {(year, rung.code, place) for year, _rows in years for rung in ladder().rungs for place in places}
    others = [w for key, w in there.items() if key not in shown]
    context = {"today": today, "years": years, "others": others, "labels": {r.code: r.label for r in ladder().rungs}}
    return render(request, "ladder/windows.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def window(request: SignedIn, rung: str, year: int) -> HttpResponse:
    """填写窗口: of a rung in a year, for the city or for a district."""
    held, district = ladder().rung(rung), request.GET.get("district", "")
    if held is None or (district and district not in vocab.labels("district")) or not 2000 <= year <= 2100:
        raise Http404
    access.require_keeper(request.user, district)
    row = Window.objects.filter(rung=rung, year=year, district=district).first()
    initial = {name: getattr(row, name) for name in FIELDS} if row is not None else {}
    initial["seen"] = row.revision if row is not None else 0
    form = WindowForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        data = dict(form.cleaned_data)
        seen = data.pop("seen")
        try:
            set_window(
                rung=rung, year=year, district=district, content=data, seen=seen, by=request.user, now=clock.now()
            )
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("已保存。符合条件和只差一点的企业会按时收到提醒。"))
            return redirect("ladder_windows")
    context = {"form": form, "rung": held, "year": year, "district": district, "window": row}
    return render(request, "ladder/window.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def drop(request: SignedIn, pk: int) -> HttpResponse:
    """删除窗口: one that was entered by mistake."""
    row = get_object_or_404(windows(), pk=pk)
    drop_window(window=row, by=request.user, now=clock.now())
    messages.success(request, _("已删除，原内容保留在留痕里。"))
    return redirect("ladder_windows")
