"""网址权限表: policies and the calculator."""

from tests.url_table_shapes import DONE, Visit, everybody, fixed, form, members, reading

PACK = fixed(code="cn-tech-sme")
POLICIES: dict[str, list[Visit]] = {
    "policies": reading(everybody(200)),
    "calculator": form(everybody(200), everybody(DONE)),
    "policy_document": [
        *reading(everybody(200), fixed(code="gkfz-2017-115")),
        *reading(everybody(404), fixed(code="no")),
    ],
    "policy": [*reading(everybody(200), PACK), *reading(everybody(404), fixed(code="no"))],
    "policy_versions": [*reading(everybody(200), PACK), *reading(everybody(404), fixed(code="no"))],
    "policy_version": [
        *reading(everybody(200), fixed(code="cn-tech-sme", number=1)),
        *reading(everybody(404), fixed(code="cn-tech-sme", number=99)),
    ],
    "ask_policy": form(members(), members(DONE), PACK),
}
