"""技术经纪人表单."""

from django import forms
from django.utils.translation import gettext_lazy

from kechuang.core.market.forms import ListingForm, vocab
from kechuang.kit.fields import CodeField, CodesField, TagsField
from kechuang.kit.text import noop


class BrokerForm(ListingForm):
    """经纪人登记: checks one broker's entry; the title is the broker's name."""

    title = forms.CharField(label=gettext_lazy("姓名"), min_length=2, max_length=60)
    level = CodeField(label=gettext_lazy("等级"), choices=vocab("broker_level"), required=False)
    districts = CodesField(label=gettext_lazy("服务区市"), choices=vocab("district"), required=False)
    languages = TagsField(label=gettext_lazy("语言"), required=False, most=6)
    since = forms.IntegerField(label=gettext_lazy("从业年份"), required=False, min_value=1980, max_value=2100)

    SECTIONS = (
        (noop("基本信息"), ("title", "text", "keywords", "industry", "field", "contact", "code")),
        (noop("资格与服务范围"), ("level", "since", "district", "districts", "languages", "cooperation")),
    )

    EXAMPLES = ListingForm.EXAMPLES | {
        "title": "示例经纪人",
        "text": "从事海洋装备和新材料领域的技术转移，熟悉作价入股和先使用后付费的合同安排，服务过二十多家企业。",
        "keywords": "海洋装备、新材料、作价入股",
        "languages": "中文、英语",
        "since": "2018",
    }
