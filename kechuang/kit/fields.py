"""表单字段 fields: form fields that read a web form, a JSON value and an Excel cell alike."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import QueryDict  # noqa: TID251 - widgets read what the browser sent
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

_SEPARATORS = re.compile(r"[、，,;；\n\t|]+")
_BAR = re.compile(r"(?<!\\)[|｜]")  # between the columns of a cell, unless written as \|

Choices = Callable[[], list[tuple[str, str]]]


def split(value: Any) -> list[str]:
    """Parts of a list or of a text with the usual Chinese and Western separators; no blanks, no repeats."""
    parts = value if isinstance(value, list | tuple) else _SEPARATORS.split(str(value or ""))
    return list(dict.fromkeys(str(p).strip() for p in parts if p is not None and str(p).strip()))


class TagsField(forms.CharField):
    """标签: a short list of free words, at most ``most`` of them, each at most 40 characters."""

    def __init__(self, *, most: int = 10, **kwargs: Any) -> None:
        self.most = most
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return "、".join(value) if isinstance(value, list | tuple) else value

    def clean(self, value: Any) -> Any:
        tags = split(value)
        if self.required and not tags:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(tags) > self.most:
            raise ValidationError(
                _("最多 %(most)s 个，现有 %(count)s 个，请删减。") % {"most": self.most, "count": len(tags)}
            )
        long = [t for t in tags if len(t) > 40]
        if long:
            raise ValidationError(_("“%(text)s…”超过 40 个字，请改短。") % {"text": long[0][:20]})
        if any("\x00" in t for t in tags):
            raise ValidationError(_("含有不可见的控制字符，请重新输入。"))
        return tags

    def has_changed(self, initial: Any, data: Any) -> bool:
        return split(initial) != split(data)


def _known(source: Choices) -> list[tuple[str, str]]:
    """What may be typed or stand in a file, whoever wrote it: codes, and labels in every language, own first."""
    found = list(source())
    for language, _name in settings.LANGUAGES:
        if language != get_language():
            with override(language):
                found += source()
    return found


def _code(choices: Sequence[tuple[str, str]], text: str) -> str | None:
    wanted = text.strip()
    return next((code for code, label in choices if wanted in (code, label)), None)


class CodeField(forms.ChoiceField):
    """单选代码: one entry of a code list, given as code or as label."""

    def __init__(self, *, choices: Choices, **kwargs: Any) -> None:
        self.source = choices
        super().__init__(choices=lambda: [("", "—"), *choices()], **kwargs)

    def clean(self, value: Any) -> str:
        text = "" if value is None else str(value).strip()
        if not text:
            return str(super().clean(""))
        found = _code(_known(self.source), text)
        if found is None:
            raise ValidationError(_("“%(text)s”不在可选范围内，请从列表中选择。") % {"text": text[:30]})
        return found


class CodesField(forms.MultipleChoiceField):
    """多选代码: several entries of a code list, given as codes or labels, in a list or one text."""

    def __init__(self, *, choices: Choices, most: int | None = None, **kwargs: Any) -> None:
        self.source, self.most = choices, most
        kwargs.setdefault("widget", forms.CheckboxSelectMultiple)
        super().__init__(choices=choices, **kwargs)

    def clean(self, value: Any) -> list[str]:
        known = _known(self.source)
        parts = split(self._as_codes(value, known) if isinstance(value, str) else value)
        if self.required and not parts:
            raise ValidationError(self.error_messages["required"], code="required")
        found = {p: _code(known, p) for p in parts}
        wrong = [p for p, code in found.items() if code is None]
        if wrong:
            raise ValidationError(_("“%(text)s”不在可选范围内，请从列表中选择。") % {"text": wrong[0][:30]})
        if self.most and len(found) > self.most:
            raise ValidationError(_("最多选 %(most)s 项。") % {"most": self.most})
        return list(dict.fromkeys(code for code in found.values() if code))

    def _as_codes(self, text: str, known: Sequence[tuple[str, str]]) -> str:
        """The text with those labels that hold a separator themselves replaced by their codes."""
        for code, label in known:
            if _SEPARATORS.search(label):
                text = text.replace(label, code)
        return text


class DayField(forms.DateField):
    """日期栏: a day, by the browser's own picker."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
        super().__init__(**kwargs)


class YuanField(forms.DecimalField):
    """金额: typed in 万元 on the page (``unit`` 10 000), in yuan in files and in the API; kept in yuan."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", YuanInput())
        super().__init__(min_value=0, max_digits=16, decimal_places=2, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, float):
            value = str(value)
        return super().to_python(value.replace(",", "") if isinstance(value, str) else value)


class YuanInput(forms.NumberInput):
    """金额输入: shows and reads 万元 in a browser; other sources give yuan."""

    template_name = "web/widgets/yuan.html"

    def format_value(self, value: Any) -> str | None:
        if value in (None, ""):
            return None
        shown = _times(str(value), Decimal("0.0001"))
        return str(value) if shown is None else shown

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = data.get(name)
        if not isinstance(data, QueryDict) or value in (None, ""):
            return value
        return _times(value.strip().replace(",", ""), Decimal(10000)) or value


def _times(text: str, factor: Decimal) -> str | None:
    """The product in plain digits; None for what is no number or has more digits than any sum of money."""
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number.adjusted()) > 30 or len(text) > 60:
        return None
    product = format(number * factor, "f")
    return product.rstrip("0").rstrip(".") if "." in product else product


@dataclass(frozen=True)
class Column:
    """表格列: one column of a small table inside a form."""

    name: str
    label: str
    required: bool = False
    choices: Choices | None = None
    width: int = 200


class RowsField(forms.Field):
    """明细表: a small table kept as a list of ``{column: text}``.

    Takes repeated inputs from a page, a list of objects from JSON, or a cell with one line a row and ``|``
    between columns from Excel.
    """

    def __init__(self, *, columns: Sequence[Column], most: int = 20, **kwargs: Any) -> None:
        self.columns, self.most = tuple(columns), most
        kwargs.setdefault("widget", RowsInput(columns=self.columns))
        super().__init__(**kwargs)

    def clean(self, value: Any) -> list[dict[str, str]]:
        rows = [row for row in self._rows(value) if any(row.values())]
        if self.required and not rows:
            raise ValidationError(self.error_messages["required"], code="required")
        if len(rows) > self.most:
            raise ValidationError(_("最多 %(most)s 行，现有 %(count)s 行。") % {"most": self.most, "count": len(rows)})
        return [self._clean_row(number, row) for number, row in enumerate(rows, 1)]

    def _rows(self, value: Any) -> list[dict[str, str]]:
        if isinstance(value, str):
            return [self._line(line) for line in value.splitlines() if line.strip()]
        if not isinstance(value, list | tuple | None) or any(not isinstance(r, Mapping) for r in value or ()):
            raise ValidationError(_("格式不正确：应为若干行，每行各列用“|”分隔。"))
        return [{k: str(v).strip() for k, v in row.items() if v is not None} for row in value or ()]

    def _line(self, line: str) -> dict[str, str]:
        parts = [_unbar(p) for p in _BAR.split(line)]
        if any(parts[len(self.columns) :]):
            said = {"line": line[:30], "count": len(self.columns), "labels": "|".join(_(c.label) for c in self.columns)}
            raise ValidationError(_("“%(line)s”多于 %(count)s 列。每行一条，各列依次为 %(labels)s。") % said)
        return dict(zip((c.name for c in self.columns), parts, strict=False))

    def _clean_row(self, number: int, row: dict[str, str]) -> dict[str, str]:
        unknown = set(row) - {c.name for c in self.columns}
        if unknown:
            strange = {"row": number, "columns": "、".join(sorted(unknown))}
            raise ValidationError(_("第 %(row)s 行有不认识的列：%(columns)s。") % strange)
        clean: dict[str, str] = {}
        for column in self.columns:
            text = row.get(column.name, "")
            said = {"row": number, "column": _(column.label), "width": column.width, "text": text[:20]}
            if column.required and not text:
                raise ValidationError(_("第 %(row)s 行缺少“%(column)s”。") % said)
            if len(text) > column.width or "\x00" in text:
                raise ValidationError(_("第 %(row)s 行“%(column)s”超过 %(width)s 个字或含有控制字符。") % said)
            if column.choices and text:
                found = _code(_known(column.choices), text)
                if found is None:
                    raise ValidationError(_("第 %(row)s 行“%(column)s”填写的“%(text)s”不在可选范围内。") % said)
                text = found
            clean[column.name] = text
        return clean

    def as_cell(self, value: Any) -> str:
        """The rows as one Excel cell, with codes as labels; what ``clean`` takes back."""
        return "\n".join("|".join(_bar(c, row.get(c.name, "")) for c in self.columns) for row in value or ())

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != (data or []))


def _bar(column: Column, value: Any) -> str:
    text = " ".join(str(value).splitlines())
    label = dict(column.choices()).get(text, text) if column.choices else text
    return re.sub(r"([|｜])", r"\\\1", label)


def _unbar(text: str) -> str:
    return re.sub(r"\\([|｜])", r"\1", text).strip()


class RowsInput(forms.Widget):
    """明细表输入: inputs named ``field.column``, one of each a row."""

    template_name = "web/widgets/rows.html"

    def __init__(self, *, columns: Sequence[Column], attrs: Any = None) -> None:
        self.columns = columns
        super().__init__(attrs)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        rows = value if isinstance(value, list | tuple) else []
        context["columns"] = [
            {"name": c.name, "label": _(c.label), "choices": c.choices() if c.choices else None} for c in self.columns
        ]
        context["rows"] = [[(c, str(row.get(c["name"], ""))) for c in context["columns"]] for row in [*rows, {}]]
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        if not isinstance(data, QueryDict):
            return data.get(name)
        columns = {c.name: data.getlist(f"{name}.{c.name}") for c in self.columns}
        count = max((len(v) for v in columns.values()), default=0)
        return [{k: v[i] for k, v in columns.items() if i < len(v)} for i in range(count)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and not any(key.startswith(f"{name}.") for key in data)
