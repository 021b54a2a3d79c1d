"""联盟网址."""

from django.urls import path

from kechuang.services.alliances.views import activities, alliances

urlpatterns = [
    path("alliances/", alliances.alliances, name="alliances"),
    path("alliances/<int:pk>/", alliances.alliance, name="alliance"),
    path("alliances/<int:pk>/apply/", alliances.apply, name="alliance_apply"),
    path("alliances/<int:pk>/edit/", alliances.edit, name="alliance_edit"),
    path("alliances/<int:pk>/members/", alliances.members, name="alliance_members"),
    path("alliances/<int:pk>/members.xlsx", alliances.workbook, name="alliance_workbook"),
    path("alliances/<int:pk>/scores/", alliances.scores, name="alliance_scores"),
    path("alliances/<int:pk>/scores/<int:party>/", alliances.score_of, name="alliance_score"),
    path("alliances/<int:pk>/activities/", activities.activities, name="alliance_activities"),
    path("alliances/<int:pk>/activities/new/", activities.new, name="new_activity"),
    path("activities/<int:pk>/", activities.activity, name="activity"),
    path("activities/<int:pk>/calendar.ics", activities.ics, name="activity_ics"),
    path("activities/<int:pk>/sign-up/", activities.sign_up, name="sign_up"),
    path("activities/<int:pk>/cancel-sign-up/", activities.cancel_sign_up, name="cancel_sign_up"),
    path("activities/<int:pk>/attendance/", activities.attendance, name="attendance"),
    path("cases/<int:pk>/activity/edit/", activities.edit, name="activity_edit"),
    path("cases/<int:pk>/activity/report/", activities.report, name="activity_report"),
]
