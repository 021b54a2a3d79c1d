"""网址权限表: visits and the problems raised in them. The broker of the city has no organisation and visits nobody."""

from tests.url_table_shapes import DONE, Visit, fixed, form, members, only, reading, step

OFFICERS = ("officer", "district_officer")

VISITS: dict[str, list[Visit]] = {
    "visits": reading(members()),
    "visit_firms": reading(only(*OFFICERS)),
    "visit_firm": [
        *form(only(*OFFICERS), only(*OFFICERS, status=422), lambda w: {"pk": w.city.company.pk}),
        *form(only(*OFFICERS, status=404), only(*OFFICERS, status=404), lambda w: {"pk": w.city.university.pk}),
    ],
    "log_visit_now": form(only(*OFFICERS), only(*OFFICERS, status=422), lambda w: {"pk": w.city.company.pk}),
    "join_visit": step(only("officer", status=DONE, district_officer=409), lambda w: {"pk": w.visited.plan.pk}),
    "log_visit": form(
        only(*OFFICERS, others=404, engineer=403),
        only(*OFFICERS, status=422, others=404, engineer=403),
        lambda w: {"pk": w.visited.plan.case_id},
    ),
    "correct_visit": [
        *form(
            only(*OFFICERS, others=404, engineer=403),
            only(*OFFICERS, status=422, others=404, engineer=403),
            lambda w: {"pk": w.visited.visit.case_id},
        ),
        *form(
            only(*OFFICERS, status=409, others=404, engineer=403),
            only(*OFFICERS, status=409, others=404, engineer=403),
            lambda w: {"pk": w.visited.plan.case_id},
        ),
    ],
    "move_visit": form(
        only(*OFFICERS, others=404, engineer=403),
        only(*OFFICERS, status=422, others=404, engineer=403),
        lambda w: {"pk": w.visited.plan.case_id},
    ),
    "merge_visit": form(
        only(*OFFICERS, others=404, engineer=403),
        only(*OFFICERS, status=422, others=404, engineer=403),
        lambda w: {"pk": w.visited.plan.case_id},
    ),
    "raise_problem": form(
        only(*OFFICERS, others=404, engineer=403),
        only(*OFFICERS, status=422, others=404, engineer=403),
        lambda w: {"pk": w.visited.visit.case_id},
    ),
    "visit_problems": reading(members()),
    "assign_problem": form(
        only(*OFFICERS, others=404, engineer=403),
        only(*OFFICERS, status=422, others=404, engineer=403),
        lambda w: {"pk": w.visited.problem.case_id},
    ),
    "need_of_problem": step(
        only("engineer", status=DONE, others=404, officer=403, district_officer=403),
        lambda w: {"pk": w.visited.problem.case_id},
    ),
    "visit_statistics": reading(only(*OFFICERS)),
    "case": [
        *reading(only("engineer", *OFFICERS, others=404), lambda w: {"pk": w.visited.visit.case_id}),
        *reading(only("engineer", *OFFICERS, others=404), lambda w: {"pk": w.visited.plan.case_id}),
        *reading(only("engineer", *OFFICERS, others=404), lambda w: {"pk": w.visited.problem.case_id}),
    ],
    "case_step": [
        *step(
            only(*OFFICERS, status=422, others=404, engineer=403),
            lambda w: {"pk": w.visited.problem.case_id, "name": "answer"},
        ),
        *step(
            only("engineer", status=422, others=404, officer=403, district_officer=403),
            lambda w: {"pk": w.visited.problem.case_id, "name": "withdraw"},
        ),
    ],
    "sheet": [
        *(reading(members(), fixed(code=c))[0] for c in ("visits", "visit-problems")),
        *(reading(only(*OFFICERS), fixed(code=c))[0] for c in ("visit-firms", "visit-statistics")),
    ],
    "import_sheet": [
        *form(only(*OFFICERS), only(*OFFICERS, status=422), fixed(code="visits")),
        *form(members(), members(422), fixed(code="visit-problems")),
    ],
}
