"""结对网址."""

from django.urls import path

from kechuang.services.pairings import views

urlpatterns = [
    path("platforms/<int:pk>/ask/", views.ask, name="ask_platform"),
    path("pairings/", views.pairings, name="pairings"),
    path("pairings/<int:pk>/terms/", views.terms, name="pairing_terms"),
    path("pairings/<int:pk>/report/", views.report, name="pairing_report"),
]
