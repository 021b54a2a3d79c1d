"""政策网址."""

from django.urls import path

from kechuang.services.policies import views

urlpatterns = [
    path("policies/", views.library, name="policies"),
    path("policies/calculator/", views.calculator, name="calculator"),
    path("policies/documents/<str:code>/", views.document, name="policy_document"),
    path("policies/<str:code>/", views.policy, name="policy"),
    path("policies/<str:code>/ask/", views.ask, name="ask_policy"),
    path("policies/<str:code>/versions/", views.versions, name="policy_versions"),
    path("policies/<str:code>/versions/<int:number>/", views.version, name="policy_version"),
]
