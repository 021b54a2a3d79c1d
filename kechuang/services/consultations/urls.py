"""征求意见网址."""

from django.urls import path

from kechuang.services.consultations.views import answers, officers, public

urlpatterns = [
    path("consultations/", public.listed, name="consultations"),
    path("consultations/new/", officers.new, name="new_consultation"),
    path("consultations/waiting/", answers.waiting, name="answer_comments"),
    path("consultations/<int:pk>/", public.consultation, name="consultation"),
    path("consultations/<int:pk>/comment/", public.say, name="comment_consultation"),
    path("consultations/<int:pk>/comments/", public.comments, name="consultation_comments"),
    path("consultations/comments/<slug:token>/", public.receipt, name="comment_receipt"),
    path("consultations/cases/<int:pk>/edit/", officers.edit, name="edit_consultation"),
    path("consultations/cases/<int:pk>/stages/", officers.add_stage, name="consultation_stage"),
    path("consultations/stages/<int:pk>/remove/", officers.remove_stage, name="remove_stage"),
    path("consultations/cases/<int:pk>/extend/", officers.extend, name="extend_consultation"),
    path("consultations/cases/<int:pk>/group/", officers.group, name="group_comments"),
    path("consultations/cases/<int:pk>/answer/", answers.answer, name="answer_comment"),
    path("consultations/cases/<int:pk>/result/", answers.result, name="consultation_result"),
    path("consultations/cases/<int:pk>/trace/", answers.trace, name="trace_consultation"),
]
