"""一企一档 (A4.1): the file of an enterprise. Its case is the check of what sources disagree on."""

from kechuang.core.catalogue.models import Service, register
from kechuang.kit.access import nobody
from kechuang.kit.text import noop
from kechuang.kit.workflow import State, Step, Workflow

CODE = "dossiers"
CHECK_DAYS = 10

WORKFLOW = Workflow(
    start="checking",
    states={
        "checking": State(noop("来源不一致，待核对"), "officer", CHECK_DAYS),
        "done": State(noop("已核对"), end=True),
    },
    steps=(Step("agree", noop("各项已处理"), ("checking",), "done", nobody, automatic=True),),
)

register(
    Service(
        code=CODE,
        name="一企一档",
        name_en="Enterprise file",
        summary=noop("企业的基本情况、年度数据、知识产权和资格填一次，处处可用；每个值都有来源、日期和填写人。"),
        basis="梯度培育：科技型中小企业 → 高新技术企业 → 科技领军企业；企业只填一次（平台自定）",
        audience=("enterprise", "institution"),
        workflow=WORKFLOW,
        days=CHECK_DAYS,
        rows=("A4.1",),
    )
)
