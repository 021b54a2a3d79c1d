"""档案栏目 columns: what is stated about an organisation once, and what is stated for every accounting year.

One column per fact of ``packs/national/facts.toml`` that somebody states. A column stands twice: as one source stated
it, and as it counts.
"""

from typing import Any

from django.db import models


def _count(label: str) -> "models.PositiveIntegerField[Any, Any]":
    return models.PositiveIntegerField(label, null=True, blank=True)


def _money(label: str) -> "models.DecimalField[Any, Any]":
    return models.DecimalField(label, max_digits=18, decimal_places=2, null=True, blank=True)


def _flag(label: str) -> "models.BooleanField[Any, Any]":
    return models.BooleanField(label, null=True, blank=True)


def _code(label: str) -> "models.CharField[Any, Any]":
    return models.CharField(label, max_length=40, null=True, blank=True)


class ProfileColumns(models.Model):
    """基本情况: what holds until it changes."""

    founded_on = models.DateField("成立日期", null=True, blank=True)
    registration_type = _code("登记注册类型")
    scale = _code("企业规模")
    resident = _flag("境内注册的居民企业")
    state_owned = _flag("国有企业")
    industry_permitted = _flag("不属于禁止、限制和淘汰类")
    no_accident = _flag("无重大安全、质量事故和严重环境违法")
    not_abnormal = _flag("未列入经营异常和严重违法失信名单")
    core_field = _flag("核心技术属于国家重点支持的高新技术领域")
    strategic_field = _flag("主导产品属于战略性新兴产业")
    rd_before = _flag("以前年度开展过研发活动")

    class Meta:
        abstract = True


class YearColumns(models.Model):
    """年度数据: the figures of one accounting year; money in yuan."""

    staff_sme = _count("职工总数（科小口径）")
    rd_staff_sme = _count("科技人员（科小口径）")
    staff_hnte = _count("职工总数（高企口径）")
    rd_staff_hnte = _count("科技人员（高企口径）")
    revenue = _money("销售收入")
    main_revenue = _money("主营业务收入")
    total_income = _money("总收入")
    hightech_income = _money("高新技术产品（服务）收入")
    cost = _money("成本费用支出")
    assets = _money("资产总额")
    liabilities = _money("负债总额")
    tax_paid = _money("纳税额")
    rd_sme = _money("研发费用（加计扣除口径）")
    rd_hnte = _money("研发费用（高企口径）")
    rd_hnte_domestic = _money("其中：境内研发费用（高企口径）")
    rd_basic = _money("其中：基础研究投入")
    equity_raised = _money("新增股权融资（实缴）")
    transfer_income = _money("技术转让收入")
    transfer_cost = _money("技术转让成本")
    transfer_tax = _money("技术转让相关税费")
    conversions = _count("科技成果转化数")

    class Meta:
        abstract = True


PROFILE: tuple[str, ...] = tuple(f.name for f in ProfileColumns._meta.local_fields)
YEARLY: tuple[str, ...] = tuple(f.name for f in YearColumns._meta.local_fields)
MONEY: tuple[str, ...] = tuple(f.name for f in YearColumns._meta.local_fields if isinstance(f, models.DecimalField))
