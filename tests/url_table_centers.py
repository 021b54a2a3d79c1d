"""网址权限表: cloud R&D centres, their records, the coverage."""

from tests.url_table_shapes import DONE, Visit, everybody, fixed, form, members, only, reading, step

OFFICERS = ("officer", "district_officer")

CENTERS: dict[str, list[Visit]] = {
    "research_centers": reading(everybody(200)),
    "research_center": [
        *reading(everybody(200), lambda w: {"pk": w.centers.center.pk}),
        *reading(everybody(404), fixed(pk=999_999)),
    ],
    "center_cases": reading(members()),
    "new_center": form(only("engineer", status=302), only("engineer", status=302)),
    "edit_center": form(
        only("engineer", others=404, officer=403, district_officer=403),
        only("engineer", status=422, others=404, officer=403, district_officer=403),
        lambda w: {"pk": w.centers.center.case_id},
    ),
    "confirm_center_year": form(
        only("engineer", others=404, officer=403, district_officer=403),
        only("engineer", status=422, others=404, officer=403, district_officer=403),
        lambda w: {"pk": w.centers.center.case_id},
    ),
    "ask_center": form(only("professor"), only("professor", status=422), lambda w: {"pk": w.centers.center.pk}),
    "rd_records": reading(only("engineer", *OFFICERS, others=404), lambda w: {"pk": w.centers.center.pk}),
    "new_rd_record": form(
        only("engineer", others=404, officer=403, district_officer=403),
        only("engineer", status=422, others=404, officer=403, district_officer=403),
        lambda w: {"pk": w.centers.center.pk},
    ),
    "edit_rd_record": form(
        only("engineer", others=404, officer=403, district_officer=403),
        only("engineer", status=422, others=404, officer=403, district_officer=403),
        lambda w: {"pk": w.centers.activity.pk},
    ),
    "remove_rd_record": step(
        only("engineer", status=DONE, others=404, officer=403, district_officer=403),
        lambda w: {"pk": w.centers.activity.pk},
    ),
    "rd_coverage": reading(only(*OFFICERS)),
    "rd_coverage_firms": reading(only(*OFFICERS)),
    "rd_coverage_definition": form(only("officer"), only("officer", status=422)),
    "case": [
        *reading(only("engineer", *OFFICERS, others=404), lambda w: {"pk": w.centers.center.case_id}),
        *reading(only("engineer", "professor", *OFFICERS, others=404), lambda w: {"pk": w.centers.inquiry.pk}),
    ],
    "case_step": [
        *step(
            only("engineer", status=422, others=404, professor=403, officer=403, district_officer=403),
            lambda w: {"pk": w.centers.inquiry.pk, "name": "answer"},
        ),
        *step(
            only(*OFFICERS, status=422, others=404, engineer=403),
            lambda w: {"pk": w.centers.center.case_id, "name": "suspend"},
        ),
    ],
    "sheet": [
        *reading(members(), fixed(code="research-centers")),
        *reading(members(), fixed(code="rd-records")),
        *(reading(only(*OFFICERS), fixed(code=c))[0] for c in ("rd-coverage", "rd-roll")),
    ],
    "import_sheet": [
        *form(only("engineer"), only("engineer", status=422), fixed(code="rd-records")),
        *form(only(*OFFICERS), only(*OFFICERS, status=422), fixed(code="rd-roll")),
    ],
}
