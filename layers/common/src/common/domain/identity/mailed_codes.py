"""Single-use codes in mails."""

from datetime import datetime, timedelta
from enum import StrEnum

from common.domain.identity.registrations import REGISTRATION_LIFETIME
from common.domain.shared.model import Model


class MailPurpose(StrEnum):
    """What a mailed code is good for."""

    VERIFY_EMAIL = "verify_email"
    RESET_PASSWORD = "reset_password"  # noqa: S105 - a purpose, not a password
    SIGN_IN = "sign_in"
    CHANGE_EMAIL = "change_email"


MAIL_LIFETIMES = {
    MailPurpose.VERIFY_EMAIL: REGISTRATION_LIFETIME,
    MailPurpose.RESET_PASSWORD: timedelta(hours=1),
    MailPurpose.SIGN_IN: timedelta(hours=2),
    MailPurpose.CHANGE_EMAIL: timedelta(hours=2),
}


class MailToken(Model):
    """A mailed single-use code, by its digest: for an account, or for a registration that will become one.

    ``event_id`` is the event the mail was sent for; a newer event's code replaces it, a redelivery's does not.
    """

    id: str
    purpose: MailPurpose
    email: str
    email_key: str
    event_id: str
    user_id: str | None = None
    registration_id: str | None = None
    booking_intent_id: str | None = None
    created_at: datetime
    expires_at: datetime
