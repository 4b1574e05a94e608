"""Lambda handler of the WebSocket API: opening and ending sockets, and the frames that clients send; no FastAPI.

Replies go by the socket itself, and API Gateway gets 200 for every frame: a failure must neither end the socket nor
reach the client in a shape that is not ours.
"""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from common.application.messaging.messages import Draft
from common.application.messaging.realtime import sockets, talking
from common.domain.messaging.realtime.connections import Connection
from common.domain.shared.errors import GigstaError, InvalidInput, RateLimited, Unauthenticated, Unavailable
from common.runtime.budget import Budget
from common.runtime.container.talking import TalkingContainer
from common.runtime.failures import database_failures
from common.runtime.needs import EVENTS, SOCKETS
from common.runtime.observability.logging import get_logger
from common.runtime.workers import make_handler

from functions.messaging.realtime_frames import SendMessage, Subscribe, Typing, parsed, read_frame

#: Longer names are not sent back.
_MAX_NAME = 64
_DONE = {"statusCode": HTTPStatus.OK.value}


async def work(container: TalkingContainer, event: Mapping[str, Any], budget: Budget) -> dict[str, Any]:
    """Do one event of the WebSocket API; the answer to ``CONNECT`` lets the client in or not."""
    is_connect = event["requestContext"]["eventType"] == "CONNECT"
    try:
        with database_failures():
            async with budget.bounded():
                await _dispatch(container, event)
    except GigstaError as error:
        return {"statusCode": error.status if is_connect else HTTPStatus.OK.value}
    return _DONE


async def _dispatch(container: TalkingContainer, event: Mapping[str, Any]) -> None:
    context = event["requestContext"]
    connection_id = str(context["connectionId"])
    match context["eventType"]:
        case "CONNECT":
            ticket = str((event.get("queryStringParameters") or {}).get("ticket") or "")
            await sockets.connect(container.socket_access, ticket, connection_id)
        case "DISCONNECT":
            await sockets.disconnect(container.socket_access, connection_id)
        case _:
            await _answer(container, connection_id, str(event.get("body") or ""))


async def _answer(container: TalkingContainer, connection_id: str, body: str) -> None:
    """Do what a frame asks, or say what is wrong with it; without its sign-in a socket is closed."""
    deps = container.socket_access
    try:
        with database_failures():
            connection = await sockets.require_connection(deps, connection_id)
            await _do(container, connection, body)
    except Unauthenticated as error:
        await sockets.send(deps, connection_id, error_frame(error, body))
        await deps.drop([connection_id])
    except GigstaError as error:
        await sockets.send(deps, connection_id, error_frame(error, body))
    except Exception:  # noqa: BLE001 - a frame that we fail at must not end the socket
        get_logger().exception("Frame failed")
        await sockets.send(deps, connection_id, error_frame(GigstaError("This went wrong on our side."), body))


async def _do(container: TalkingContainer, connection: Connection, body: str) -> None:
    deps, messaging = container.socket_access, container.messaging
    match read_frame(body):
        case Subscribe(epoch=epoch, after_seq=after_seq, conversations=seen):
            behind = await talking.conversations_behind(messaging, connection, seen)
            await sockets.subscribe(deps, connection, epoch, after_seq, behind)
        case SendMessage() as frame:
            draft = Draft(frame.text, frame.media_ids, frame.client_id)
            limits, conversation_id = container.rate_limits, frame.conversation_id
            sent = await talking.write_message(messaging, limits, connection, conversation_id, draft)
            ack = {"type": "ack", "client_id": frame.client_id, "seq": sent.message.seq}
            known = {"conversation_id": conversation_id, "message_id": sent.message.id}
            await sockets.send(deps, connection.id, {**ack, **known})
        case Typing(conversation_id=conversation_id):
            await talking.show_typing(messaging, deps, connection, conversation_id)
        case _:
            await sockets.answer_ping(deps, connection)


def error_frame(error: GigstaError, body: str) -> dict[str, Any]:
    """What a client is told of an error: the members that problem documents have, and which frame it is about."""
    frame: dict[str, Any] = {"type": "error", "code": error.wire_code, "detail": error.detail, **error.extra}
    if isinstance(error, InvalidInput) and error.errors:
        frame["errors"] = [{"field": each.field, "message": each.message, "code": each.code} for each in error.errors]
    if isinstance(error, RateLimited | Unavailable):
        frame["retry_after"] = error.retry_after
    return {**frame, **_names(body)}


def _names(body: str) -> dict[str, str]:
    """What tells a frame from others: its action and its client's name for the message."""
    try:
        found = parsed(body)
    except InvalidInput:
        return {}
    named = {name: found.get(name) for name in ("action", "client_id")}
    return {name: value for name, value in named.items() if isinstance(value, str) and len(value) <= _MAX_NAME}


def _prime() -> None:
    read_frame('{"action": "ping"}')


handler = make_handler(
    work, service="realtime-socket", needs=(SOCKETS, EVENTS), container=TalkingContainer, prime=_prime
)
