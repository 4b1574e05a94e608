"""Sending through Amazon SES version 2 (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html)."""

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING

from common.application.ports.mail import MailRefused, RenderedMail
from common.domain.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_sesv2.client import SESV2Client

#: Refusals that no retry changes.
_FINAL = frozenset({"BadRequestException", "MessageRejected", "NotFoundException", "AccountSuspendedException"})

_CONNECT_SECONDS = 2
_ANSWER_SECONDS = 5


class SesMailer:
    """``Mailer`` over SES; boto3 is imported at the first mail.

    Args:
        sender: the verified identity that mails come from.
    """

    def __init__(self, sender: str) -> None:
        self._sender = sender

    async def send(self, to: str, mail: RenderedMail) -> str:
        """Hand a message over; returns SES's message id.

        Raises:
            MailRefused: the address or message will never be taken.
            Unavailable: SES is away or throttles.
        """
        return await asyncio.to_thread(self._send, to, mail)

    @cached_property
    def _client(self) -> "SESV2Client":
        import boto3  # noqa: PLC0415 - 110 ms that only a function which sends mail should pay
        from botocore.config import Config  # noqa: PLC0415

        config = Config(
            connect_timeout=_CONNECT_SECONDS,
            read_timeout=_ANSWER_SECONDS,
            retries={"max_attempts": 2, "mode": "standard"},
        )
        return boto3.client("sesv2", config=config)

    def _send(self, to: str, mail: RenderedMail) -> str:
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415

        try:
            sent = self._client.send_email(
                FromEmailAddress=self._sender,
                Destination={"ToAddresses": [to]},
                Content={
                    "Simple": {
                        "Subject": {"Data": mail.subject, "Charset": "UTF-8"},
                        "Body": {
                            "Text": {"Data": mail.text, "Charset": "UTF-8"},
                            "Html": {"Data": mail.html, "Charset": "UTF-8"},
                        },
                    }
                },
            )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code", "") in _FINAL:
                raise MailRefused("The mail service refuses this message.") from error
            raise Unavailable("The mail service does not take mail now.") from error
        except BotoCoreError as error:
            raise Unavailable("The mail service cannot be reached.") from error
        return sent["MessageId"]
