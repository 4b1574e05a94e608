"""What happens is seen at once: a socket that one side keeps open while the other one writes."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from websockets.sync.client import ClientConnection, connect

if TYPE_CHECKING:
    from infra.local.demo.narrator import Narrator
    from infra.local.demo.story import Cast

_PATIENCE_SECONDS = 60.0


def play(narrator: Narrator, cast: Cast, booking: dict[str, Any]) -> None:
    """Let the provider look while the customer writes, and ask over HTTP for the same."""
    tom, conversation = cast.provider, booking["conversation_id"]
    ticket = tom.call("POST", "/v1/realtime/tickets")
    with connect(f"{ticket['url']}?ticket={ticket['ticket']}", proxy=None) as socket:
        socket.send(json.dumps({"action": "subscribe"}))
        position = _next(socket, "subscribed")
        narrator.step(tom.name, "opens a socket with a ticket that works once")
        text = "The gate is open."
        cast.customer.call("POST", f"/v1/conversations/{conversation}/messages", {"text": text})
        event = _next(socket, "events")["events"][0]
        while event["preview"] != text:  # earlier news may still be on their way
            event = _next(socket, "events")["events"][0]
        narrator.expect("the live event", event["type"], "message.sent")
        narrator.step(tom.name, f"sees “{event['preview']}” at once, as number {event['seq']} of his stream")
    missed = tom.call("GET", f"/v1/realtime/events?epoch={position['epoch']}&after_seq={position['seq']}")
    narrator.expect("the same over HTTP", event in missed["events"], expected=True)


def _next(socket: ClientConnection, kind: str) -> dict[str, Any]:
    """The next frame of a kind.

    Raises:
        TimeoutError: none came.
    """
    ends = time.monotonic() + _PATIENCE_SECONDS
    while True:
        frame: dict[str, Any] = json.loads(socket.recv(timeout=max(0.0, ends - time.monotonic())))
        if frame["type"] == kind:
            return frame
