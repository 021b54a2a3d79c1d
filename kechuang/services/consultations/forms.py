"""征求意见表单: the draft, stages, extension, comments, moderation, answers, the result."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kechuang.core.parties.models import Party
from kechuang.core.policy.models import Document, PackVersion
from kechuang.kit.fields import DayField
from kechuang.services.consultations.actions import LONGEST, Draft
from kechuang.services.consultations.figures import DEFAULT_DAYS
from kechuang.services.consultations.models import Clause, Comment, Consultation, Stage
from kechuang.services.consultations.reasons import HIDE_REASONS
from kechuang.web.visitors import VisitorForm

MOST_INVITED = 2000


class DraftForm(forms.Form):
    """草案表: the text as typed or pasted; clauses follow from its empty lines and 第…条."""

    title = forms.CharField(label=gettext_lazy("标题"), max_length=120)
    summary = forms.CharField(
        label=gettext_lazy("背景与说明"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("为什么制定，主要内容，希望听取哪方面的意见。"),
    )
    version = forms.ModelChoiceField(
        label=gettext_lazy("对应的规则包草稿"),
        queryset=PackVersion.objects.none(),
        required=False,
        empty_label=gettext_lazy("不对应"),
        help_text=gettext_lazy("选了草稿而正文留空时，正文取自草稿的条件和金额。"),
    )
    text = forms.CharField(
        label=gettext_lazy("草案正文"),
        max_length=200_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 16}),
        help_text=gettext_lazy(
            "可直接粘贴。空行和“第…条”处断开，每一段是一条；断错了就加一个或删一个空行，保存后再看。"
        ),
    )
    audience = forms.ChoiceField(
        label=gettext_lazy("向谁征求"), choices=Consultation.Audience.choices, widget=forms.RadioSelect, initial="all"
    )
    invited = forms.CharField(
        label=gettext_lazy("指定单位"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("每行一个，单位全称或统一社会信用代码。这些单位的经办人会收到通知。"),
    )
    days = forms.IntegerField(
        label=gettext_lazy("征求期限（工作日）"), min_value=1, max_value=LONGEST, initial=DEFAULT_DAYS
    )
    district = forms.ChoiceField(label=gettext_lazy("哪一级的政策"))
    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    key = forms.CharField(max_length=40, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        districts: Sequence[tuple[str, str]] | None,
        versions: QuerySet[PackVersion],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["version"].queryset = versions  # type: ignore[attr-defined]
        if districts is None:
            del self.fields["district"]
        else:
            self.fields["district"].choices = districts  # type: ignore[attr-defined]
            self.fields["district"].required = all(code for code, _label in districts)

    def clean_invited(self) -> list[Party]:
        """Organisations by full name or code, a line each; every line that is not known is named."""
        lines = [line.strip() for line in self.cleaned_data["invited"].splitlines() if line.strip()]
        if len(lines) > MOST_INVITED:
            raise forms.ValidationError(_("最多 %(most)s 个单位。") % {"most": MOST_INVITED})
        rows = Party.objects.filter(name__in=lines) | Party.objects.filter(uscc__in=[line.upper() for line in lines])
        found = list(rows.exclude(kind="person").distinct())
        known = {party.name for party in found} | {party.uscc for party in found}
        unknown = [line for line in lines if line not in known and line.upper() not in known]
        if unknown:
            words = _("没有找到：%(names)s。请写单位全称或统一社会信用代码。")
            raise forms.ValidationError(words % {"names": _("、").join(unknown[:10])})
        return found

    def draft(self, text: str) -> Draft:
        """What was filled in, with the text of the clauses."""
        data = self.cleaned_data
        return Draft(
            title=data["title"],
            summary=data["summary"],
            text=text,
            audience=data["audience"],
            days=data["days"],
            parties=data["invited"],
            version=data["version"],
        )


class StageForm(forms.Form):
    """起草步骤表."""

    kind = forms.ChoiceField(label=gettext_lazy("步骤"), choices=Stage.Kind.choices)
    on = DayField(label=gettext_lazy("日期"))
    who = forms.CharField(
        label=gettext_lazy("参加单位和人员"), max_length=300, help_text=gettext_lazy("会公开，请不要写电话等个人信息。")
    )
    text = forms.CharField(label=gettext_lazy("情况和意见"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    file = forms.FileField(
        label=gettext_lazy("材料"),
        required=False,
        help_text=gettext_lazy("可不传。报告、论证意见、评估报告等，只有主管部门能打开。"),
    )


class ExtendForm(forms.Form):
    """延长期限表."""

    days = forms.IntegerField(label=gettext_lazy("期限改为（工作日）"), min_value=1, max_value=LONGEST)
    reason = forms.CharField(
        label=gettext_lazy("延长原因"), max_length=500, help_text=gettext_lazy("会向社会公开，并通知指定单位。")
    )


class CommentForm(VisitorForm):
    """意见表: on a clause or the whole; visitors may leave a name and how to reach them."""

    clause = forms.ModelChoiceField(
        label=gettext_lazy("对哪一条"),
        queryset=Clause.objects.none(),
        required=False,
        empty_label=gettext_lazy("全文"),
    )
    text = forms.CharField(label=gettext_lazy("意见和理由"), max_length=3000, widget=forms.Textarea(attrs={"rows": 6}))
    party = forms.ModelChoiceField(
        label=gettext_lazy("以谁的名义"),
        queryset=Party.objects.none(),
        required=False,
        empty_label=gettext_lazy("个人"),
    )
    name = forms.CharField(
        label=gettext_lazy("称呼"), max_length=40, required=False, help_text=gettext_lazy("可不填，不公开。")
    )
    contact = forms.CharField(
        label=gettext_lazy("联系方式"),
        max_length=80,
        required=False,
        help_text=gettext_lazy("可不填，不公开。留电子邮箱的，采纳情况公布时会收到一封带回执的邮件。"),
    )
    signed = forms.CharField(required=False, widget=forms.HiddenInput)
    field_order = ("clause", "text", "party", "name", "contact")

    def __init__(self, *args: Any, row: Consultation, parties: QuerySet[Party] | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["clause"].queryset = row.clauses.all()  # type: ignore[attr-defined]
        if parties is None:
            del self.fields["party"]
            self.fields["signed"].initial = ""
            return
        del self.fields["name"], self.fields["contact"]
        self.fields["signed"].initial = "1"
        field: Any = self.fields["party"]
        field.queryset = parties
        if row.audience == Consultation.Audience.INVITED:
            field.empty_label, field.required = None, True


class ModerateForm(forms.Form):
    """审核表."""

    decision = forms.ChoiceField(
        label=gettext_lazy("审核"),
        choices=(("show", gettext_lazy("通过，公开显示并答复")), ("hide", gettext_lazy("不予公开"))),
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(label=gettext_lazy("不予公开的原因"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        reasons = [(code, _(words)) for code, words in HIDE_REASONS.items()]
        self.fields["reason"].choices = [("", _("请选择")), *reasons]  # type: ignore[attr-defined]


class AnswerForm(forms.Form):
    """答复表: of one comment, or of all in its group that have none yet."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("采纳情况"), choices=Comment.Outcome.choices, widget=forms.RadioSelect
    )
    answer = forms.CharField(
        label=gettext_lazy("答复和理由"),
        max_length=3000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("会公布。部分采纳、未采纳必须写理由；采纳的可写怎样改。"),
    )
    together = forms.BooleanField(label=gettext_lazy("同组待答复的意见一并这样答复"), required=False, initial=True)

    def __init__(self, *args: Any, others: int, **more: Any) -> None:
        super().__init__(*args, **more)
        if others:
            self.fields["together"].label = _("同组另外 %(count)s 条待答复的意见一并这样答复") % {"count": others}
        else:
            del self.fields["together"]


class ResultForm(forms.Form):
    """结果表: the wording of each clause afterwards, and what is said of the whole."""

    result = forms.CharField(
        label=gettext_lazy("总的说明"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("怎样征求的，主要改了什么。会公布。"),
    )

    def __init__(self, *args: Any, clauses: Sequence[Clause], **more: Any) -> None:
        super().__init__(*args, **more)
        for clause in clauses:
            area = forms.Textarea(attrs={"rows": min(max(3, len(clause.text) // 40 + 1), 12)})
            self.fields[f"c{clause.pk}"] = forms.CharField(
                label=str(clause),
                max_length=20_000,
                required=False,
                initial=clause.text if clause.final is None else clause.final,
                widget=area,
                help_text=_("没有改就不动；删去这一条就清空。"),
            )

    @property
    def finals(self) -> dict[int, str | None]:
        """The wording by clause, as filled in; a clause that another tab has added since is left alone."""
        names = [name for name in self.cleaned_data if name[0] == "c" and name[1:].isdigit() and name in self.data]
        given = {name: self.cleaned_data[name] for name in names}
        return {int(name[1:]): value.replace("\r\n", "\n") for name, value in given.items()}


class NewClauseForm(forms.Form):
    """新增条款表."""

    label = forms.CharField(label=gettext_lazy("条号"), max_length=40)
    text = forms.CharField(label=gettext_lazy("条文"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 3}))


class TraceForm(forms.Form):
    """正式文件表."""

    document = forms.ModelChoiceField(
        label=gettext_lazy("政策库中的文件"),
        queryset=Document.objects.all(),
        required=False,
        empty_label=gettext_lazy("还没有"),
    )
    url = forms.URLField(label=gettext_lazy("正式文件网址"), max_length=500, required=False, assume_scheme="https")
