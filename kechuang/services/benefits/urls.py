"""兑付网址."""

from django.urls import path

from kechuang.services.benefits import applying
from kechuang.services.benefits.views import claims, money, queue, runs

WAYS = applying.ways  # declared by being imported

urlpatterns = [
    path("benefits/", claims.benefits, name="benefits"),
    path("benefits/cases/", queue.cases, name="benefit_cases"),
    path("benefits/cases/steps/", queue.steps, name="benefit_steps"),
    path("benefits/apply/<str:code>/", claims.apply, name="apply_benefit"),
    path("benefits/cases/<int:pk>/edit/", claims.edit, name="edit_benefit"),
    path("benefits/cases/<int:pk>/review/", claims.review, name="review_benefit"),
    path("benefits/cases/<int:pk>/account/", claims.account, name="benefit_account"),
    path("benefits/cases/<int:pk>/offer/", runs.offer, name="benefit_offer"),
    path("benefits/runs/", runs.listed, name="benefit_runs"),
    path("benefits/runs/<int:pk>/", runs.run, name="benefit_run"),
    path("payments/", money.listed, name="payments"),
    path("payments/<int:pk>/", money.order, name="payment_order"),
    path("payments/batches/<int:pk>/", money.batch, name="payment_batch"),
    path("payments/batches/<int:pk>/<slug:kind>/", money.export, name="payment_file"),
    path("payments/results/", money.upload, name="bank_upload"),
    path("payments/results/<int:pk>/", money.file, name="bank_file"),
    path("payments/lines/", money.lines, name="budget_lines"),
    path("payments/lines/<int:pk>/", money.line, name="budget_line"),
    path("payments/entries/<int:pk>/", money.entry, name="ledger_entry"),
]
