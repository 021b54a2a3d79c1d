"""网址: proposing, the lists, and what is done with an introduction beside the steps of its case."""

from django.urls import path

from kechuang.services.introductions import views

urlpatterns = [
    path("introductions/", views.introductions, name="introductions"),
    path("introductions/new/", views.new, name="new_introduction"),
    path("introductions/<int:pk>/claim/", views.claim, name="claim_introduction"),
    path("introductions/<int:pk>/give-back/", views.give_back, name="give_back_introduction"),
    path("introductions/<int:pk>/pass-on/", views.pass_on, name="pass_on_introduction"),
    path("introductions/<int:pk>/team/", views.move, name="move_introduction"),
    path("introductions/<int:pk>/contacts/", views.contact, name="log_contact"),
    path("introductions/<int:pk>/remarks/", views.remark, name="add_remark"),
    path("introductions/<int:pk>/nda/", views.nda, name="want_nda"),
    path("introductions/<int:pk>/sign/", views.sign, name="sign_introduction"),
]
