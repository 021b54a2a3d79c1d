"""资格认定网址."""

from django.urls import path

from kechuang.services.recognition.views import applying, lists

urlpatterns = [
    path("recognition/", applying.recognition, name="recognition"),
    path("recognition/apply/<slug:code>/", applying.apply, name="apply_recognition"),
    path("recognition/cases/", lists.cases, name="recognition_cases"),
    path("recognition/cases/<int:pk>/outcome/", lists.outcome, name="recognition_outcome"),
    path("recognition/batches/", lists.batches, name="recognition_batches"),
    path("recognition/batches/<int:pk>/", lists.batch, name="recognition_batch"),
    path("recognition/outcomes/", lists.outcomes, name="recognition_outcomes"),
]
