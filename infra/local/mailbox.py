"""The mails that functions sent through MiniStack's SES."""

from __future__ import annotations

import html
import json
import re
import urllib.request
from dataclasses import dataclass
from typing import Any

from infra.local.ministack import ACCOUNT

LINK = re.compile(r"https?://[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]")
TIMEOUT_SECONDS = 10


@dataclass(frozen=True)
class Mail:
    """A sent mail.

    Attributes:
        id: SES's id of the message.
        to: Recipients.
        sender: Sender.
        subject: Subject.
        text: Plain text body.
        html: HTML body, empty where there is none.
        sent_at: Instant as MiniStack tells it.
    """

    id: str
    to: list[str]
    sender: str
    subject: str
    text: str
    html: str
    sent_at: str

    @property
    def links(self) -> list[str]:
        """Links in the mail, each once, in order."""
        return list(dict.fromkeys(LINK.findall(f"{self.text}\n{html.unescape(self.html)}")))

    def as_dict(self) -> dict[str, Any]:
        """Return the mail as JSON would have it."""
        return {
            "id": self.id,
            "to": self.to,
            "from": self.sender,
            "subject": self.subject,
            "text": self.text,
            "html": self.html,
            "sent_at": self.sent_at,
            "links": self.links,
        }


def fetch(aws_url: str, to: str | None = None) -> list[Mail]:
    """Read the mails.

    Args:
        aws_url: MiniStack's address.
        to: Keep only mails to this address, in any case of letters.

    Returns:
        Mails, newest first.
    """
    with urllib.request.urlopen(f"{aws_url}/_ministack/ses/messages", timeout=TIMEOUT_SECONDS) as answer:
        messages = json.load(answer)["messages"].get(ACCOUNT, [])
    mails = [_mail(message) for message in reversed(messages)]
    wanted = to.casefold() if to else None
    return [mail for mail in mails if wanted is None or wanted in map(str.casefold, mail.to)]


def _mail(message: dict[str, Any]) -> Mail:
    """Read one of MiniStack's records."""
    return Mail(
        id=message["MessageId"],
        to=list(message["To"]),
        sender=message["Source"],
        subject=message["Subject"] or "",
        text=message["BodyText"] or "",
        html=message["BodyHtml"] or "",
        sent_at=str(message["Timestamp"]),
    )
