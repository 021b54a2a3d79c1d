"""编码 identifiers: the unified social credit code 统一社会信用代码 (GB 32100-2015), Chinese patent numbers."""

import re

from django.utils.translation import gettext as _
from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from kechuang.kit.text import fold


class WrongFormat(ValueError):
    """The code cannot be a unified social credit code; the message says why."""


def clean_uscc(value: str) -> tuple[str, bool]:
    """The code in capital letters, and whether its check digit holds.

    A wrong format raises WrongFormat; a wrong check digit is only a warning, because some early
    codes that are in use fail the check (rules.md §8.1).
    """
    code = fold(value).replace(" ", "").replace("-", "").upper()
    try:
        uscc.validate(code)
    except InvalidChecksum:
        return code, False
    except ValidationError:
        raise WrongFormat(
            _("统一社会信用代码应为 18 位数字和大写字母（不含 I、O、S、V、Z），请核对营业执照。")
        ) from None
    return code, True


_PATENT = re.compile(r"(?:ZL|CN)?(\d{12}|\d{8})\.?([0-9X])")
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def patent_check(digits: str) -> str:
    """The check digit of a patent number: twelve digits (since 2003-10-01) or eight (before)."""
    rest = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=False)) % 11
    return "X" if rest == 10 else str(rest)


def clean_patent(value: str) -> tuple[str, bool]:
    """A Chinese patent number in its usual form ``ZL202310123456.6``, and whether its check digit holds.

    What does not look like a patent number comes back as typed with False: both are only warnings, since numbers of
    1985 to 1988 may lack the check digit (rules.md §8.2).
    """
    text = fold(value).replace(" ", "").upper()
    found = _PATENT.fullmatch(text)
    if found is None:
        return text, False
    digits, check = found.groups()
    prefix = text[:2] if text[:2] in ("ZL", "CN") else "ZL"
    return f"{prefix}{digits}.{check}", patent_check(digits) == check
