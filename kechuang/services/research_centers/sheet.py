"""云上研发中心清单表 sheet: the columns of the lists as Excel files; records and the roll can be imported again."""

from django.utils.translation import gettext_noop

from kechuang.core.parties.access import require_officer
from kechuang.services.research_centers import rows
from kechuang.web import sheet_steps
from kechuang.web.sheets import VERSION, Column, Part, Sheet, register_sheet

register_sheet(
    Sheet(
        "research-centers",
        gettext_noop("云上研发中心登记"),
        (
            Part(
                gettext_noop("云上研发中心登记"),
                (
                    Column(gettext_noop("办件编号"), gettext_noop("系统中的编号，不变。"), 10, "case", key=True),
                    Column(gettext_noop("中心名称"), width=32),
                    Column(gettext_noop("企业"), width=28),
                    Column(gettext_noop("区市"), width=12),
                    Column(gettext_noop("产业"), width=28),
                    Column(gettext_noop("研发方向"), width=36),
                    Column(gettext_noop("研发人员（人）"), width=12),
                    Column(gettext_noop("上年研发费用（元）"), width=18),
                    Column(gettext_noop("合作方式"), width=28),
                    Column(gettext_noop("可以合作什么"), width=40),
                    Column(gettext_noop("状态"), width=14),
                    Column(gettext_noop("等待谁"), gettext_noop("轮到哪一方办理；空白表示没有人在等。"), 12),
                    Column(gettext_noop("期限"), gettext_noop("办理期限，按工作日计算。"), 12),
                    Column(gettext_noop("登记日期"), width=12),
                    *sheet_steps.COLUMNS,
                ),
                rows.centers_rows,
                sheet_steps.STEPS,
            ),
        ),
        about=gettext_noop("登记内容在页面上填写和修改。"),
    )
)
register_sheet(
    Sheet(
        "rd-records",
        gettext_noop("研发活动记录"),
        (
            Part(
                gettext_noop("研发活动"),
                (
                    Column(gettext_noop("编号"), gettext_noop("新增的行留空。"), 10, "record", key=True),
                    Column(gettext_noop("企业"), width=28),
                    Column(gettext_noop("统一社会信用代码"), gettext_noop("只有一家企业时可不填。"), 22, "uscc"),
                    Column(gettext_noop("年度"), width=8, name="year"),
                    Column(gettext_noop("项目"), width=32, name="project"),
                    Column(gettext_noop("开始日期"), width=12, name="starts_on"),
                    Column(gettext_noop("结束日期"), gettext_noop("还在进行的不填。"), 12, "ends_on"),
                    Column(gettext_noop("投入人月"), width=10, name="staff_months"),
                    Column(gettext_noop("当年研发支出（元）"), width=18, name="spend"),
                    Column(gettext_noop("成果"), width=40, name="results"),
                    Column(gettext_noop("合作单位"), width=24, name="partner"),
                    Column(gettext_noop("更正原因"), gettext_noop("年度已经确认的才需要填。"), 30, "reason"),
                    VERSION,
                ),
                rows.activities_rows,
                rows.RECORD,
            ),
        ),
        about=gettext_noop("由已登记中心的企业经办人导入。年度确认后改动须写明原因。"),
    )
)
register_sheet(
    Sheet(
        "rd-coverage",
        gettext_noop("研发机构覆盖率"),
        (
            Part(
                gettext_noop("覆盖率"),
                (
                    Column(gettext_noop("年度"), width=8),
                    Column(gettext_noop("区市"), width=14),
                    Column(gettext_noop("分母（家）"), width=12),
                    Column(gettext_noop("有研发机构（家）"), width=16),
                    Column(gettext_noop("没有（家）"), width=12),
                    Column(gettext_noop("覆盖率（%）"), gettext_noop("口径见页面。"), 12),
                ),
                rows.lines_rows,
            ),
            Part(
                gettext_noop("企业"),
                (
                    Column(gettext_noop("年度"), width=8),
                    Column(gettext_noop("企业"), width=32),
                    Column(gettext_noop("统一社会信用代码"), width=22),
                    Column(gettext_noop("区市"), width=14),
                    Column(gettext_noop("研发机构"), width=12),
                ),
                rows.firms_rows,
            ),
        ),
        require=lambda ask: require_officer(ask.user),
        about=gettext_noop("由登记、档案和名录计算，不能导入。"),
    )
)
register_sheet(
    Sheet(
        "rd-roll",
        gettext_noop("覆盖率名录"),
        (
            Part(
                gettext_noop("名录"),
                (
                    Column(gettext_noop("年度"), gettext_noop("新的一行就是新增。"), 8, "year", key=True),
                    Column(gettext_noop("统一社会信用代码"), width=22, name="uscc", key=True),
                    Column(gettext_noop("企业"), width=32),
                    Column(gettext_noop("名录来源"), gettext_noop("哪个部门哪年的名录。"), 36, "source"),
                    Column(gettext_noop("处理"), gettext_noop("填“移出”，该企业当年不再计入。"), 10, "action"),
                    VERSION,
                ),
                rows.roll_rows,
                rows.ROLL,
            ),
        ),
        require=lambda ask: require_officer(ask.user),
    )
)
