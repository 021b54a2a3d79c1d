"""白名单测试的小城: enterprises of every group, two officers of the city, a bank."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from kechuang.core.dossier.actions import declare_kept, report
from kechuang.core.dossier.consents import give_consent
from kechuang.core.dossier.entries import add_entry
from kechuang.core.dossier.integrity import enter_integrity
from kechuang.core.parties.actions import appoint
from kechuang.core.parties.models import Party, User
from kechuang.core.policy.loading import load_pack
from kechuang.services.credit import runs
from kechuang.services.credit.models import CreditList, Entry
from tests.city import NOW, City, party, person, works_for

TODAY = NOW.date()


@dataclass
class Bureau:
    """Who is in (``good``), who lacks facts (the city's company), who is out (``plain``), who looks (``banker``)."""

    city: City
    second: User
    banker: User
    good: Party
    plain: Party
    owner: User  # administers ``good``

    def run(self, now: datetime = NOW) -> CreditList:
        return runs.run(on=now.date(), months=6, note="", by=self.city.officer, now=now)

    def published(self, now: datetime = NOW) -> CreditList:
        return runs.publish(credit_list=self.run(now), by=self.second, now=now)

    def entry(self, found: CreditList, who: Party) -> Entry:
        return Entry.objects.get(edition=found, party=who)

    def consent(self, who: Party, by: User, now: datetime = NOW) -> None:
        give_consent(
            party=who,
            to_party=None,
            to_role="financier",
            groups=["standing"],
            since=now.date(),
            until=now.date() + timedelta(days=90),
            purpose="科技信贷白名单",
            by=by,
            now=now,
        )

    def block(self, who: Party, *, until: Any = None) -> None:
        content = {"act": "other", "measures": "不得申报", "found_on": TODAY, "start": TODAY, "until": until}
        named = {"decision": "示例信用〔2026〕8号", "source": "示例部门"}
        enter_integrity(subject=who, content=content | named, by=self.city.officer, now=NOW)


def qualify(who: Party, *, valid: bool = True) -> None:
    """Complete the part of the file on which the list rests: a technology SME of the year, or no qualification."""
    if valid:
        content = {"kind": "sme", "valid_from": TODAY.replace(month=5), "valid_to": TODAY.replace(year=2027)}
        add_entry(party=who, held="qualifications", content=content, by=None, now=NOW, source="national")
    declare_kept(party=who, held="qualifications", kept=True, by=None, now=NOW)
    report(party=who, values={0: {"not_abnormal": True}}, by=None, now=NOW)


def bureau(city: City) -> Bureau:
    """All of it."""
    text = (settings.PACKS_DIR / "national" / "policies" / "cn-credit-list.toml").read_text("utf-8")
    load_pack(text=text, file="cn-credit-list.toml", now=NOW)
    second, banker, owner = (person(name) for name in ("credit-second", "banker", "owner"))
    appoint(user=second, role="officer", by=None, now=NOW)
    appoint(user=banker, role="financier", by=None, now=NOW)
    good = party("enterprise", "示例海工装备有限公司", "91370212MADEM3018C", "370212")
    plain = party("enterprise", "示例普通制造有限公司", "91370211MAQ1DA0X3B", "370211")
    works_for(owner, good, "admin")
    qualify(good)
    qualify(plain, valid=False)
    return Bureau(city, second, banker, good, plain, owner)
