"""网址权限表: for every URL name what each role gets. A new URL needs a line here; tests/test_urls.py checks it.

``LOGIN`` is a redirect to the login page, ``DONE`` any answer to somebody who may: 200, 302, 409, 422.
"""

from tests.url_table_api import API
from tests.url_table_benefits import BENEFITS
from tests.url_table_centers import CENTERS
from tests.url_table_consultations import CONSULTATIONS
from tests.url_table_credit import CREDIT
from tests.url_table_dossiers import FILES
from tests.url_table_ladder import LADDER
from tests.url_table_notices import NOTICES
from tests.url_table_partners import PARTNERS
from tests.url_table_policies import POLICIES
from tests.url_table_recognition import RECOGNITION
from tests.url_table_scorecards import SCORECARDS
from tests.url_table_shapes import (
    DONE,
    LOGIN,
    ROLES,
    Given,
    Visit,
    everybody,
    fixed,
    form,
    members,
    only,
    pair,
    pk,
    reading,
    step,
)
from tests.url_table_visits import VISITS
from tests.world import stop_link

__all__ = ["DONE", "LOGIN", "ROLES", "SECTIONS", "Given", "Visit"]

OWNERS = ("engineer",)
OFFICERS = ("officer", "district_officer")
JUDGES = (*OFFICERS, "broker")

PUBLIC: dict[str, list[Visit]] = {
    "home": reading(everybody(200)),
    "healthz": reading(everybody(200)),
    "hall": reading(everybody(200)),
    "feed": [*reading(everybody(200), fixed(service="needs")), *reading(everybody(404), fixed(service="no"))],
    "sitemap": reading(everybody(200)),
    "sitemap_part": [*reading(everybody(200), fixed(section="needs")), *reading(everybody(404), fixed(section="no"))],
    "robots": reading(everybody(200)),
    "search": reading(everybody(200)),
    "suggest": reading(everybody(200)),
    "compare": reading(everybody(200)),
    "catalogue": reading(everybody(200)),
    "catalogue_service": reading(everybody(200), fixed(code="needs")),
    "party": [*reading(everybody(200), pk("newcomer")), *reading(everybody(404), fixed(pk=999_999))],
    "service": [*reading(everybody(200), fixed(service="needs")), *reading(everybody(404), fixed(service="no"))],
    "listing": [
        *reading(everybody(200), pk("need", service="needs")),
        *reading(everybody(200), pk("achievement", service="achievements")),
        *reading(everybody(404), pk("achievement", service="needs")),
        *reading(everybody(404, engineer=200), pk("draft", service="needs")),
        *reading(only("engineer", *JUDGES, others=404, anonymous=404), pk("submitted", service="needs")),
    ],
    "match_text": form(everybody(200), everybody(DONE), q="光伏板进水汽，想找密封办法"),
    "match_why": step(everybody(404)),
    "need_match": [
        *reading(everybody(200), pk("need")),
        *reading(everybody(404, engineer=200), pk("draft")),
        *reading(only("engineer", *JUDGES, others=404, anonymous=404), pk("submitted")),
    ],
    "judge": step(
        only("engineer", *JUDGES, status=DONE, anonymous=403),
        lambda w: {"pk": w.need.pk, "offer": w.achievement.pk},
        verdict="fits",
    ),
    "offer_needs": reading(everybody(200), pk("achievement", service="achievements")),
    "api": reading(everybody(200)),
    "publish": reading(everybody(200)),
    "export": reading(everybody(200), fixed(service="needs", kind="xlsx")),
    "unread": reading(everybody(200, anonymous=286)),
    "demo_login": step(everybody(404), email="officer@test.example"),
    "set_language": [Visit(everybody(302), everybody(302))],
}

PEOPLE: dict[str, list[Visit]] = {
    "profile": form(members(), members(DONE)),
    "notices": reading(members()),
    "notice_mode": step(members(DONE), daily="1"),
    "notice": reading(only("engineer", status=302, others=404), pk("notice")),
    "read_notice": step(only("engineer", status=DONE, others=404), pk("notice")),
    "read_notices": step(members(DONE)),
    "saved_searches": reading(members()),
    "save_search": step(members(DONE), query="q=密封", service="needs"),
    "saved_search": form(
        only("engineer", others=404), only("engineer", status=DONE, others=404), pk("saved"), frequency="weekly"
    ),
    "look_search": step(only("engineer", status=DONE, others=404), pk("saved")),
    "end_search": step(only("engineer", status=DONE, others=404), pk("saved")),
    "my_matches": reading(members()),
    "mute": step(members(DONE), scope="matches"),
    "unmute": step(only("engineer", status=DONE, others=404), pk("muted")),
    "mail_link": [
        *form(everybody(200), everybody(200), lambda w: {"token": stop_link(w.saved)}),
        *form(everybody(404), everybody(404), fixed(token="1.search..1~forged")),
    ],
    "keys": form(members(), members(DONE)),
    "revoke_key": step(only("engineer", status=DONE, others=404), pk("key")),
    "my_parties": reading(members()),
    "find_party": reading(members(422)),
    "register_party": form(members(), members(DONE)),
    "join_party": step(members(DONE), lambda w: {"pk": w.city.company.pk}),
    "correct_party": [
        *form(only(*OFFICERS, status=403, others=404), only(*OFFICERS, status=403, others=404), pk("newcomer")),
        *form(
            only("engineer", officer=403, district_officer=403, others=404),
            only("engineer", status=DONE, officer=403, district_officer=403, others=404),
            lambda w: {"pk": w.city.company.pk},
        ),
    ],
    "party_people": reading(only("engineer", *OFFICERS, others=404), lambda w: {"pk": w.city.company.pk}),
    "mandate": step(only("engineer", *OFFICERS, status=DONE, others=404), pk("request"), decision="approve"),
    "enter_party": form(only(*OFFICERS), only(*OFFICERS, status=DONE)),
    "unverified_parties": reading(only(*OFFICERS)),
    "verify_party": step(only(*OFFICERS, status=DONE), pk("newcomer")),
    "return_party": step(only(*OFFICERS, status=DONE), pk("newcomer"), reason="name"),
    "stuck": reading(only(*OFFICERS)),
    "stuck_person": [
        *reading(only(*OFFICERS), lambda w: {"pk": w.city.district_officer.pk}),
        *reading(only(*OFFICERS, status=404), lambda w: {"pk": w.city.stranger.pk}),
    ],
    "calendar": reading(only(*OFFICERS)),
    "satisfaction": reading(only(*OFFICERS)),
    "answer_satisfaction": [
        *form(
            only("professor", others=404),
            only("professor", status=DONE, others=404),
            pk("achievement_case"),
            useful="yes",
        ),
        *form(members(404), members(404), pk("submitted_case")),
    ],
    "posts": form(only("officer"), only("officer", status=DONE)),
    "end_post": step(only("officer", status=DONE), pk("post")),
}

PUBLISHING: dict[str, list[Visit]] = {
    "new_listing": [
        *form(only("engineer", "professor"), only("engineer", "professor", status=DONE), fixed(service="needs")),
        *form(only("engineer", "professor"), only("engineer", "professor", status=DONE), fixed(service="achievements")),
    ],
    "new_draft": step(members(DONE), fixed(service="needs")),
    "edit_listing": [
        *form(only(*OWNERS), only(*OWNERS, status=DONE), pk("need", service="needs")),
        *form(only(*OWNERS, others=404), only(*OWNERS, status=DONE, others=404), pk("draft", service="needs")),
    ],
    "listing_draft": step(only(*OWNERS, status=DONE), pk("need", service="needs")),
    "drop_change": step(only(*OWNERS, status=DONE), pk("need", service="needs")),
    "listing_history": reading(only("engineer", *JUDGES, others=404), pk("need", service="needs")),
    "drop_draft": step(only("engineer", status=DONE, others=404), pk("autosaved")),
    "case": [
        *reading(only("engineer", *JUDGES, others=404), pk("submitted_case")),
        *reading(only("professor", "officer", others=404), pk("achievement_case")),
        *reading(only("engineer", "professor", *JUDGES, others=404), pk("introduction")),
        *reading(only("engineer", *OFFICERS, others=404), lambda w: {"pk": w.ladder.correction.pk}),
    ],
    "case_wording": form(
        only(*JUDGES, others=404, engineer=403),
        only(*JUDGES, status=DONE, others=404, engineer=403),
        pk("submitted_case"),
    ),
    "upload_material": [
        *step(only("engineer", *JUDGES, status=DONE, others=404), pk("submitted_case")),
        *step(only("engineer", "professor", *JUDGES, status=DONE, others=404), pk("introduction")),
    ],
    "case_step": [
        *step(only(*OFFICERS, status=DONE, others=404, engineer=403, broker=403), pk("submitted_case", name="publish")),
        *step(only(*JUDGES, status=DONE, others=404, engineer=403, professor=403), pk("introduction", name="contact")),
    ],
    "material": reading(only("engineer", *OFFICERS, others=404, anonymous=404), pk("material")),
    "material_tier": step(
        only("engineer", status=DONE, others=404, officer=403, district_officer=403),
        pk("material"),
        tier="case",
        seen="case",
    ),
    "remove_material": step(
        only("engineer", status=DONE, others=404, officer=403, district_officer=403), pk("material")
    ),
    "desk": reading(members()),
    "funnel": reading(only(*OFFICERS)),
    "funnel_list": reading(only(*OFFICERS)),
    "funnel_export": reading(only(*OFFICERS)),
    "new_import": form(
        only("engineer", "professor", "officer"),
        only("engineer", "professor", "officer", status=DONE),
        fixed(service="needs"),
    ),
    "import_template": reading(only("engineer", "professor", "officer"), fixed(service="needs", kind="xlsx")),
    "imports": reading(members()),
    "import": reading(only("engineer", others=404), pk("batch")),
    "confirm_import": step(only("engineer", status=DONE, others=404), pk("batch")),
    "cancel_import": step(only("engineer", status=DONE, others=404), pk("batch")),
    "failed_rows": reading(members(404), pk("batch", kind="jsonl")),
}


# Lists as Excel files: who has the list has the sheet.
SHEETS: dict[str, list[Visit]] = {
    "sheet": [
        *(
            reading(members(), fixed(code=c))[0]
            for c in ("cases-todo", "introductions", "teams", "notices", "searches")
        ),
        *reading(members(), fixed(code="people")),
        *(reading(only("engineer", "professor"), fixed(code=c))[0] for c in ("cases-own", "cases-expiring")),
        *reading(only(*OFFICERS), fixed(code="cases-review")),
        *reading(only("broker"), fixed(code="cases-word")),
        *reading(only(*JUDGES), fixed(code="cases-long_term")),
        *reading(only("officer"), fixed(code="posts")),
        *reading(only(*JUDGES), fixed(code="judgements")),
        *reading(only(*OFFICERS), fixed(code="weights")),
        *reading(members(), fixed(code="cases-drafts")),
        *reading(members(), fixed(code="pairings")),
        *reading(members(), fixed(code="matches")),
        *(reading(only(*OFFICERS), fixed(code=c))[0] for c in ("organisations", "satisfaction", "stuck")),
        *reading(members(404), fixed(code="no")),
    ],
    "import_sheet": [
        *form(members(), members(422), fixed(code="cases-todo")),
        *form(only(*OFFICERS), only(*OFFICERS, status=422), fixed(code="cases-review")),
        *form(only(*OFFICERS), only(*OFFICERS, status=422), fixed(code="organisations")),
        *form(only("officer"), only("officer", status=422), fixed(code="teams")),
        *form(only("officer"), only("officer", status=422), fixed(code="posts")),
        *form(only(*JUDGES), only(*JUDGES, status=422), fixed(code="judgements")),
        *form(members(404), members(404), fixed(code="notices")),
    ],
}

# The workbench of brokers, and the learned weights.
BENCH: dict[str, list[Visit]] = {
    "workbench": reading(only(*JUDGES)),
    "candidates": [
        *form(only(*JUDGES), only(*JUDGES, status=DONE), pk("need"), reason="known"),
        *form(only(*JUDGES, status=404), only(*JUDGES, status=404), pk("draft")),
    ],
    "judge_next": reading(only(*JUDGES)),
    "judge_queue": reading(only(*JUDGES)),
    "judge_pair": [
        *form(only(*JUDGES), only(*JUDGES, status=DONE), pair("need"), verdict="fits"),
        *form(only(*JUDGES, status=404), only(*JUDGES, status=404), pair("draft"), verdict="fits"),
    ],
    "weights": reading(only(*OFFICERS)),
    "weights_version": reading(only(*OFFICERS), lambda w: {"version": w.weights.version}),
    "adopt_weights": step(only("officer", status=DONE), lambda w: {"version": w.weights.version}),
    "roll_back_weights": step(only("officer", status=DONE)),
}

# The introduction is between the engineer's need and the professor's achievement; the broker of the task force has it.
SIDES = ("engineer", "professor")
WORKERS = ("broker", *OFFICERS)
NOT_SIDES = dict.fromkeys(SIDES, 403)
OF_INTRODUCTION = pk("introduction")
INTRODUCTIONS: dict[str, list[Visit]] = {
    "introductions": reading(members()),
    "new_introduction": form(members(302), members(302)),
    "claim_introduction": step(
        only("broker", status=DONE, others=404, officer=403, district_officer=403, **NOT_SIDES), OF_INTRODUCTION
    ),
    "give_back_introduction": step(
        only(*WORKERS, status=DONE, others=404, **NOT_SIDES), OF_INTRODUCTION, **{"back-note": "调离"}
    ),
    "pass_on_introduction": step(only(*WORKERS, status=DONE, others=404, **NOT_SIDES), OF_INTRODUCTION),
    "move_introduction": step(
        only("officer", status=DONE, others=404, broker=403, district_officer=403, **NOT_SIDES), OF_INTRODUCTION
    ),
    "log_contact": step(only(*WORKERS, status=DONE, others=404, **NOT_SIDES), OF_INTRODUCTION),
    "add_remark": step(
        only(*WORKERS, status=DONE, others=404, **NOT_SIDES), OF_INTRODUCTION, **{"remark-text": "备注"}
    ),
    "want_nda": step(
        only(*SIDES, status=DONE, others=404, broker=403, officer=403, district_officer=403),
        OF_INTRODUCTION,
        wanted="1",
    ),
    "sign_introduction": step(only(*SIDES, *WORKERS, status=DONE, others=404), OF_INTRODUCTION),
}

# The pages of django-allauth. "Once more" are those that ask for the password again, whoever one is; "stages" are steps
# of a login that has not begun.
OPEN = everybody(200)
VISITORS = everybody(302, anonymous=200)
ONCE_MORE = form(members(302), members(302))
ACCOUNTS: dict[str, list[Visit]] = {
    "account_login": form(VISITORS, VISITORS),
    "account_logout": form(everybody(200, anonymous=302), everybody(302)),
    "account_signup": form(VISITORS, VISITORS),
    "account_inactive": reading(OPEN),
    "account_email_verification_sent": reading(OPEN),
    "account_reset_password": form(OPEN, OPEN),
    "account_reset_password_done": reading(OPEN),
    "account_reset_password_from_key_done": reading(OPEN),
    "account_reset_password_from_key": form(OPEN, OPEN, fixed(uidb36="1", key="abc")),
    "account_confirm_email": form(OPEN, everybody(404), fixed(key="abc")),
    "account_reauthenticate": form(members(), members()),
    "account_email": form(members(), members(DONE)),
    "account_change_password": form(members(), members(DONE)),
    "account_set_password": form(members(302), members(302)),
    "account_confirm_login_code": form(members(302), members(302)),
    "mfa_index": reading(members()),
    "mfa_authenticate": form(members(302), members(302)),
    "mfa_reauthenticate": form(members(302), members(302)),
    "mfa_activate_totp": ONCE_MORE,
    "mfa_deactivate_totp": form(members(404), members(404)),
    "mfa_view_recovery_codes": reading(members(404)),
    "mfa_generate_recovery_codes": ONCE_MORE,
    "mfa_download_recovery_codes": form(members(404), members(404)),
    "mfa_list_webauthn": reading(members()),
    "mfa_add_webauthn": ONCE_MORE,
    "mfa_reauthenticate_webauthn": form(members(302), members(302)),
    "mfa_remove_webauthn": form(members(302), members(302), fixed(pk=1)),
    "mfa_edit_webauthn": form(members(302), members(302), fixed(pk=1)),
    "mfa_login_webauthn": form(members(302), members(302)),
    "socialaccount_login_cancelled": reading(OPEN),
    "socialaccount_login_error": reading(everybody(401)),
    "socialaccount_signup": form(everybody(LOGIN), everybody(LOGIN)),
    "socialaccount_connections": form(members(), members(DONE)),
    "openid_connect_login": form(everybody(404), everybody(404), fixed(provider_id="none")),
    "openid_connect_callback": form(everybody(404), everybody(404), fixed(provider_id="none")),
    # Former addresses, without a name: redirects.
    "social/login/cancelled/": [],
    "social/login/error/": [],
    "social/signup/": [],
    "social/connections/": [],
}
TEAMS: dict[str, list[Visit]] = {
    "absence": form(members(), members(422)),
    "end_absence": step(only("engineer", status=DONE, others=404), pk("absence")),
    "handover": form(members(), members(422)),
    "handover_of": [
        *form(only(*OFFICERS), only(*OFFICERS, status=422), lambda w: {"pk": w.city.district_officer.pk}),
        *form(only(*OFFICERS, status=404), only(*OFFICERS, status=404), fixed(pk=999_999)),
    ],
    "teams": reading(members()),
    "new_team": form(only("officer"), only("officer", status=422)),
    "team": [*reading(members(), pk("team")), *reading(members(404), fixed(pk=999_999))],
    "edit_team": form(only("officer"), only("officer", status=422), pk("team")),
    "seat": step(only("officer", status=422), pk("team")),
    "unseat": step(only("officer", status=DONE), pk("seat")),
    "retire_team": step(only("officer", status=DONE), pk("team")),
}
# Tiered disclosure: the achievement holds protected texts; the broker has accepted the university's agreement.
DISCLOSURE: dict[str, list[Visit]] = {
    "nda": [
        *form(
            members(200, professor=302, officer=302, broker=302),
            members(422, professor=302, officer=302, broker=302),
            pk("achievement", service="achievements"),
        ),
        *form(members(404, engineer=302), members(404, engineer=302), pk("draft", service="needs")),
    ],
    "protected": reading(
        members(302, professor=200, officer=200, broker=200), pk("achievement", service="achievements")
    ),
    "readers": reading(only("professor"), pk("achievement", service="achievements")),
    "nda_text": reading(everybody(200), lambda w: {"pk": w.acceptance.text_id}),
    "nda_acceptances": reading(members()),
    "nda_acceptance": reading(only("professor", "broker", "officer", others=404), pk("acceptance")),
    "end_nda": step(
        only("professor", status=DONE, others=404, broker=403, officer=403), pk("acceptance"), reason="项目结束"
    ),
    "readmit_nda": step(only("professor", status=409, others=404, broker=403, officer=403), pk("acceptance")),
    "party_nda": form(
        only("professor", "officer", others=404),
        only("professor", status=DONE, officer=422, others=404),
        lambda w: {"pk": w.city.university.pk},
    ),
    "drop_nda": step(only("professor", status=409, officer=403, others=404), lambda w: {"pk": w.city.university.pk}),
}
SECTIONS = {
    "benefits": BENEFITS,
    "consultations": CONSULTATIONS,
    "credit": CREDIT,
    "centers": CENTERS,
    "visits": VISITS,
    "scorecards": SCORECARDS,
    "disclosure": DISCLOSURE,
    "public": PUBLIC,
    "people": PEOPLE,
    "publishing": PUBLISHING,
    "sheets": SHEETS,
    "notices": NOTICES,
    "partners": PARTNERS,
    "files": FILES,
    "ladder": LADDER,
    "policies": POLICIES,
    "recognition": RECOGNITION,
    "bench": BENCH,
    "teams": TEAMS,
    "api": API,
    "introductions": INTRODUCTIONS,
    "accounts": ACCOUNTS,
}
