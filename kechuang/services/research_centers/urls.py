"""云上研发中心网址."""

from django.urls import path

from kechuang.services.research_centers.views import centers, coverage, records

urlpatterns = [
    path("research-centers/", centers.register, name="research_centers"),
    path("research-centers/cases/", centers.cases, name="center_cases"),
    path("research-centers/new/", centers.new, name="new_center"),
    path("research-centers/cases/<int:pk>/edit/", centers.edit, name="edit_center"),
    path("research-centers/cases/<int:pk>/confirm/", records.confirm_year, name="confirm_center_year"),
    path("research-centers/<int:pk>/", centers.center, name="research_center"),
    path("research-centers/<int:pk>/ask/", centers.ask, name="ask_center"),
    path("research-centers/<int:pk>/records/", records.listed, name="rd_records"),
    path("research-centers/<int:pk>/records/new/", records.new, name="new_rd_record"),
    path("research-centers/records/<int:pk>/", records.edit, name="edit_rd_record"),
    path("research-centers/records/<int:pk>/remove/", records.remove, name="remove_rd_record"),
    path("research-centers/coverage/", coverage.coverage, name="rd_coverage"),
    path("research-centers/coverage/firms/", coverage.firms, name="rd_coverage_firms"),
    path("research-centers/coverage/definition/", coverage.define, name="rd_coverage_definition"),
]
