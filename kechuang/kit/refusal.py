"""拒绝 refusal: the one way to say no."""

from collections.abc import Mapping


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not a programming error
    """拒绝: tells a person why something is not done and what to do instead.

    ``fields`` maps field names to messages, so that a form can show each where it belongs.
    Views turn a refusal into a message, the API into problem+json.
    """

    status = 409

    def __init__(self, message: str, *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields: dict[str, str] = dict(fields or {})


class NotAllowed(Refusal):
    """无权办理: the person's role does not allow this."""

    status = 403


class Stale(Refusal):
    """已被他人更新: somebody (or another tab) changed the record since it was opened."""


class NoSuchStep(Refusal):
    """当前状态不能办理此步骤: the case has moved on, or never had this step."""
