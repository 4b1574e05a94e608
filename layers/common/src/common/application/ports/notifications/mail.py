"""Mail, as the use cases see it."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from common.domain.shared.errors import GigstaError
from common.domain.shared.model import Model


class RenderedMail(Model):
    """One message in both forms; ``summary`` is its first paragraph as plain text.

    ``calendar`` is an iCalendar object that goes with it, ``calendar_method`` its iTIP method (RFC 5546);
    ``unsubscribe_url`` is where mails of this kind are switched off: a page, or, where ``is_one_click``, an address
    that does it when it is posted to (RFC 8058).
    """

    subject: str
    summary: str
    text: str
    html: str
    calendar: str | None = None
    calendar_method: str = "REQUEST"
    unsubscribe_url: str | None = None
    is_one_click: bool = False


class MailRefused(GigstaError):
    """The mail service will never take this message: a bad address, or one on its suppression list."""

    code = "mail_refused"


class MailStatus(StrEnum):
    """What became of a mail."""

    SENDING = "sending"
    SENT = "sent"
    REFUSED = "refused"


class MailRenderer(Protocol):
    """Templates."""

    def render(self, template: str, data: Mapping[str, Any]) -> RenderedMail:
        """Fill a template.

        Raises:
            LookupError: there is no template of that name, or ``data`` lacks something it shows.
        """
        ...


class Mailer(Protocol):
    """The mail service."""

    async def send(self, to: str, mail: RenderedMail) -> str:
        """Hand a message over; returns the service's message id.

        Raises:
            MailRefused: it will never be taken.
            ComesLater: too many were sent; not before the time it names.
            Unavailable: not now.
        """
        ...


class MailLog(Protocol):
    """Which mail went to whom: addresses and bodies are not kept."""

    async def begin(self, mail_id: str, *, template: str, user_id: str | None, now: datetime) -> bool:
        """Note that a mail is about to be sent; ``False`` if it already has been, or never will be."""
        ...

    async def end(self, mail_id: str, status: MailStatus, message_id: str | None, now: datetime) -> None:
        """Note what became of it."""
        ...

    async def delete(self, mail_id: str) -> None:
        """Note that a mail was not sent after all, so that the next delivery of its event sends it."""
        ...
