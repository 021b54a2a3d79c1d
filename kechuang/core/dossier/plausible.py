"""合理性 plausible: figures that can hardly be right are kept, with a warning that says which and why. Pure."""

from collections.abc import Mapping
from typing import Any

from kechuang.kit.text import noop

# A part and its whole: the part cannot be larger.
PARTS: tuple[tuple[str, str, str], ...] = (
    ("rd_staff_sme", "staff_sme", noop("科技人员（科小口径）多于职工总数")),
    ("rd_staff_hnte", "staff_hnte", noop("科技人员（高企口径）多于职工总数")),
    ("main_revenue", "revenue", noop("主营业务收入大于销售收入")),
    ("hightech_income", "total_income", noop("高新技术产品（服务）收入大于总收入")),
    ("rd_hnte_domestic", "rd_hnte", noop("境内研发费用大于研发费用（高企口径）")),
    ("rd_sme", "cost", noop("研发费用（加计扣除口径）大于成本费用支出")),
)


def doubts(values: Mapping[str, Any]) -> dict[str, str]:
    """The fields whose values can hardly be right, with the reason as a message to be translated."""
    return {
        part: words
        for part, whole, words in PARTS
        if values.get(part) is not None and values.get(whole) is not None and values[part] > values[whole]
    }
