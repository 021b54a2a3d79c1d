"""模板标签: structured data of public pages."""

from django import template
from django.utils.safestring import SafeString

from kechuang.core.market.models import Listing
from kechuang.core.parties.models import Party
from kechuang.web.structured import listing_data, party_data, script

register = template.Library()


@register.simple_tag
def listing_script(listing: Listing) -> SafeString | str:
    """The listing in the words of schema.org; empty while it is not public."""
    data = listing_data(listing)
    return script(data) if data else ""


@register.simple_tag
def party_script(party: Party) -> SafeString:
    """The organisation in the words of schema.org."""
    return script(party_data(party))
