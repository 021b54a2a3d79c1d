"""一企一档网址."""

from django.urls import path

from kechuang.services.dossiers.views import (
    consents,
    disputes,
    entries,
    files,
    integrity,
    officers,
    sheets,
    typed,
    yearly,
)

urlpatterns = [
    path("dossiers/", officers.files, name="dossiers"),
    path("dossiers/list.xlsx", officers.export, name="dossiers_export"),
    path("dossiers/disputes/", disputes.waiting, name="disputes"),
    path("dossiers/disputes/<int:pk>/", disputes.dispute, name="dispute"),
    path("dossiers/integrity/", integrity.records, name="integrity"),
    path("dossiers/integrity/<int:pk>/appeal/", integrity.appeal, name="integrity_appeal"),
    path("dossiers/yearly/", yearly.upload, name="figure_upload"),
    path("dossiers/yearly/template.xlsx", yearly.template, name="figure_template"),
    path("dossiers/yearly/<int:pk>/", yearly.file, name="figure_file"),
    path("dossiers/yearly/<int:pk>/confirm/", yearly.confirm, name="confirm_figures"),
    path("dossiers/yearly/<int:pk>/cancel/", yearly.cancel, name="cancel_figures"),
    path("dossiers/consents/<int:pk>/withdraw/", consents.withdraw, name="withdraw_consent"),
    path("dossiers/<int:pk>/", files.show, name="dossier"),
    path("dossiers/<int:pk>/profile/<slug:group>/", files.profile, name="dossier_profile"),
    path("dossiers/<int:pk>/years/<slug:group>/", files.years, name="dossier_years"),
    path("dossiers/<int:pk>/figures.xlsx", sheets.download, name="dossier_sheet"),
    path("dossiers/<int:pk>/figures/upload/", sheets.upload, name="dossier_upload"),
    path("dossiers/<int:pk>/typed/", typed.typed, name="dossier_typed"),
    path("dossiers/<int:pk>/disputes/", disputes.of_party, name="dossier_disputes"),
    path("dossiers/<int:pk>/consents/", consents.consents, name="dossier_consents"),
    path("dossiers/<int:pk>/looks/", consents.looks, name="dossier_looks"),
    path("dossiers/<int:pk>/<slug:held>/new/", entries.new, name="dossier_new_entry"),
    path("dossiers/<int:pk>/<slug:held>/complete/", entries.complete, name="dossier_complete"),
    path("dossiers/<int:pk>/<slug:held>/<int:number>/", entries.change, name="dossier_entry"),
    path("dossiers/<int:pk>/<slug:held>/<int:number>/remove/", entries.remove, name="dossier_remove_entry"),
    path("dossiers/<int:pk>/rights/<int:number>/use/", entries.use, name="dossier_use_right"),
]
