"""事实的说法 wording: facts and their values in the language of who reads them."""

from django.utils.translation import gettext as _

from kechuang.core.vocab import queries as vocab
from kechuang.kit.language import english
from kechuang.kit.rules.wording import Words


def words() -> Words:
    """How to say things to the reader of this page."""
    return Words(_, english(), vocab.label)
