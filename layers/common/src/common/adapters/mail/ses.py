"""Sending through Amazon SES version 2 (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html)."""

from __future__ import annotations

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from common.adapters.aws.call_times import CallTimes
from common.application.ports.notifications.mail import MailRefused, RenderedMail
from common.application.shared.deadline import seconds_for_call
from common.application.shared.spans import span
from common.domain.shared.errors import ComesLater, Unavailable

if TYPE_CHECKING:  # types alone, which no function has installed
    from mypy_boto3_sesv2.client import SESV2Client
    from mypy_boto3_sesv2.type_defs import MessageHeaderTypeDef, MessageTypeDef

#: Refusals of one message, which no retry changes. What is wrong with the account or its settings refuses every mail:
#: these end among the dead letters, which an alarm tells of, and are sent when they are led back.
_FINAL = frozenset({"BadRequestException", "MessageRejected"})

#: More than the account may send (https://docs.aws.amazon.com/ses/latest/dg/manage-sending-quotas-errors.html); the API
#: names it differently by version (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html).
_THROTTLED = frozenset({"TooManyRequestsException", "LimitExceededException", "ThrottlingException", "Throttling"})
#: What SES's message says where a day's mails are used up, and not only those of a second.
_OF_A_DAY = "daily"
#: A second's rate is free again at once, but others wait for it, too; a day's frees itself over 24 hours.
_RATE_WAIT_SECONDS = 30
_DAY_WAIT_SECONDS = 6 * 3600
#: Mail programs then show a button that posts to the address (https://www.rfc-editor.org/rfc/rfc8058#section-3.1).
_ONE_CLICK: tuple[MessageHeaderTypeDef, ...] = (
    {"Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click"},
)
#: A mail cannot be cut short.
_TIMES = CallTimes(connect=1, read=3)
MOST_SECONDS = _TIMES.most_seconds


class SesMailer:
    """``Mailer`` over SES.

    Args:
        sender: the verified identity that mails come from.
        configuration_set: SES's name of what it does about bounces and complaints; none where empty.
    """

    def __init__(self, sender: str, configuration_set: str = "") -> None:
        self._sender = sender
        self._more: dict[str, Any] = {"ConfigurationSetName": configuration_set} if configuration_set else {}

    async def send(self, to: str, mail: RenderedMail) -> str:
        """Hand a message over; returns SES's message id.

        Raises:
            MailRefused: the address or message will never be taken.
            ComesLater: the account has sent as much as it may for now.
            Unavailable: SES is unavailable, or no time is left for it (``OutOfTime``).
        """
        seconds_for_call(MOST_SECONDS, is_whole=True)
        with span("SES", operation="send_email"):
            return await asyncio.to_thread(self._send, to, mail)

    @cached_property
    def _client(self) -> SESV2Client:
        return boto3.client("sesv2", config=_TIMES.config())

    def _send(self, to: str, mail: RenderedMail) -> str:

        try:
            sent = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={"Simple": _message(mail)},
                **self._more,
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code", "") in _FINAL:
                raise MailRefused("The mail service refuses this message.") from error
            if (wait := _wait(error)) is not None:
                raise ComesLater("As many mails were sent as may be for now.", retry_after=wait) from error
            raise Unavailable("The mail service does not take mail now.") from error
        except BotoCoreError as error:
            raise Unavailable("The mail service cannot be reached.") from error
        return sent["MessageId"]


def _wait(error: ClientError) -> int | None:
    """After how many seconds to try again where SES has throttled; None where it has not."""
    fault = error.response.get("Error", {})
    if fault.get("Code", "") not in _THROTTLED:
        return None
    return _DAY_WAIT_SECONDS if _OF_A_DAY in str(fault.get("Message", "")).lower() else _RATE_WAIT_SECONDS


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
        message["Headers"] = [
            {"Name": "List-Unsubscribe", "Value": f"<{mail.unsubscribe_url}>"},
            *(_ONE_CLICK if mail.is_one_click else ()),
        ]
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
