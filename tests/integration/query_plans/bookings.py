"""Calls of bookings' and scheduling's repositories."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import Any

from common.adapters.mongo.bookings.calendar_feeds import MongoCalendarFeeds
from common.adapters.mongo.bookings.intents import MongoBookingIntents
from common.adapters.mongo.bookings.offers import MongoOffers
from common.adapters.mongo.bookings.ratings import MongoRatings
from common.adapters.mongo.bookings.statistics import MongoBookingStatistics
from common.adapters.mongo.bookings.timers import MongoBookingTimers
from common.adapters.mongo.scheduling.busy_times import MongoBusyTimes
from common.adapters.mongo.scheduling.own_time import MongoBlocks, MongoManualBookings
from common.adapters.mongo.scheduling.slot_claims import ClaimChange, MongoSlotClaims
from common.adapters.mongo.scheduling.slot_limits import MongoSlotLimits
from common.application.ports.bookings.repository import BookingQuery
from common.domain.bookings.booking import Actor, ActorKind, BookingStatus, HistoryEntry, ReviewState
from common.domain.bookings.intents import BookingIntent
from common.domain.bookings.ratings import Rating, RatingState
from common.domain.payments.operations import PaymentOperation, Purpose
from common.domain.scheduling.own_time import Block, ManualBooking
from common.domain.scheduling.slot_limits import HoldLimit, SlotLimit
from common.domain.shared.errors import SlotUnavailable, VersionConflict
from common.domain.shared.events import Topic, new_event
from common.runtime.container.bootstrap import Container

from tests.factories.bookings import make_booking, make_claims, make_creation, make_slot, make_update
from tests.integration.query_plans.calls import BEFORE, BOOKING, CUSTOMER, LATER, MONEY, NOW, PROVIDER, SERVICE, Calls

#: Where nobody else has anything.
_FAR = NOW + timedelta(days=400)
_TIMES: dict[str, Any] = {"created_at": NOW, "updated_at": NOW}
_LIMIT = SlotLimit(starts_at=_FAR, ends_at=_FAR + timedelta(days=1), most=50, reason="day")
_HOLD = HoldLimit(provider_id=PROVIDER, held_by="digest", most=50, ends_at=LATER)
_EVENT, _OTHER_EVENT, _THIRD_EVENT = (new_event(Topic.PAYMENTS, "t", NOW) for _ in range(3))
_OPERATION = PaymentOperation(id="pay_new", booking_id="bkg_new", purpose=Purpose.AUTHORIZE, amount=MONEY, **_TIMES)
_NEW = make_booking(
    NOW, id="bkg_new", provider_id=PROVIDER, customer_id=CUSTOMER, slot=make_slot(_FAR), idempotency_key="key"
)
_RATING = Rating(
    id="rat_new", booking_id="bkg_new", service_id=SERVICE, provider_id=PROVIDER, author_id=CUSTOMER,
    author_kind=ActorKind.CUSTOMER, stars=5, **_TIMES,
)  # fmt: skip


def _feeds(c: Container) -> MongoCalendarFeeds:
    return MongoCalendarFeeds(c.mongo)


def _block(days: int, **fields: Any) -> Block:
    start = _FAR + timedelta(days=days)
    times = {"start_at": start, "end_at": start + timedelta(hours=1), "expires_at": start + timedelta(days=90)}
    return Block(id="blk_1", provider_id=PROVIDER, **{**_TIMES, **times, **fields})


def _manual(**fields: Any) -> ManualBooking:
    start = _FAR + timedelta(days=20)
    times = {"start_at": start, "end_at": start + timedelta(hours=1), "expires_at": start + timedelta(days=90)}
    named = {"title": "Hedge", "resource_ids": [PROVIDER], "customer_name": "Mere"}
    return ManualBooking(id="man_1", provider_id=PROVIDER, **{**_TIMES, **times, **named, **fields})


async def _create(c: Container) -> None:
    """A booking with every limit, then another at its time, which is refused after a second look."""
    events = [_EVENT]
    made = make_creation(_NEW, events=events, operations=[_OPERATION], limits=[_LIMIT], hold_limit=_HOLD)
    await c.booking_repository.commit(made)
    with suppress(SlotUnavailable):
        await c.booking_repository.commit(make_creation(_NEW.model_copy(update={"id": "bkg_late"}), limits=[_LIMIT]))
    held = make_booking(NOW, id="bkg_held", provider_id=PROVIDER, slot=make_slot(_FAR + timedelta(days=5)))
    await c.mongo.collection("slot_claims").insert_many(
        [{**each.model_dump(exclude={"id"}), "_id": "clm_old"} for each in make_claims(held, expires_at=BEFORE)]
    )
    await c.booking_repository.commit(make_creation(held))


async def _change_with(c: Container) -> None:
    """Nobody else writes anything with it."""

    async def nothing() -> None:
        return

    booking = await c.booking_repository.get("bkg_new")
    assert booking is not None
    await c.booking_repository.commit_with(make_update(booking, claim_id=None), nothing)


async def _change(c: Container) -> None:
    booking = await c.booking_repository.get("bkg_new")
    assert booking is not None
    change = make_update(booking, review=ReviewState.PUBLISHED)
    shown = change.booking.model_copy(update={"claim_id": None})
    row = {"id": "hst_new", "booking_id": booking.id, "version": shown.version, "action": "show_ratings"}
    await c.booking_repository.commit(
        change.model_copy(
            update={
                "booking": shown,
                "released_claim_ids": ["clm_none"],
                "canceled_operation_ids": ["pay_new"],
                "history": [_history(row)],
            }
        )
    )


def _history(row: dict[str, Any]) -> Any:
    moved: dict[str, Any] = {
        "from_status": None,
        "to_status": BookingStatus.SETTLED,
        "note": "",
        "changed": {"review": {}},
    }
    return HistoryEntry(**row, **moved, actor=Actor(kind=ActorKind.SYSTEM, id="system"), at=NOW)


async def _change_all(c: Container) -> None:
    booking = await c.booking_repository.get("bkg_new")
    assert booking is not None
    await c.booking_repository.commit_all([make_update(booking, review=ReviewState.OPEN)])
    with suppress(VersionConflict):
        await c.booking_repository.commit_all([make_update(booking)])


async def _sum_earned(c: Container) -> None:
    """The bookings have no figures, as before there were any."""
    bookings = c.mongo.collection("bookings")
    await bookings.update_many({"provider_id": PROVIDER}, {"$unset": {"figures": ""}})
    assert await MongoBookingStatistics(c.mongo).sum_earned(PROVIDER, [NOW, LATER])


async def _store_intent(c: Container) -> None:
    slot = make_booking(NOW, id="int_1", provider_id=PROVIDER, slot=make_slot(_FAR + timedelta(days=9)))
    intent = BookingIntent(
        id="int_1", user_id=CUSTOMER, secret_hash="s", service_id=SERVICE, provider_id=PROVIDER, service_title="",
        start_at=_FAR, end_at=_FAR, full_name="A", claim_id="clm_int", expires_at=LATER, created_at=NOW,
    )  # fmt: skip
    holds = make_claims(slot, expires_at=LATER, purpose="intent")
    replaced = intent.model_copy(update={"id": "int_0"})
    await MongoBookingIntents(c.mongo).insert(intent, holds, [_OTHER_EVENT], replaced=[replaced], hold_limit=_HOLD)


def _search(c: Container, *, after: bool = False, **query: Any) -> Any:
    last = (NOW + timedelta(hours=50), "bkg_0050") if after else None
    return c.booking_repository.search(BookingQuery(**query), limit=20, after=last)


async def _commit_claims(c: Container) -> None:
    async def nothing(_: Any) -> None:
        """Written with the claims."""

    await MongoSlotClaims(c.mongo).commit(ClaimChange(NOW, released_ids=["clm_none"]), after=nothing)


async def _count_limits(c: Container) -> None:
    limits = MongoSlotLimits(c.mongo)
    (claim,) = make_claims(_NEW)
    await limits.reached([_LIMIT], claim, ["clm_x"], NOW)


async def _lock(c: Container) -> None:
    hold = _HOLD.model_copy(update={"held_by": "of the release before"})
    key = {"_id": f"{PROVIDER}:{hold.held_by}"}
    await c.mongo.collection("limit_locks").replace_one(key, {"taken": 1}, upsert=True)

    async def work(session: Any) -> None:
        await MongoSlotLimits(c.mongo).lock(PROVIDER, session)
        await MongoSlotLimits(c.mongo).add_hold(hold, "clm_x", ["clm_x"], NOW, session)

    await c.mongo.in_transaction(work)


CALLS: Calls = {
    "MongoBookings.commit": _create,
    "MongoBookings.get": lambda c: c.booking_repository.get("bkg_new"),
    "MongoBookings.get_many": lambda c: c.booking_repository.get_many(["bkg_new"]),
    "MongoBookings.find_by_idempotency_key": lambda c: c.booking_repository.find_by_idempotency_key(CUSTOMER, "key"),
    **{
        f"MongoBookings.find_by_stripe_id: {each}": lambda c, each=each: c.booking_repository.find_by_stripe_id(each)  # type: ignore[misc]
        for each in ("pi_1", "seti_1", "ch_1", "tr_1")
    },
    "MongoBookings.list_history": lambda c: c.booking_repository.list_history(BOOKING, limit=20, after_version=1),
    "MongoBookings.search: customer": lambda c: _search(c, customer_id=CUSTOMER),
    "MongoBookings.search: customer, later": lambda c: _search(c, after=True, customer_id=CUSTOMER),
    "MongoBookings.search: customer, status": lambda c: _search(
        c, customer_id=CUSTOMER, statuses=(BookingStatus.ACCEPTED,), soonest_first=True
    ),
    "MongoBookings.search: customer, awaiting": lambda c: _search(c, customer_id=CUSTOMER, awaiting=ActorKind.CUSTOMER),
    "MongoBookings.search: customer, awaiting and status": lambda c: _search(
        c, customer_id=CUSTOMER, awaiting=ActorKind.CUSTOMER, statuses=(BookingStatus.ACCEPTED,)
    ),
    "MongoBookings.search: provider": lambda c: _search(
        c, provider_id=PROVIDER, starts_from=NOW, starts_before=LATER, soonest_first=True
    ),
    "MongoBookings.search: provider, awaiting": lambda c: _search(
        c, after=True, provider_id=PROVIDER, awaiting=ActorKind.PROVIDER, soonest_first=True
    ),
    "MongoBookings.list_disputed": lambda c: c.booking_repository.list_disputed(limit=20),
    "MongoBookings.list_disputed: later": lambda c: c.booking_repository.list_disputed(limit=20, after=(NOW, "b")),
    "MongoBookings.list_owed_by_provider": lambda c: c.booking_repository.list_owed_by_provider(
        PROVIDER, "nzd", limit=20
    ),
    "MongoBookings.sum_owed_by_provider": lambda c: c.booking_repository.sum_owed_by_provider(PROVIDER),
    "MongoBookings.list_owed": lambda c: c.booking_repository.list_owed(limit=20, after=(NOW, "bkg")),
    "MongoBookings.list_provider_unavailable": lambda c: c.booking_repository.list_provider_unavailable(
        limit=20, after=(NOW, "bkg")
    ),
    "MongoBookings.claim_due": lambda c: c.booking_repository.claim_due(NOW, until=LATER, limit=20),
    "MongoBookings.increment_checks": lambda c: c.booking_repository.increment_checks(BOOKING),
    "MongoBookings.postpone": lambda c: c.booking_repository.postpone(BOOKING, "remind", until=LATER),
    "MongoBookings.list_claims": lambda c: c.booking_repository.list_claims(PROVIDER, [PROVIDER, "res_1"], NOW, LATER),
    "MongoBookings.commit: change": _change,
    "MongoBookings.commit_with": _change_with,
    "MongoBookings.commit_all": _change_all,
    "MongoBookingTimers.due_since": lambda c: MongoBookingTimers(c.mongo).due_since(NOW),
    "MongoBookingStatistics.sum_earned": _sum_earned,
    "MongoBookingStatistics.count_by_status": lambda c: MongoBookingStatistics(c.mongo).count_by_status(
        PROVIDER, NOW, LATER
    ),
    "MongoCalendarFeeds.save": lambda c: _feeds(c).save(CUSTOMER, "token", NOW),
    "MongoCalendarFeeds.find_owner": lambda c: _feeds(c).find_owner("token"),
    "MongoCalendarFeeds.delete_by_owner": lambda c: _feeds(c).delete_by_owner(CUSTOMER),
    "MongoBookingIntents.insert": _store_intent,
    "MongoBookingIntents.get": lambda c: MongoBookingIntents(c.mongo).get("int_1"),
    "MongoBookingIntents.complete": lambda c: MongoBookingIntents(c.mongo).complete("int_1", BOOKING),
    "MongoBookingIntents.add_secret": lambda c: MongoBookingIntents(c.mongo).add_secret("int_1", "s"),
    "MongoRatings.submit": lambda c: MongoRatings(c.mongo).submit(_RATING),
    "MongoRatings.get": lambda c: MongoRatings(c.mongo).get("rat_new"),
    "MongoRatings.list_by_booking": lambda c: MongoRatings(c.mongo).list_by_booking("bkg_new"),
    "MongoRatings.search": lambda c: MongoRatings(c.mongo).search(state=None, limit=20, before="rat_9"),
    "MongoRatings.search: state": lambda c: MongoRatings(c.mongo).search(state=RatingState.HELD, limit=20),
    "MongoRatings.reply": lambda c: MongoRatings(c.mongo).reply("rat_new", "Thanks.", NOW),
    "MongoRatings.set_state": lambda c: MongoRatings(c.mongo).set_state(
        "rat_new", RatingState.MODERATED, NOW, _THIRD_EVENT
    ),
    "MongoBusyTimes.calendars": lambda c: MongoBusyTimes(c.mongo).calendars([PROVIDER], [PROVIDER], NOW, LATER, NOW),
    "MongoBlocks.insert": lambda c: MongoBlocks(c.mongo).insert(_block(10), user_id=CUSTOMER, most=20),
    "MongoBlocks.get": lambda c: MongoBlocks(c.mongo).get("blk_1"),
    "MongoBlocks.list_by_provider": lambda c: MongoBlocks(c.mongo).list_by_provider(
        PROVIDER, ends_after=NOW, starts_before=None, limit=20
    ),
    "MongoBlocks.list_by_provider: later": lambda c: MongoBlocks(c.mongo).list_by_provider(
        PROVIDER, ends_after=NOW, starts_before=LATER, limit=20, after=(NOW, "blk_0")
    ),
    "MongoBlocks.save": lambda c: MongoBlocks(c.mongo).save(_block(11, version=2), expected_version=1),
    "MongoBlocks.delete": lambda c: MongoBlocks(c.mongo).delete(_block(11)),
    "MongoManualBookings.insert": lambda c: MongoManualBookings(c.mongo).insert(_manual(), user_id=CUSTOMER, most=20),
    "MongoManualBookings.get": lambda c: MongoManualBookings(c.mongo).get("man_1"),
    "MongoManualBookings.list_by_provider": lambda c: MongoManualBookings(c.mongo).list_by_provider(
        PROVIDER, ends_after=NOW, starts_before=None, limit=20
    ),
    "MongoManualBookings.save": lambda c: MongoManualBookings(c.mongo).save(_manual(version=2), expected_version=1),
    "MongoManualBookings.delete": lambda c: MongoManualBookings(c.mongo).delete(_manual()),
    "MongoOffers.get": lambda c: MongoOffers(c.mongo).get(SERVICE, NOW),
    "MongoSlotClaims.commit": _commit_claims,
    "MongoSlotLimits.lock": _lock,
    "MongoSlotLimits.add_hold": _lock,
    "MongoSlotLimits.reached": _count_limits,
}
