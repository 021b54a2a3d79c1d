"""企业档案 models: figures by source, what counts, the lists, integrity, consent."""

from kechuang.core.dossier.models.bulk import FigureFile, FigureLine
from kechuang.core.dossier.models.columns import MONEY, PROFILE, YEARLY
from kechuang.core.dossier.models.figures import Dispute, Profile, ProfileReport, YearFigures, YearReport
from kechuang.core.dossier.models.lists import (
    Award,
    Financing,
    FormerName,
    Product,
    Qualification,
    ResearchOrg,
    Right,
    Site,
    Standard,
)
from kechuang.core.dossier.models.trust import Consent, IntegrityEntry

__all__ = [
    "MONEY",
    "PROFILE",
    "YEARLY",
    "Award",
    "Consent",
    "Dispute",
    "FigureFile",
    "FigureLine",
    "Financing",
    "FormerName",
    "IntegrityEntry",
    "Product",
    "Profile",
    "ProfileReport",
    "Qualification",
    "ResearchOrg",
    "Right",
    "Site",
    "Standard",
    "YearFigures",
    "YearReport",
]
