"""梯度培育网址."""

from django.urls import path

from kechuang.services.ladder.views import lists, officers, parties, windows

urlpatterns = [
    path("ladder/", parties.overview, name="ladder"),
    path("ladder/register/", officers.register, name="ladder_register"),
    path("ladder/next/", officers.following, name="ladder_next"),
    path("ladder/windows/", windows.listed, name="ladder_windows"),
    path("ladder/windows/<slug:rung>/<int:year>/", windows.window, name="ladder_window"),
    path("ladder/windows/<int:pk>/drop/", windows.drop, name="drop_ladder_window"),
    path("ladder/lists/<slug:code>/", lists.show, name="ladder_list"),
    path("ladder/lists/<slug:code>/threshold/", lists.threshold, name="ladder_threshold"),
    path("ladder/lists/<slug:code>/enter/", lists.enter, name="ladder_enter"),
    path("ladder/lists/<slug:code>/<int:pk>/remove/", lists.remove, name="ladder_remove"),
    path("ladder/<int:pk>/", parties.show, name="party_ladder"),
    path("ladder/<int:pk>/correct/", parties.correct, name="ladder_correct"),
]
