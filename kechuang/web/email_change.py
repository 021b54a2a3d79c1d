"""更换邮箱: the new address counts once it is verified; a mistyped first address can be replaced at once."""

from typing import Any

from allauth.account.forms import AddEmailForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kechuang.core.parties.queries import user_by_email


class ChangeEmailForm(AddEmailForm):  # type: ignore[misc]
    """更换邮箱表单."""

    user: Any

    def clean_email(self) -> str:
        """An address that nobody else logs in with."""
        email: str = super().clean_email()
        other = user_by_email(email)
        if other is not None and other.pk != self.user.pk:
            raise ValidationError(_("这个邮箱已用于另一个账户，请换一个。"))
        return email

    @transaction.atomic
    def save(self, request: Any) -> Any:
        """Keep the address; where it replaces one that was never verified, it becomes the login at once."""
        address = super().save(request)
        self.user.refresh_from_db(fields=["email"])
        if not self.user.email:
            address.user = self.user
            address.set_as_primary()
        return address
