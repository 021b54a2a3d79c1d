"""钱款页面: orders to approve and to pay, batches, results of the bank, lines, entries; each number has its list."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kechuang.core.ledger import access as ledger
from kechuang.core.ledger import queries as books
from kechuang.core.ledger.actions import budget, payments
from kechuang.core.ledger.models import Batch, Entry, PaymentOrder
from kechuang.core.ledger.wording import case_number, due_on, line_words, masked, state_words
from kechuang.core.parties.access import require_officer
from kechuang.kit.refusal import NotAllowed, Refusal
from kechuang.services.benefits import paying, queries
from kechuang.services.benefits.forms import BankFileForm, BudgetForm, NumbersForm, ReasonForm
from kechuang.services.benefits.models import BankFile, Benefit
from kechuang.web import clock
from kechuang.web.editor import add_refusal
from kechuang.web.session import SignedIn, private

SHOWN = 200
TYPES = {"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@private
def listed(request: SignedIn) -> HttpResponse:
    """支付: what waits for my approval, what I may send, what is out, the batches."""
    require_officer(request.user)
    ready = list(books.to_pay(request.user)[:SHOWN])
    sent = request.POST if request.method == "POST" else None
    form = NumbersForm(sent, numbers=[order.pk for order in ready])
    if form.is_valid():
        try:
            batch = paying.send(numbers=form.cleaned_data["order"], by=request.user, now=clock.now())
        except NotAllowed:
            raise
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            words = _("批次 %(batch)s 已送出，共 %(count)s 笔。请导出付款文件交财务系统。")
            messages.success(request, words % {"batch": batch, "count": batch.count})
            return redirect("payments")
    context = {
        "form": form,
        "approving": [_row(order) for order in books.to_approve(request.user)[:SHOWN]],
        "ready": [_row(order) for order in ready],
        "out": [_row(order) for order in books.orders(request.user).filter(state="sent").order_by("since")[:SHOWN]],
        "batches": books.batches(request.user)[:20],
        "files": queries.bank_files(request.user)[:10],
        "upload": BankFileForm(),
    }
    return render(request, "benefits/payments.html", context, status=422 if form.errors else 200)


def _row(order: PaymentOrder) -> tuple[PaymentOrder, str, Any, bool]:
    due = due_on(order)
    return order, state_words(order), due, bool(due and due < clock.today())


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@private
def order(request: SignedIn, pk: int) -> HttpResponse:
    """支付令: whom it pays what from which line for which case; approve it, or not, with a reason."""
    found = get_object_or_404(books.orders(request.user), pk=pk)
    form = ReasonForm(request.POST if "reject" in request.POST else None)
    try:
        if "approve" in request.POST:
            paying.approve(order=found, by=request.user, now=clock.now())
            messages.success(request, _("已审批。付款由第三位工作人员办理。"))
            return redirect("payment_order", pk)
        if form.is_valid():
            paying.reject(order=found, note=form.cleaned_data["note"], by=request.user, now=clock.now())
            messages.success(request, _("支付令已作废。"))
            return redirect("payment_order", pk)
    except NotAllowed:
        raise
    except Refusal as refusal:
        form.add_error(None, refusal.message) if form.is_bound else messages.error(request, refusal.message)
    return render(
        request, "benefits/order.html", _order_context(request, found, form), status=422 if form.errors else 200
    )


def _order_context(request: SignedIn, found: PaymentOrder, form: ReasonForm) -> dict[str, Any]:
    benefit = Benefit.objects.filter(case=case_number(found.reason)).select_related("version", "party").first()
    open_ = found.state in ("drafted", "approved")
    mine = ledger.withdraw_order.check(request.user, found) and found.state == "drafted"
    return {
        "order": found,
        "words": state_words(found),
        "account": masked(found),
        "benefit": benefit,
        "form": form,
        "may_approve": found.state == "drafted" and ledger.approve_order.check(request.user, found),
        "may_reject": open_ and (mine or ledger.approve_order.check(request.user, found)),
        "officer": ledger.manage_line.check(request.user, found.commitment.line),
    }


@login_required
@require_POST
@private
def export(request: SignedIn, pk: int, kind: str) -> HttpResponse:
    """导出付款文件: byte for byte as it was made; every export is recorded."""
    require_officer(request.user)
    batch = get_object_or_404(books.batches(request.user), pk=pk)
    data = payments.export(batch=batch, kind=kind, by=request.user, now=clock.now())
    response = HttpResponse(data, content_type=TYPES.get(kind, "application/octet-stream"))
    response["Content-Disposition"] = f'attachment; filename="{batch}.{kind}"'
    return response


@login_required
@require_safe
@private
def batch(request: SignedIn, pk: int) -> HttpResponse:
    """支付批次: its orders, number and control total, and the files."""
    require_officer(request.user)
    found: Batch = get_object_or_404(books.batches(request.user), pk=pk)
    rows = [_row(order) for order in books.orders(request.user).filter(batch=found).order_by("pk")]
    may = ledger.export_batch.check(request.user, found)
    return render(request, "benefits/batch.html", {"batch": found, "rows": rows, "may": may})


@login_required
@require_POST
@private
def upload(request: SignedIn) -> HttpResponse:
    """上传银行回单: what it would do is shown before anything is booked."""
    require_officer(request.user)
    form = BankFileForm(request.POST, request.FILES)
    if form.is_valid():
        sent = form.cleaned_data["file"]
        try:
            file = paying.upload(name=sent.name, data=sent.read(), by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            return redirect("bank_file", file.pk)
    return render(request, "benefits/upload.html", {"form": form}, status=422)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@private
def file(request: SignedIn, pk: int) -> HttpResponse:
    """回单预览: line by line what becomes of it; then book it."""
    require_officer(request.user)
    found: BankFile = get_object_or_404(queries.bank_files(request.user), pk=pk)
    if request.method == "POST":
        paying.confirm(file=found, by=request.user, now=clock.now())
        messages.success(request, _("正在入账；有问题的行不会入账。"))
        return redirect("bank_file", pk)
    lines = paying.preview(file=found, by=request.user, now=clock.now()) if found.state == "read" else []
    counts: dict[str, int] = dict(found.counts)
    for line in lines:
        counts[line.outcome] = counts.get(line.outcome, 0) + 1
    context = {"found": found, "lines": lines[:SHOWN], "counts": counts, "hidden": max(0, len(lines) - SHOWN)}
    return render(request, "benefits/file.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
@private
def lines(request: SignedIn) -> HttpResponse:
    """预算科目: amount, committed, paid, left; a new line with its document."""
    require_officer(request.user)
    form = BudgetForm(request.POST if request.method == "POST" else None, initial={"year": clock.today().year})
    if form.is_valid():
        try:
            made = budget.open_line(**form.cleaned_data, by=request.user, now=clock.now())
        except Refusal as refusal:
            add_refusal(form, refusal)
        else:
            messages.success(request, _("科目已设立。"))
            return redirect("budget_line", made.pk)
    context = {"form": form, "rows": books.lines(request.user)}
    return render(request, "benefits/lines.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
@private
def line(request: SignedIn, pk: int) -> HttpResponse:
    """预算科目结算: each figure with the list that sums to it."""
    require_officer(request.user)
    found = get_object_or_404(books.lines(request.user), pk=pk)
    statement = books.statement(found)
    held = [(row, case_number(row.reason)) for row in statement.held[:SHOWN]]
    paid = [(row, case_number(row.reason)) for row in statement.paid[:SHOWN]]
    context = {"line": found, "words": line_words(found), "statement": statement, "held": held, "paid": paid}
    return render(request, "benefits/line.html", context)


@login_required
@require_safe
@private
def entry(request: SignedIn, pk: int) -> HttpResponse:
    """凭证: its postings, the order that it paid, the case behind."""
    found: Entry = get_object_or_404(ledger.view_entry.filter(request.user, Entry.objects.select_related("by")), pk=pk)
    postings = ledger.view_posting.filter(
        request.user, found.postings.select_related("account__party", "account__line")
    )
    order = books.order_of(found)
    context = {
        "entry": found,
        "postings": postings,
        "order": order,
        "case": case_number(order.reason) if order else None,
    }
    return render(request, "benefits/entry.html", context)
