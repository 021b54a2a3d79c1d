"""政策网址."""

from django.urls import path

from kechuang.services.policies.views import calculator, caring, drafts, library, questions, reading

urlpatterns = [
    path("policies/", library.library, name="policies"),
    path("policies/calculator/", calculator.calculator, name="calculator"),
    path("policies/drafts/", drafts.drafts, name="policy_drafts"),
    path("policies/drafts/<int:pk>/", drafts.draft, name="policy_draft"),
    path("policies/drafts/<int:pk>/try/", drafts.try_out, name="try_policy_draft"),
    path("policies/drafts/<int:pk>/<slug:step>/", drafts.decide, name="decide_policy_draft"),
    path("policies/documents/<str:code>/", library.document, name="policy_document"),
    path("policies/documents/<str:code>/check/", caring.check, name="check_document"),
    path("policies/search/", reading.found, name="policy_search"),
    path("policies/flags/", caring.flags, name="policy_flags"),
    path("policies/subscriptions/", reading.subscriptions, name="policy_subscriptions"),
    path("policies/subscriptions/<int:pk>/end/", reading.end_subscription, name="end_policy_subscription"),
    path("policies/news/<str:token>/", reading.told, name="policy_news"),
    path("policies/suggestions/<slug:token>/", reading.suggestion, name="policy_suggestion"),
    path("policies/questions/<int:pk>/faq/", questions.keep_faq, name="keep_faq"),
    path("policies/faq/<int:pk>/drop/", questions.drop_faq, name="drop_faq"),
    path("policies/<str:code>/", library.policy, name="policy"),
    path("policies/<str:code>/suggest/", reading.suggest, name="suggest_policy"),
    path("policies/<str:code>/ask/", questions.ask, name="ask_policy"),
    path("policies/<str:code>/draft/", drafts.start, name="draft_policy"),
    path("policies/<str:code>/versions/", library.versions, name="policy_versions"),
    path("policies/<str:code>/versions/<int:number>/", library.version, name="policy_version"),
]
