"""短信网关: the protocol, and a fake that keeps what it was given."""

from typing import ClassVar, Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class SmsGateway(Protocol):
    """短信网关: sends one text to one number; raises when it could not."""

    def send(self, number: str, text: str) -> None: ...


class FakeGateway:
    """演示网关: sends nothing, keeps everything in ``sent``."""

    sent: ClassVar[list[tuple[str, str]]] = []

    def send(self, number: str, text: str) -> None:
        self.sent.append((number, text))


def sms_gateway() -> SmsGateway:
    """The gateway of this installation (setting SMS_GATEWAY)."""
    gateway: SmsGateway = import_string(settings.SMS_GATEWAY)()
    return gateway
