"""国企创新评价网址."""

from django.urls import path

from kechuang.services.scorecards.views import cards, owners, rounds

urlpatterns = [
    path("scorecards/", rounds.listed, name="scorecards"),
    path("scorecards/owners/<int:pk>/", owners.owner, name="scorecard_owner"),
    path("scorecards/rounds/<int:pk>/", rounds.show, name="scorecard_round"),
    path("scorecards/cards/<int:pk>/confirm/", cards.confirm, name="confirm_scorecard"),
    path("scorecards/cards/<int:pk>/review/", cards.review, name="review_scorecard"),
    path("scorecards/cards/<int:pk>/correct/", cards.correct, name="correct_scorecard"),
]
