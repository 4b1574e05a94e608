"""Calls of conversations' repositories."""

from __future__ import annotations

from common.adapters.mongo.messaging.conversations import MongoConversations, MongoMembers, MongoMessages
from common.adapters.mongo.messaging.subjects import MongoSubjects
from common.adapters.mongo.moderation.items import MongoModeration
from common.adapters.mongo.shared.unit_of_work import MongoUnitOfWork
from common.domain.bookings.booking import ActorKind
from common.domain.messaging.conversations import Conversation
from common.domain.messaging.messages import Message
from common.domain.moderation.items import ItemKind, ItemState, ModerationItem, ReportReason
from common.runtime.container.bootstrap import Container

from tests.integration.query_plans.calls import CUSTOMER, NOW, Calls

_OPENED = Conversation(
    id="cnv_1",
    subject_id="bkg_1",
    customer_id=CUSTOMER,
    provider_user_id="usr_p",
    members=[CUSTOMER, "usr_p"],
    last_at=NOW,
    created_at=NOW,
)
_MESSAGE = Message(
    id="msg_1",
    conversation_id="cnv_1",
    sender_id=CUSTOMER,
    sender=ActorKind.CUSTOMER,
    client_id="c",
    text="Hi",
    created_at=NOW,
)
_ITEM = ModerationItem(
    id="mod_1",
    kind=ItemKind.MESSAGE,
    subject="cnv_1",
    seq=1,
    reporter_id="usr_p",
    reported_id=CUSTOMER,
    reason=ReportReason.SPAM,
    messages=[],
    created_at=NOW,
)
_READ = _MESSAGE.model_copy(update={"seq": 1, "customer_count": 1})
_CUSTOMER, _PROVIDER = ActorKind.CUSTOMER, ActorKind.PROVIDER


async def _append(c: Container) -> None:
    await MongoUnitOfWork(c.mongo).run(lambda: MongoConversations(c.mongo).append(_OPENED, _MESSAGE))


CALLS: Calls = {
    "MongoConversations.get": lambda c: MongoConversations(c.mongo).get("cnv_1"),
    "MongoConversations.get_many": lambda c: MongoConversations(c.mongo).get_many(["cnv_1", "cnv_2"]),
    "MongoConversations.list_by_member": lambda c: MongoConversations(c.mongo).list_by_member(
        CUSTOMER, limit=20, after=(NOW, "cnv_9")
    ),
    "MongoConversations.append": _append,
    "MongoConversations.mark_read": lambda c: MongoConversations(c.mongo).mark_read("cnv_1", _PROVIDER, _READ),
    "MongoConversations.end_notice": lambda c: MongoConversations(c.mongo).end_notice(
        "cnv_1", _PROVIDER, NOW, last_seq=1, again_at=None
    ),
    "MongoConversations.note_told": lambda c: MongoConversations(c.mongo).note_told("cnv_1", _PROVIDER, NOW, NOW),
    "MongoMessages.get": lambda c: MongoMessages(c.mongo).get("cnv_1", 1),
    "MongoMessages.find_by_client_id": lambda c: MongoMessages(c.mongo).find_by_client_id("cnv_1", CUSTOMER, "c"),
    "MongoMessages.list_after": lambda c: MongoMessages(c.mongo).list_after("cnv_1", 0, limit=20),
    "MongoMessages.list_before": lambda c: MongoMessages(c.mongo).list_before("cnv_1", 9, limit=20),
    "MongoMessages.first_after": lambda c: MongoMessages(c.mongo).first_after("cnv_1", 0, _CUSTOMER),
    "MongoMembers.get_many": lambda c: MongoMembers(c.mongo).get_many([CUSTOMER]),
    "MongoSubjects.get": lambda c: MongoSubjects(c.mongo).get("cnv_1"),
    "MongoSubjects.get_many": lambda c: MongoSubjects(c.mongo).get_many(["bkg_1", "off_2"]),
    "MongoModeration.list_by_state": lambda c: MongoModeration(c.mongo).list_by_state(
        ItemState.OPEN, limit=20, after="mod_0"
    ),
    "MongoModeration.list_by_state:of a kind": lambda c: MongoModeration(c.mongo).list_by_state(
        None, kinds=[ItemKind.COMMENT, ItemKind.RATING], limit=20, after="mod_0"
    ),
    "MongoModeration.get": lambda c: MongoModeration(c.mongo).get("mod_1"),
    "MongoModeration.is_waiting": lambda c: MongoModeration(c.mongo).is_waiting(ItemKind.BAN, CUSTOMER),
    "MongoModeration.list_decided_about": lambda c: MongoModeration(c.mongo).list_decided_about(
        CUSTOMER, limit=20, before="mod_9"
    ),
    "MongoModeration.claim": lambda c: MongoModeration(c.mongo).claim("mod_1", "usr_m", now=NOW, until=NOW),
    "MongoModeration.save": lambda c: MongoModeration(c.mongo).save(_ITEM),
    "MongoModeration.settle": lambda c: MongoModeration(c.mongo).settle(_ITEM),
    "MongoMessages.set_hidden": lambda c: MongoMessages(c.mongo).set_hidden("cnv_1", 1, NOW),
    "MongoModeration.decide": lambda c: MongoModeration(c.mongo).decide(ItemKind.MESSAGE, "cnv_1"),
    "MongoModeration.report": lambda c: MongoModeration(c.mongo).report(_ITEM),
}
