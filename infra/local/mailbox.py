"""The mails that functions sent through MiniStack's SES."""

from __future__ import annotations

import base64
import html
import json
import re
import urllib.request
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from infra.local.ministack.server import ACCOUNT

LINK = re.compile(r"https?://[^\s<>\"')\]]*[^\s<>\"')\].,;:!?]")
BUTTON = re.compile(r'href="(https?://[^"]+)"')
TIMEOUT_SECONDS = 10
#: What a mail program posts to a header's address (https://www.rfc-editor.org/rfc/rfc8058#section-3.1).
ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail.

    Attributes:
        name: Its name.
        type: Its media type, with what it says of itself.
        content: Its bytes.
    """

    name: str
    type: str
    content: bytes


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
        headers: Header fields beside these, by their names.
        attachments: Files that came with it.
    """

    id: str
    to: list[str]
    sender: str
    subject: str
    text: str
    html: str
    sent_at: str
    headers: dict[str, str] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)

    @property
    def unsubscribe(self) -> str:
        """Where mails of this kind are switched off, empty where it is not said."""
        return self.headers.get("List-Unsubscribe", "").strip("<>")

    @property
    def is_one_click(self) -> bool:
        """Whether posting to that address does it; else it is a page."""
        return self.headers.get("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click"

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
            "headers": self.headers,
            "attachments": [{"name": each.name, "size": len(each.content)} for each in self.attachments],
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
        headers={each["Name"]: each["Value"] for each in message.get("Headers", [])},
        attachments=[_attachment(each) for each in message.get("Attachments", [])],
    )


def _attachment(told: dict[str, str]) -> Attachment:
    """Read one of SES's (https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Attachment.html)."""
    return Attachment(told["FileName"], told["ContentType"], base64.b64decode(told["RawContent"]))
