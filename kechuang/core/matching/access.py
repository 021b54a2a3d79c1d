"""匹配权限: who may see a need's matches and judge them."""

from kechuang.core.market import access as market

# On needs. Anybody who may read a need may see what would answer it.
see_matches = market.view_listing
judge = market.owner | market.officer | market.broker
