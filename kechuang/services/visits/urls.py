"""走访网址."""

from django.urls import path

from kechuang.services.visits.views import corrections, figures, problems, visits

urlpatterns = [
    path("visits/", visits.listed, name="visits"),
    path("visits/firms/", visits.firms, name="visit_firms"),
    path("visits/firms/<int:pk>/", visits.firm, name="visit_firm"),
    path("visits/firms/<int:pk>/log/", visits.log_now, name="log_visit_now"),
    path("visits/<int:pk>/join/", visits.join, name="join_visit"),
    path("visits/cases/<int:pk>/log/", visits.log, name="log_visit"),
    path("visits/cases/<int:pk>/correct/", corrections.correct, name="correct_visit"),
    path("visits/cases/<int:pk>/move/", visits.move, name="move_visit"),
    path("visits/cases/<int:pk>/merge/", visits.merge, name="merge_visit"),
    path("visits/cases/<int:pk>/raise/", problems.raised, name="raise_problem"),
    path("visits/problems/", problems.listed, name="visit_problems"),
    path("visits/problems/<int:pk>/assign/", problems.assign, name="assign_problem"),
    path("visits/problems/<int:pk>/need/", problems.need, name="need_of_problem"),
    path("visits/statistics/", figures.statistics, name="visit_statistics"),
]
