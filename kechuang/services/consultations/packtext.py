"""规则包成文 packtext: a draft of a rule pack as clauses in plain words, for people to comment on."""

from collections.abc import Iterator
from datetime import date

from kechuang.core.dossier.wording import words
from kechuang.core.policy.models import PackVersion
from kechuang.core.policy.queries import pack_of
from kechuang.kit.language import main_language
from kechuang.kit.rules.packs import Pack
from kechuang.kit.rules.reading import PackRefused
from kechuang.kit.rules.reading_aloud import aloud
from kechuang.kit.rules.wording import Words


def text_of(version: PackVersion, on: date) -> str:
    """The text, a clause a paragraph; empty for a draft whose rules do not hold yet."""
    try:
        pack = pack_of(version)
    except PackRefused:
        return ""
    with main_language():
        return "\n\n".join(_clauses(pack, words(), max(on, pack.effective_from)))


def _clauses(pack: Pack, say: Words, on: date) -> Iterator[str]:
    for text in (pack.about.get("summary"), pack.about.get("text")):
        if text:
            yield str(text)
    for head, formulas in (("条件", pack.conditions), ("符合一项即可", pack.routes)):
        for formula in formulas:
            told = say.filled(say.name(formula), pack, on)
            own = "" if formula.expression.text in pack.facts else aloud(pack, formula.expression, say, on)
            yield f"{head}：{told}" + (f"（算法：{own}）" if own else "")
    if pack.benefit is not None:
        words_of_cap = ""
        if pack.benefit.cap:
            cap = pack.parameters[pack.benefit.cap]
            words_of_cap = f"，最高 {say.parameter(pack, cap, cap.on(on))}"
        yield f"金额：{aloud(pack, pack.benefit.formula.expression, say, on)}{words_of_cap}"
