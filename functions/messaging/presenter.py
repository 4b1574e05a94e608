"""Conversations as their parties see them."""

from collections.abc import Mapping

from common.application.messaging.conversations import VisibleConversation
from common.application.ports.media.attachments import MediaUrls
from common.domain.bookings.booking import other_party
from common.domain.media.media import Media
from common.domain.messaging.messages import Message
from common.runtime.http.photo_schemas import PhotoView

from functions.messaging import schemas


def present_conversation(seen: VisibleConversation, addresses: MediaUrls) -> schemas.ConversationView:
    """The response for one conversation; ``addresses`` gives those of pictures."""
    picture = PhotoView.of(seen.other_picture, addresses) if seen.other_picture else None
    found, other, latest = seen.conversation, other_party(seen.side), seen.conversation.last_message
    return schemas.ConversationView.model_validate(
        {
            "id": found.id,
            "booking_id": seen.subject.booking_id,
            "offer_id": seen.subject.offer_id,
            "job_request_id": seen.subject.job_request_id,
            "title": seen.subject.title,
            "role": seen.side,
            "other_party": {"role": other, "name": seen.other_name, "picture": picture},
            "standing": seen.standing,
            "closes_at": seen.closes_at,
            "last_seq": found.last_seq,
            "read_seq": found.read_by(seen.side).seq,
            "other_read_seq": found.read_by(other).seq,
            "unread_count": found.unread_by(seen.side),
            "last_message": {**dict(latest), "sender_role": latest.sender} if latest else None,
            "last_message_at": found.last_at if latest else None,
            "created_at": found.created_at,
        }
    )


def present_message(
    message: Message, user_id: str, media: Mapping[str, Media], addresses: MediaUrls
) -> schemas.MessageView:
    """The response for one message.

    Args:
        message: as stored.
        user_id: who sees it.
        media: the photographs of it and of others, by id.
        addresses: gives the addresses of their files.
    """
    is_own, is_hidden = message.sender_id == user_id, message.hidden_at is not None
    media_ids = [] if is_hidden else message.media_ids
    shown = [media.get(each) for each in media_ids]
    files = [addresses.read_urls(each) if each else [] for each in shown]
    return schemas.MessageView.model_validate(
        {
            "id": message.id,
            "conversation_id": message.conversation_id,
            "seq": message.seq,
            "sender_role": message.sender,
            "is_own": is_own,
            "client_id": message.client_id if is_own and message.client_id != message.id else None,
            "text": "" if is_hidden else message.text,
            "is_masked": message.is_masked,
            "is_hidden": is_hidden,
            "media": [{"id": each, "files": list(urls)} for each, urls in zip(media_ids, files, strict=True)],
            "created_at": message.created_at,
        }
    )
