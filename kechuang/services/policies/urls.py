"""政策网址."""

from django.urls import path

from kechuang.services.policies.views import drafts, library

urlpatterns = [
    path("policies/", library.library, name="policies"),
    path("policies/calculator/", library.calculator, name="calculator"),
    path("policies/drafts/", drafts.drafts, name="policy_drafts"),
    path("policies/drafts/<int:pk>/", drafts.draft, name="policy_draft"),
    path("policies/drafts/<int:pk>/try/", drafts.try_out, name="try_policy_draft"),
    path("policies/drafts/<int:pk>/<slug:step>/", drafts.decide, name="decide_policy_draft"),
    path("policies/documents/<str:code>/", library.document, name="policy_document"),
    path("policies/<str:code>/", library.policy, name="policy"),
    path("policies/<str:code>/ask/", library.ask, name="ask_policy"),
    path("policies/<str:code>/draft/", drafts.start, name="draft_policy"),
    path("policies/<str:code>/versions/", library.versions, name="policy_versions"),
    path("policies/<str:code>/versions/<int:number>/", library.version, name="policy_version"),
]
