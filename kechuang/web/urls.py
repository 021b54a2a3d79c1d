"""网址: pages of the city."""

from django.urls import path

from kechuang.web.views import listing, match, search, site

urlpatterns = [
    path("", site.home, name="home"),
    path("healthz", site.healthz, name="healthz"),
    path("search/", search.search, name="search"),
    path("suggest/", search.suggest, name="suggest"),
    path("compare/", search.compare, name="compare"),
    path("catalogue/", listing.catalogue, name="catalogue"),
    path("catalogue/<slug:code>/", listing.catalogue_service, name="catalogue_service"),
    path("parties/<int:pk>/", listing.party, name="party"),
    path("s/<slug:service>/", search.service, name="service"),
    path("s/<slug:service>/<int:pk>/", listing.listing, name="listing"),
    path("match/", match.match_text, name="match_text"),
    path("match/why/", match.why, name="match_why"),
    path("s/needs/<int:pk>/match/", match.need_match, name="need_match"),
    path("s/needs/<int:pk>/judge/<int:offer>/", match.judge, name="judge"),
    path("s/<slug:service>/<int:pk>/needs/", match.offer_needs, name="offer_needs"),
]
