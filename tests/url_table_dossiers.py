"""网址权限表: the files of enterprises."""

from typing import Any

from tests.url_table_shapes import DONE, Visit, fixed, form, members, only, reading, step
from tests.world import World

OFFICERS = ("officer", "district_officer")
FIELDS = {"chosen": "tax", "note": "查阅完税证明", "seen": "{}"}


def company(**more: Any) -> Any:
    """The file of the company."""
    return lambda world: {"pk": world.city.company.pk, **more}


def right(world: World) -> dict[str, Any]:
    """A right of the company."""
    return {"pk": world.city.company.pk, "held": "rights", "number": world.file.right.pk}


FILES: dict[str, list[Visit]] = {
    "dossiers": reading(members(200, engineer=302, professor=302)),
    "dossiers_export": reading(only(*OFFICERS)),
    "disputes": reading(only(*OFFICERS)),
    "dispute": form(
        only(*OFFICERS, engineer=403, others=404),
        only(*OFFICERS, status=DONE, engineer=403, others=404),
        lambda w: {"pk": w.file.dispute.pk},
        **FIELDS,
    ),
    "dossier": [
        *reading(only("engineer", *OFFICERS, others=404), company()),
        *reading(members(404), fixed(pk=999_999)),
    ],
    "dossier_profile": form(
        only("engineer", officer=403, district_officer=403, others=404),
        only("engineer", status=DONE, officer=403, district_officer=403, others=404),
        company(group="standing"),
    ),
    "dossier_years": form(
        only("engineer", officer=403, district_officer=403, others=404),
        only("engineer", status=DONE, officer=403, district_officer=403, others=404),
        company(group="staff"),
    ),
    "dossier_sheet": reading(only("engineer", officer=403, district_officer=403, others=404), company()),
    "dossier_typed": form(
        only("engineer", status=DONE, officer=403, district_officer=403, others=404),
        only("engineer", status=DONE, officer=403, district_officer=403, others=404),
        company(),
    ),
    "dossier_upload": form(
        only("engineer", officer=403, district_officer=403, others=404),
        only("engineer", status=DONE, officer=403, district_officer=403, others=404),
        company(),
    ),
    "dossier_disputes": reading(only("engineer", *OFFICERS, others=404), company()),
    "dossier_consents": form(
        only("engineer", officer=403, district_officer=403, others=404),
        only("engineer", status=DONE, officer=403, district_officer=403, others=404),
        company(),
    ),
    "integrity": form(members(), only("officer", status=DONE)),
    "integrity_appeal": step(
        only("officer", status=DONE, others=404, engineer=403, district_officer=403),
        lambda w: {"pk": w.file.record.pk},
        appeal="filed",
    ),
    "figure_upload": form(only(*OFFICERS), only(*OFFICERS, status=DONE)),
    "figure_template": reading(only(*OFFICERS)),
    "figure_file": reading(only("officer", others=404), lambda w: {"pk": w.file.figures.pk}),
    "confirm_figures": step(only("officer", status=DONE, others=404), lambda w: {"pk": w.file.figures.pk}),
    "cancel_figures": step(only("officer", status=DONE, others=404), lambda w: {"pk": w.file.figures.pk}),
    "withdraw_consent": step(only("engineer", status=DONE, others=404), lambda w: {"pk": w.file.consent.pk}),
    "dossier_looks": reading(only("engineer", *OFFICERS, others=404), company()),
    "dossier_new_entry": form(
        only("engineer", *OFFICERS, others=404),
        only("engineer", *OFFICERS, status=DONE, others=404),
        company(held="products"),
        name="示例产品",
    ),
    "dossier_complete": step(
        only("engineer", status=DONE, officer=403, district_officer=403, others=404), company(held="awards"), kept="1"
    ),
    "dossier_entry": form(
        only("engineer", officer=403, district_officer=403, others=404),
        only("engineer", status=DONE, officer=403, district_officer=403, others=404),
        right,
    ),
    "dossier_remove_entry": step(only("engineer", status=DONE, officer=403, district_officer=403, others=404), right),
    "dossier_use_right": step(
        only("engineer", status=DONE, officer=403, district_officer=403, others=404),
        lambda w: {"pk": w.city.company.pk, "number": w.file.right.pk},
    ),
}
