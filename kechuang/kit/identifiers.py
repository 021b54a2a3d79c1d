"""编码 identifiers: the unified social credit code 统一社会信用代码 (GB 32100-2015)."""

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
