"""发布表单: what every offer and need asks for; the rows add their own fields."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.vocab.queries import choices
from kechuang.kit.fields import Choices, CodeField, CodesField, TagsField
from kechuang.kit.text import fold, noop


def vocab(scheme: str) -> Choices:
    """The entries of a code list, read when the form is made."""
    return lambda: choices(scheme)


class ListingForm(forms.Form):
    """共同字段: title, text and the code lists by which people search.

    The same form checks a page, an import row and an API call; its field names are the keys of the content.
    ``EXAMPLES`` show in the import template what a cell may hold; code lists give their own.
    """

    title = forms.CharField(
        label=gettext_lazy("名称"),
        min_length=4,
        max_length=120,
        help_text=gettext_lazy("一句话说明是什么，4～120 字。"),
    )
    text = forms.CharField(
        label=gettext_lazy("详细描述"), min_length=20, max_length=20_000, widget=forms.Textarea(attrs={"rows": 9})
    )
    keywords = TagsField(
        label=gettext_lazy("关键词"), required=False, most=10, help_text=gettext_lazy("用顿号或逗号分开，最多 10 个。")
    )
    industry = CodesField(
        label=gettext_lazy("产业"), choices=vocab("industry"), most=3, help_text=gettext_lazy("“10+1”产业，最多 3 个。")
    )
    field = CodesField(label=gettext_lazy("技术领域"), choices=vocab("field"), most=3, required=False)
    district = CodeField(label=gettext_lazy("所在区市"), choices=vocab("district"), required=False)
    cooperation = CodesField(label=gettext_lazy("合作方式"), choices=vocab("cooperation"), required=False)
    contact = forms.CharField(
        label=gettext_lazy("联系人（职务）"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("只写职务或部门，例如“成果转化办公室主任”。"),
    )
    code = forms.CharField(
        label=gettext_lazy("来源编号"),
        max_length=60,
        required=False,
        help_text=gettext_lazy("本单位自己的编号；导入时凭它找到原记录。"),
    )

    def clean_title(self) -> str:
        """A title needs letters: blanks, signs or digits alone name nothing."""
        title: str = " ".join(str(self.cleaned_data["title"]).split())
        if not any(c.isalpha() for c in fold(title)):
            raise forms.ValidationError(_("名称里没有文字，请写明是什么技术或什么问题。"))
        return title

    def sections(self) -> list[tuple[str, list[Any]]]:
        """The form's fields in groups with headings, for the page; rows override ``SECTIONS``."""
        return [(_(heading), [self[n] for n in names if n in self.fields]) for heading, names in self.SECTIONS]

    # Fields that a new page fills in from the party's own file, and from what of it.
    FACTS: ClassVar[Mapping[str, str]] = {"district": "district", "industry": "industries"}
    SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
        (
            noop("基本信息"),
            ("title", "text", "keywords", "industry", "field", "district", "cooperation", "contact", "code"),
        ),
    )

    EXAMPLES: dict[str, str] = {
        "keywords": "密封、湿热老化",
        "contact": "成果转化办公室主任",
        "code": "2026-017",
    }


class TieredForm(ListingForm):
    """分级公开的表单: for kinds whose owners tell more to the signed-in, and most to those who accepted the NDA."""

    inner_text = forms.CharField(
        label=gettext_lazy("登录可见内容"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "登录的用户可以看，每次查看都留痕。适合写不便公开、但能让同行判断的内容，如试验条件、样品情况。"
            "不参与检索和匹配，要让人搜到的词请写进上面的公开内容。"
        ),
    )
    secret_text = forms.CharField(
        label=gettext_lazy("签署保密协议后可见内容"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "对方接受贵单位的保密协议后才能看，每次查看都留痕。适合写商业秘密，如关键参数、配方范围、成本构成。"
            "不得写涉密（国家秘密）内容。"
        ),
    )

    TIERS = (noop("分级公开"), ("inner_text", "secret_text"))
