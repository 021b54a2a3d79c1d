"""演示政策库: a subscription, suggestions of visitors, one of them answered and kept as FAQ."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from kechuang.core.cases.actions import advance
from kechuang.core.parties.models import Mandate, Post
from kechuang.core.policy.queries import latest
from kechuang.services.policies import actions, news
from kechuang.services.policies.models import Subscription

CODE = "cn-tech-sme"
QUESTION, ANSWER = (
    "兼职的科技人员算不算？（演示提问）",
    "演示答复：请以评价办法对科技人员的定义为准，页面“口径”里有原文。",
)
WAITING = "“研发费用”和“研发投入”两个词都出现了，希望说明是不是一回事。（演示建议）"


@transaction.atomic
def load(now: datetime, progress: Callable[[str, int, int], None]) -> int:
    """Enter them where there are none yet; returns how many."""
    version = latest(CODE)
    officer = Post.objects.filter(role=Post.Role.OFFICER, district="", until=None).order_by("pk").first()
    mandate = Mandate.objects.filter(user__email="e24.admin@demo.example", state=Mandate.State.ACTIVE).first()
    if version is None or officer is None or mandate is None or Subscription.objects.exists():
        return 0
    news.subscribe(by=mandate.user, now=now, level="city")
    news.subscribe(by=mandate.user, now=now, party=mandate.party)
    before = now - timedelta(days=9)
    case = actions.suggest(version=version, said=actions.Suggested("unclear", QUESTION), now=before)
    case = advance(case=case, step="answer", by=officer.user, now=before, note=ANSWER, quiet=True)
    actions.keep_faq(case=case, question=QUESTION, answer=ANSWER, by=officer.user, now=before)
    actions.suggest(version=version, said=actions.Suggested("unclear", WAITING), now=now - timedelta(days=1))
    progress("policies", 4, 4)
    return 4
