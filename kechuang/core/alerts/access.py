"""订阅权限: everybody has her own."""

from django.db.models import Q

from kechuang.kit.access import signed_in

own = signed_in(lambda user: Q(user=user))
