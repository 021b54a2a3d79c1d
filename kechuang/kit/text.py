"""文本 text: folding, tokens, sentences, words and marks in Chinese and Latin text. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

import opencc
import rjieba

Say = Callable[[str], str]  # says a template in the language of who reads it

_t2s = opencc.OpenCC("t2s")
_RUN = re.compile(r"[㐀-䶿一-鿿豈-﫿]+|[a-z0-9à-ÿ]+(?:[.\-+][a-z0-9]+)*")
_HAN = re.compile(r"[㐀-䶿一-鿿豈-﫿]")
# 三年, 十四个, 两成: how many, not what.
_COUNT = re.compile(r"[一二两三四五六七八九十百千万半几多\d]+[个次年月天人种只条台件家成分块元度倍号点秒米]*")
_SENTENCE = re.compile(r"[^。！？!?；;\n]+[。！？!?；;]?")
_LATIN_SENTENCE_END = re.compile(r"(?<=[a-z0-9)]\.)\s+(?=[A-Z])")

# Words that say nothing about a technology; never shown as a shared term.
_STOP = """
的 了 和 与 及 或 在 是 有 我 我们 你 他 它 这 那 这个 那个 一个 一种 怎么 什么 怎样 如何 能 能不能 可以
不能 不 没 没有 想 要 需要 希望 进行 通过 采用 实现 提高 问题 技术 方法 研究 基于 使用 应用 具有 以及 对
中 等 为 上 下 里 用 把 被 让 使 将 从 到 由 于 之 其 并 而 且 但 又 也 都 就 还 很 太 更 最 请 谁 哪
哪种 多少 目前 现有 已经 一直 总是 因为 所以 如果 时候 时 后 前 个 种 次 the a an of and or in on for to
with is are be by from at as it that this we our
"""
STOP_WORDS = frozenset(_STOP.split())


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """The text as search sees it: NFKC, simplified characters 繁→简, lower case."""
    simplified: str = _t2s.convert(unicodedata.normalize("NFKC", text))
    return simplified.lower()


def tokens(text: str) -> list[str]:
    """Tokens for search: single Han characters, Han bigrams and Latin words, in order, with repeats.

    A layman's words differ from a paper's, so dictionary words would miss; characters and bigrams do not.
    """
    found: list[str] = []
    for run in _RUN.findall(fold(text)):
        if _HAN.match(run):
            found.extend(run)
            found.extend(run[i : i + 2] for i in range(len(run) - 1))
        else:
            found.append(run)
    return found


def sentences(text: str) -> list[str]:
    """The sentences of a text, with their end marks, without blanks around them."""
    parts = (s for m in _SENTENCE.findall(text) for s in _LATIN_SENTENCE_END.split(m))
    return [s.strip() for s in parts if len(s.strip()) > 1]


def words(text: str) -> list[str]:
    """Dictionary words of at least two characters that carry meaning; for highlighting and suggestions."""
    found = (w for w in rjieba.cut(fold(text)) if len(w) > 1 and w not in STOP_WORDS)
    return [w for w in found if _RUN.fullmatch(w) and not _COUNT.fullmatch(w)]


def shared_terms(a: str, b: str, limit: int = 8) -> list[str]:
    """Words that both texts use, the longest first; for reasons in words and for marking."""
    folded = fold(b)
    seen = dict.fromkeys(w for w in words(a) if w in folded)
    return sorted(seen, key=len, reverse=True)[:limit]


def marked(text: str, terms: Iterable[str]) -> list[tuple[str, bool]]:
    """The text in pieces ``(piece, is_term)``; nothing is lost, so a template can escape and mark safely.

    A term is found whatever its width, case or script.
    """
    folded = fold(text)
    if len(folded) != len(text):  # "…" becomes three dots: such a character alone matches nothing
        folded = "".join(one if len(one := fold(c)) == 1 else "\0" for c in text)
    wanted = sorted({t for t in terms if t}, key=len, reverse=True)
    if not wanted:
        return [(text, False)]
    pattern = re.compile("|".join(re.escape(t) for t in wanted))
    pieces: list[tuple[str, bool]] = []
    at = 0
    for m in pattern.finditer(folded):
        if m.start() > at:
            pieces.append((text[at : m.start()], False))
        pieces.append((text[m.start() : m.end()], True))
        at = m.end()
    if at < len(text):
        pieces.append((text[at:], False))
    return pieces


def initials(text: str) -> str:
    """Pinyin initials 拼音首字母, for suggestions: 钙钛矿电池 -> gtkdc."""
    pinyin = _pinyin()
    return "".join(pinyin.lazy_pinyin(fold(text), style=pinyin.Style.FIRST_LETTER, errors=_ascii_only)).lower()


@cache
def _pinyin() -> Any:
    """pypinyin, when first needed: reading its table of phrases takes a fifth of the time in which a program starts."""
    return import_module("pypinyin")


def _ascii_only(run: str) -> str:
    return "".join(c for c in run if c.isascii() and c.isalnum())


def clip(text: str, length: int) -> str:
    """The text cut to ``length`` characters, with an ellipsis where something is missing."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1] + "…"


def noop(text: str) -> str:
    """The text itself; marks it for translation where nothing can be translated yet."""
    return text
