"""Sending through Amazon SES version 2 (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html)."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from common.application.ports.notifications.mail import MailRefused, RenderedMail
from common.application.shared.deadline import seconds_for_call
from common.domain.shared.errors import Unavailable

if TYPE_CHECKING:  # types alone, which no function has installed
    from mypy_boto3_sesv2.client import SESV2Client
    from mypy_boto3_sesv2.type_defs import MessageTypeDef

#: Refusals that no retry changes.
_FINAL = frozenset({"BadRequestException", "MessageRejected", "NotFoundException", "AccountSuspendedException"})

_CONNECT_SECONDS = 1
_ANSWER_SECONDS = 3
_TRIES = 2
#: The longest wait before a second try in botocore's standard mode
#: (https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html).
_BACKOFF_SECONDS = 1
#: What one mail takes at the longest; it cannot be cut short.
MOST_SECONDS = _TRIES * (_CONNECT_SECONDS + _ANSWER_SECONDS) + _BACKOFF_SECONDS


class SesMailer:
    """``Mailer`` over SES.

    Args:
        sender: the verified identity that mails come from.
    """

    def __init__(self, sender: str) -> None:
        self._sender = sender

    async def send(self, to: str, mail: RenderedMail) -> str:
        """Hand a message over; returns SES's message id.

        Raises:
            MailRefused: the address or message will never be taken.
            Unavailable: SES is unavailable or throttles, or no time is left for it (``OutOfTime``).
        """
        seconds_for_call(MOST_SECONDS, is_whole=True)
        return await asyncio.to_thread(self._send, to, mail)

    @cached_property
    def _client(self) -> SESV2Client:
        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_ANSWER_SECONDS,
            retries={"total_max_attempts": _TRIES, "mode": "standard"},
        )
        return boto3.client("sesv2", config=config)

    def _send(self, to: str, mail: RenderedMail) -> str:

        try:
            sent = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={"Simple": _message(mail)},
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code", "") in _FINAL:
                raise MailRefused("The mail service refuses this message.") from error
            raise Unavailable("The mail service does not take mail now.") from error
        except BotoCoreError as error:
            raise Unavailable("The mail service cannot be reached.") from error
        return sent["MessageId"]


def _message(mail: RenderedMail) -> MessageTypeDef:
    """The message with its header fields and its calendar entry, where it has them."""
    message: MessageTypeDef = {
        "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
        "Body": {
            "Text": {"Data": mail.text, "Charset": "UTF-8"},
            "Html": {"Data": mail.html, "Charset": "UTF-8"},
        },
    }
    if mail.unsubscribe_url is not None:
        message["Headers"] = [{"Name": "List-Unsubscribe", "Value": f"<{mail.unsubscribe_url}>"}]
    if mail.calendar is not None:
        message["Attachments"] = [
            {
                "FileName": "booking.ics",
                "RawContent": mail.calendar.encode(),
                "ContentType": f"text/calendar; charset=utf-8; method={mail.calendar_method}",
                "ContentDisposition": "ATTACHMENT",
                "ContentTransferEncoding": "BASE64",
            }
        ]
    return message
