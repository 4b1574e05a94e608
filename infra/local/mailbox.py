"""The mails that functions sent through MiniStack's SES."""

from __future__ import annotations

import html
import json
import re
import urllib.request
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.local.ministack.server import ACCOUNT

LINK = re.compile(r"https?://[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]")
BUTTON = re.compile(r'href="(https?://[^"]+)"')
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
        sent_at: RFC 3339 instant in UTC, whole seconds.
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
        """Links in the mail, each once: those of its buttons first, then those in its words."""
        markup = html.unescape(self.html)
        return list(dict.fromkeys([*BUTTON.findall(markup), *LINK.findall(f"{self.text}\n{markup}")]))

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


def label(link: str) -> str:
    """Return a short name of a link: the end of its path and the names of its parameters, codes left out.

    Args:
        link: The address.
    """
    parts = urlsplit(link)
    names = [name for name, _ in parse_qsl(parts.query) if name != "token"]
    end = "/".join(parts.path.split("/")[-2:]).strip("/").removeprefix("app/")
    return "?".join(filter(None, [end, "&".join(names)]))


def opening_links_in_tabs(markup: str) -> str:
    """Return a mail whose links open in a tab of their own, as a mail program's do.

    Args:
        markup: The HTML body.
    """
    return markup.replace("<head>", '<head><base target="_blank">', 1)


def _mail(message: dict[str, Any]) -> Mail:
    """Read one of MiniStack's records."""
    return Mail(
        id=message["MessageId"],
        to=list(message["To"]),
        sender=message["Source"],
        subject=message["Subject"] or "",
        text=message["BodyText"] or "",
        html=message["BodyHtml"] or "",
        sent_at=datetime.fromtimestamp(float(message["Timestamp"]), UTC).isoformat(timespec="seconds"),
    )
