"""兑付网址."""

from django.urls import path

from kechuang.services.benefits.views import claims, notices

urlpatterns = [
    path("benefits/", claims.benefits, name="benefits"),
    path("benefits/cases/", claims.cases, name="benefit_cases"),
    path("benefits/apply/<str:code>/", claims.apply, name="apply_benefit"),
    path("benefits/cases/<int:pk>/edit/", claims.edit, name="edit_benefit"),
    path("benefits/cases/<int:pk>/review/", claims.review, name="review_benefit"),
    path("benefits/cases/<int:pk>/account/", claims.account, name="benefit_account"),
    path("benefits/notices/", notices.notices, name="benefit_notices"),
    path("benefits/notices/<int:pk>/object/", notices.object_to, name="object_benefit"),
    path("benefits/objections/<int:pk>/", notices.decide, name="decide_objection"),
]
