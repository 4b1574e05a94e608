"""Keep of a sent mail what MiniStack drops: its header fields and its attachments."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ministack import app
from ministack.services import ses, ses_v2

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Of SES's messages: https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_Message.html.
KEPT = ("Headers", "Attachments")
_OK = 200

_handle = ses_v2.handle_request
_show = app._handle_ses_messages_request  # noqa: SLF001  (MiniStack has no hook for this)


def install() -> None:
    """Make MiniStack keep them, and show them with the messages."""
    ses_v2.handle_request = _send_and_keep
    app._handle_ses_messages_request = _show_with_kept  # noqa: SLF001


async def _send_and_keep(method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any) -> Any:
    """Handle a call, and add to the record of a message what else it said."""
    answer = await _handle(method, path, headers, body, query)
    if method == "POST" and path.rstrip("/").endswith("/outbound-emails") and answer[0] == _OK:
        message = json.loads(body).get("Content", {}).get("Simple", {})
        sent_id = json.loads(answer[2])["MessageId"]
        kept = {name: message[name] for name in KEPT if name in message}
        next(each for each in reversed(ses._sent_emails_list()) if each["MessageId"] == sent_id).update(kept)  # noqa: SLF001
    return answer


async def _show_with_kept(method: str, path: str, headers: Mapping[str, str], query: Any) -> Any:
    """Show the messages, each with what was kept of it."""
    answer = await _show(method, path, headers, query)
    if answer is None or answer[0] != _OK:
        return answer
    document = json.loads(answer[2])
    records = {
        record["MessageId"]: record
        for sent in ses._sent_emails.to_dict().values()  # noqa: SLF001
        for record in sent
    }
    for messages in document["messages"].values():
        for message in messages:
            record = records.get(message["MessageId"], {})
            message.update({name: record[name] for name in KEPT if name in record})
    return answer[0], answer[1], json.dumps(document).encode()
