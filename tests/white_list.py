"""白名单世界 white list: a published version, a draft, an appeal of the company, for tests/test_urls.py."""

from dataclasses import dataclass

from kechuang.core.parties.actions import appoint
from kechuang.services.credit import appeals, runs
from kechuang.services.credit.models import Appeal, CreditList, Entry
from tests.city import NOW, City, party, person


@dataclass
class WhiteList:
    """Run by the city's officer, approved by another; the company lacks facts and has appealed."""

    published: CreditList
    draft: CreditList
    entry: Entry  # of the company
    appeal: Appeal


def white_list(city: City) -> WhiteList:
    """All of it."""
    second = person("credit-second")
    appoint(user=second, role="officer", by=None, now=NOW)
    party("enterprise", "示例普通制造有限公司", "91370211MAQ1DA0X3B", "370211")
    made = runs.run(on=NOW.date(), months=6, note="", by=city.officer, now=NOW)
    published = runs.publish(credit_list=made, by=second, now=NOW)
    entry = Entry.objects.get(edition=published, party=city.company)
    return WhiteList(
        published=published,
        draft=runs.run(on=NOW.date(), months=6, note="", by=city.officer, now=NOW),
        entry=entry,
        appeal=appeals.appeal(entry=entry, text="资格已补录到企业档案，请重新判断。", by=city.engineer, now=NOW),
    )
