"""企业档案 enterprise file: a right, a dispute and a consent of the company, for the world of tests/test_urls.py."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from kechuang.core.dossier import bulk
from kechuang.core.dossier.actions import report
from kechuang.core.dossier.consents import give_consent
from kechuang.core.dossier.entries import add_entry
from kechuang.core.dossier.integrity import enter_integrity
from kechuang.core.dossier.models import Consent, Dispute, FigureFile, IntegrityEntry, Right
from tests.city import NOW, City

SHEET = "统一社会信用代码,年度,纳税额\n91370202MADEM2017B,2025,3\n123,2025,x\n".encode()


@dataclass
class EnterpriseFile:
    """What the company's file holds."""

    right: Right  # class II, stated by the company
    dispute: Dispute  # the company and the tax office disagree on revenue
    consent: Consent  # to a role that nobody of the city holds
    figures: FigureFile  # the officer's, checked
    record: IntegrityEntry  # about the company


def enterprise_file(city: City) -> EnterpriseFile:
    """All of it."""
    for source, amount, by in (("enterprise", 5, city.engineer), ("tax", 6, city.officer)):
        values = {2025: {"revenue": Decimal(amount)}}
        report(party=city.company, values=values, source=source, by=by, now=NOW)
    figures = bulk.upload(name="统计.csv", data=SHEET, source="statistics", by=city.officer, now=NOW)
    right = {"kind": "utility", "title": "一种示例夹具", "obtained": "own", "main_product": True}
    return EnterpriseFile(
        right=add_entry(party=city.company, held="rights", content=right, by=city.engineer, now=NOW),
        dispute=Dispute.objects.get(),
        record=_record(city),
        figures=bulk.check(file=figures, now=NOW),
        consent=give_consent(
            party=city.company,
            to_party=None,
            to_role="financier",
            groups=["money"],
            since=NOW.date(),
            until=NOW.date() + timedelta(days=30),
            purpose="申请贷款",
            by=city.engineer,
            now=NOW,
        ),
    )


def _record(city: City) -> IntegrityEntry:
    content = {"act": "other", "measures": "一年内不得申报", "found_on": NOW.date(), "start": NOW.date()}
    named = {"decision": "示例决定〔2026〕1号", "source": "示例部门"}
    return enter_integrity(subject=city.company, content=content | named, by=city.officer, now=NOW)
