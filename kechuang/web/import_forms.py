"""导入表单: which file, for whom, and what is to happen with its rows."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext, gettext_lazy

from kechuang.core.catalogue.models import get
from kechuang.core.market.forms import vocab
from kechuang.core.parties.access import is_city_officer
from kechuang.core.parties.models import Party
from kechuang.core.parties.queries import parties_in_roles, party_by_code
from kechuang.kit.fields import CodeField
from kechuang.kit.identifiers import WrongFormat, clean_uscc

REGISTER = "register"


class FileForm(forms.Form):
    """上传文件: one file of rows."""

    file = forms.FileField(
        label=gettext_lazy("文件"),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.jsonl,.csv"}),
        error_messages={"required": gettext_lazy("请选择要导入的文件。")},
    )

    def clean_file(self) -> Any:
        """Refuse a file that is too large before it is read."""
        file = self.cleaned_data["file"]
        if file.size > settings.IMPORT_MAX_BYTES:
            most = settings.IMPORT_MAX_BYTES // 1024 // 1024
            raise forms.ValidationError(gettext("文件超过 {most} MB，请分成几个文件上传。").format(most=most))
        return file


class UploadForm(FileForm):
    """上传: a file of listings with its options; ``target`` says for whom it is."""

    owner = forms.ChoiceField(label=gettext_lazy("导入到"))
    publisher = forms.CharField(
        label=gettext_lazy("发布单位"),
        required=False,
        max_length=120,
        help_text=gettext_lazy(
            "代为登记时填写：单位的统一社会信用代码或全称。文件里有“统一社会信用代码”一列时，以该列为准，可留空。"
        ),
    )
    industry = CodeField(
        label=gettext_lazy("默认产业"),
        choices=vocab("industry"),
        required=False,
        help_text=gettext_lazy("文件里没有填产业的行用这一项。"),
    )
    submit = forms.BooleanField(
        label=gettext_lazy("导入后提交审核"),
        required=False,
        help_text=gettext_lazy("不选则导入为草稿，由您逐条提交。已发布的记录，更新要经审核后生效。"),
    )
    mend = forms.BooleanField(
        label=gettext_lazy("补齐题录"),
        required=False,
        help_text=gettext_lazy(
            "用于文献、专利等题录：没有名称的取正文第一句；关键词多于 10 个的保留前 10 个。预览里逐行注明。"
        ),
    )

    def __init__(self, *args: Any, user: Any, service: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.mine = {str(p.pk): p for p in parties_in_roles(user, get(service).audience)}
        self.keeper = is_city_officer(user)
        choices = [(pk, p.name) for pk, p in self.mine.items()]
        if self.keeper:
            choices.insert(0, (REGISTER, gettext("代单位登记，直接发布（市级主管部门）")))
        else:
            del self.fields["publisher"]
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)
        owner.choices, owner.initial = choices, choices[0][0]
        if len(choices) == 1:
            owner.widget = forms.HiddenInput()
        self.only = choices[0][1] if len(choices) == 1 else ""

    def clean_publisher(self) -> Party | None:
        """The party that an officer names by its code or its full name."""
        text = self.cleaned_data["publisher"].strip()
        if not text:
            return None
        party = Party.objects.filter(name=text).first() or self._by_code(text)
        if party is None:
            message = gettext("系统中没有这个单位。请核对统一社会信用代码或全称，或先登记单位。")
            raise forms.ValidationError(message)
        return party

    def _by_code(self, text: str) -> Party | None:
        try:
            return party_by_code(clean_uscc(text)[0])
        except WrongFormat:
            return None

    def clean(self) -> dict[str, Any]:
        """A publisher is named for a register only."""
        data: dict[str, Any] = super().clean() or {}
        if data.get("publisher") and data.get("owner") != REGISTER:
            message = gettext("填写发布单位时，“导入到”应选择“代单位登记”；导入本单位的记录时这里留空。")
            self.add_error("publisher", message)
        return data

    def target(self) -> dict[str, Any]:
        """For whom the rows are: ``party`` and ``register`` of ``start_import``."""
        chosen = self.cleaned_data["owner"]
        if chosen == REGISTER:
            return {"party": self.cleaned_data.get("publisher"), "register": True}
        return {"party": self.mine[chosen], "register": False}
