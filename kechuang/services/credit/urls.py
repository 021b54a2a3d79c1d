"""白名单网址."""

from django.urls import path

from kechuang.services.credit.views import firms, lists, own

urlpatterns = [
    path("credit/", own.home, name="credit"),
    path("credit/firms/", firms.firms, name="credit_firms"),
    path("credit/lists/", lists.listed, name="credit_lists"),
    path("credit/lists/<int:pk>/", lists.show, name="credit_list"),
    path("credit/compare/", lists.compare, name="credit_compare"),
    path("credit/results/<int:pk>/", own.result, name="credit_result"),
    path("credit/results/<int:pk>/consent/", own.consent, name="credit_consent"),
    path("credit/appeal/<int:pk>/", own.appeal, name="appeal_credit"),
]
