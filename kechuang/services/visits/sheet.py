"""走访清单表 sheet: visits both ways, problems with their steps, enterprises and statistics as Excel files."""

from django.utils.translation import gettext_noop

from kechuang.services.visits import rows
from kechuang.services.visits.access import require_visitor
from kechuang.web import sheet_steps
from kechuang.web.sheets import VERSION, Column, Part, Sheet, register_sheet

register_sheet(
    Sheet(
        "visits",
        gettext_noop("走访"),
        (
            Part(
                gettext_noop("走访"),
                (
                    Column(gettext_noop("办件编号"), gettext_noop("新增的行留空。"), 10, "case", key=True),
                    Column(gettext_noop("统一社会信用代码"), width=22, name="uscc"),
                    Column(gettext_noop("企业"), width=28),
                    Column(gettext_noop("走访单位"), width=28),
                    Column(gettext_noop("状态"), width=12),
                    Column(gettext_noop("计划日期"), width=12),
                    Column(gettext_noop("走访日期"), width=12, name="visited_on"),
                    Column(gettext_noop("走访目的"), width=32, name="purpose"),
                    Column(gettext_noop("参加人员"), width=28, name="people"),
                    Column(gettext_noop("看到的情况"), width=40, name="seen"),
                    Column(
                        gettext_noop("企业提出的诉求"),
                        gettext_noop("每行一条：类型|诉求|期限（工作日）。"),
                        40,
                        "problems",
                    ),
                    Column(gettext_noop("内部备注"), gettext_noop("只有走访单位和主管部门能看到。"), 30, "private"),
                    Column(
                        gettext_noop("更正原因"), gettext_noop("更正已经记录的走访时必填，企业会看到。"), 26, "reason"
                    ),
                    VERSION,
                ),
                rows.visit_rows,
                rows.VISIT,
            ),
        ),
        about=gettext_noop(
            "导入把走访记录下来：新的一行，或给计划中的走访填上日期和情况；已经记录的可以更正，须写原因。"
        ),
    )
)
register_sheet(
    Sheet(
        "visit-problems",
        gettext_noop("走访诉求"),
        (
            Part(
                gettext_noop("走访诉求"),
                (
                    Column(gettext_noop("办件编号"), gettext_noop("系统中的编号，不变。"), 10, "case", key=True),
                    Column(gettext_noop("企业"), width=28),
                    Column(gettext_noop("走访日期"), width=12),
                    Column(gettext_noop("走访单位"), width=28),
                    Column(gettext_noop("类型"), width=12),
                    Column(gettext_noop("诉求"), width=44),
                    Column(gettext_noop("状态"), width=16),
                    Column(gettext_noop("等待谁"), gettext_noop("轮到哪一方办理；空白表示没有人在等。"), 12),
                    Column(gettext_noop("责任人"), width=14),
                    Column(gettext_noop("期限"), gettext_noop("办理期限，按工作日计算。"), 12),
                    Column(gettext_noop("最近的说明"), width=40),
                    *sheet_steps.COLUMNS,
                ),
                rows.problem_rows,
                sheet_steps.STEPS,
            ),
        ),
        about=gettext_noop("分派在页面上办理。"),
    )
)
register_sheet(
    Sheet(
        "visit-firms",
        gettext_noop("最久未走访的企业"),
        (
            Part(
                gettext_noop("企业"),
                (
                    Column(gettext_noop("企业"), width=32),
                    Column(gettext_noop("统一社会信用代码"), width=22),
                    Column(gettext_noop("区市"), width=14),
                    Column(gettext_noop("最近走访"), gettext_noop("任何单位的走访；空白表示没有走访过。"), 14),
                    Column(gettext_noop("计划走访"), width=14),
                ),
                rows.firm_rows,
            ),
        ),
        require=lambda ask: require_visitor(ask.user),
        about=gettext_noop("由走访记录得出，不能导入。"),
    )
)
register_sheet(
    Sheet(
        "visit-statistics",
        gettext_noop("走访统计"),
        (
            Part(
                gettext_noop("走访统计"),
                (
                    Column(gettext_noop("年度"), width=8),
                    Column(gettext_noop("单位、区市或月份"), width=32),
                    Column(gettext_noop("走访（次）"), width=12),
                    Column(gettext_noop("企业（家）"), width=12),
                    Column(gettext_noop("诉求（条）"), width=12),
                    Column(gettext_noop("未办结"), width=12),
                    Column(gettext_noop("已超期"), width=12),
                    Column(gettext_noop("企业已确认"), width=12),
                ),
                rows.figure_rows,
            ),
        ),
        require=lambda ask: require_visitor(ask.user),
        about=gettext_noop("由走访记录得出，不能导入。"),
    )
)
