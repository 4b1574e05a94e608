"""The lives of requests and offers: what the tables allow, and what holds after every change."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from common.domain.bookings.state_machine import SYSTEM
from common.domain.matching.job_requests import ENDED, HISTORY_LIMIT, LIVE, JobRequestStatus, Mode
from common.domain.matching.notifications import NOTIFICATIONS
from common.domain.matching.offers import OfferStatus
from common.domain.matching.settings import MatchingSettings
from common.domain.matching.state_machine import (
    OFFER_TABLE,
    OFFER_TERMINAL,
    REQUEST_TABLE,
    Fallen,
    Matched,
    Nobody,
    Outcome,
    Quoted,
    Waiting,
    WaveSent,
    available_offer_actions,
    available_request_actions,
    check_offer_action,
    due_request_action,
    fire_on_offer,
    fire_on_request,
    matching_to_markdown,
    offer_state,
    perform_on_offer,
    perform_on_request,
    request_state,
)
from common.domain.shared.errors import ActionNotAvailable, Forbidden, InvalidInput, NotFound
from common.domain.shared.setting_texts import fill

from infra.docs import matching_states
from tests.factories.matching import (
    DEFAULTS,
    NOW,
    make_open_offer,
    make_quote,
    make_request,
    make_window,
    nzd,
)
from tests.unit.domain.matching.walk import (
    CLOCK,
    CUSTOMER,
    EVERYBODY,
    HOUR,
    OPERATOR,
    PROVIDER,
    offer_walk,
    request_walk,
)

if TYPE_CHECKING:
    from common.domain.matching.changes import OfferChange, RequestChange
    from common.domain.matching.job_requests import JobRequest
    from common.domain.matching.offers import Offer
    from common.domain.shared.state_machine import Transition

MATCHED_STATUSES = {JobRequestStatus.MATCHED, JobRequestStatus.BOOKED}


def check_request_change(before: JobRequest, change: RequestChange) -> None:
    """What holds after every change of a request."""
    after = change.request
    assert (change.expected_version, after.version) == (before.version, before.version + 1)
    assert before.status not in ENDED, "nothing leaves an end"
    assert (after.booking_id is None) == (after.matched_offer_id is None)
    if after.status in MATCHED_STATUSES:
        assert after.booking_id is not None
    elif after.status is not JobRequestStatus.CANCELLED:
        assert after.booking_id is None, "what came to nothing is forgotten"
    assert (after.next_due_at is None) == (after.status in {*ENDED, JobRequestStatus.BOOKED}), "somebody looks at it"
    assert len(set(after.asked_provider_ids)) == len(after.asked_provider_ids), "nobody is asked twice"
    assert set(before.asked_provider_ids) <= set(after.asked_provider_ids)
    assert set(before.declined_provider_ids) <= set(after.declined_provider_ids)
    assert after.history[-1].to_status is after.status
    assert len(after.history) <= HISTORY_LIMIT
    assert len(change.events) <= 1
    assert all(event.type in NOTIFICATIONS for event in change.events)


@cache
def walked() -> dict[tuple[Any, ...], JobRequest]:
    """Every reachable request, checked on the way."""
    return request_walk(check_request_change)


def test_every_reachable_request_keeps_every_invariant_and_is_ended_by_time() -> None:
    seen = walked()

    assert {each.status for each in seen.values()} == set(JobRequestStatus)
    for key, request in seen.items():
        if request.status in LIVE | {JobRequestStatus.EXHAUSTED}:
            late = (request.next_due_at or NOW) + timedelta(days=400)
            action = due_request_action(request, late, DEFAULTS)
            assert action in {"expire", "check_match"}, key
            if action == "expire":
                ended = fire_on_request(request, action, None, late, DEFAULTS)
                assert ended is not None
                assert ended.request.status is JobRequestStatus.EXPIRED


def check_offer_change(before: Offer, change: OfferChange) -> None:
    """What holds after every change of an offer."""
    after = change.offer
    assert (change.expected_version, after.version) == (before.version, before.version + 1)
    assert before.status not in OFFER_TERMINAL, "nothing leaves an end"
    assert (after.next_due_at is not None) == (after.status is OfferStatus.OPEN)
    if after.status is not OfferStatus.OPEN:
        assert after.claim_id is None, "nothing holds time but a quote that stands"
    if before.claim_id not in {None, after.claim_id}:
        assert change.released_claim_id == before.claim_id, "what is not held any more is freed"
    if after.status is OfferStatus.ACCEPTED:
        assert after.booking_id is not None
    assert (after.declined_by is not None) == (after.status is OfferStatus.DECLINED)
    assert len(change.events) <= 1
    assert all(event.type in NOTIFICATIONS for event in change.events)


@pytest.mark.parametrize("mode", list(Mode))
def test_every_reachable_offer_keeps_every_invariant(mode: Mode) -> None:
    seen = offer_walk(mode, check_offer_change)

    assert {each.status for each in seen.values()} == set(OfferStatus)
    for offer in seen.values():
        if offer.status is OfferStatus.OPEN:
            late = offer.expires_at
            ended = fire_on_offer(offer, make_request(mode=mode), "expire", late, DEFAULTS)
            assert ended is not None


def test_what_is_offered_is_what_is_accepted() -> None:
    """Every action in every state by every actor: the table's word is the answer."""
    # One of each position of the clock, status, and whether the next wave and the offers' end are due.
    one_of_each = {(key[:2], key[5:7]): (key[0], request) for key, request in walked().items()}
    offered: Counter[str] = Counter()
    for position, request in one_of_each.values():
        now = CLOCK[position]
        for actor in EVERYBODY:
            names = {each.action_name for each in available_request_actions(request, actor, now, DEFAULTS)}
            offered.update(names)
            for transition in REQUEST_TABLE[1:]:
                if transition.name in names:
                    assert transition.is_for(actor.kind, request.status)
                    continue
                with pytest.raises((ActionNotAvailable, Forbidden)):
                    perform_on_request(request, transition.name, actor, {}, now, DEFAULTS)
    assert {each.name for each in REQUEST_TABLE[1:]} == set(offered)


def test_a_stranger_may_do_nothing() -> None:
    request = make_request()
    offer = make_open_offer(request)
    stranger = CUSTOMER.model_copy(update={"id": "usr_other"})
    other_provider = PROVIDER.model_copy(update={"id": "usr_other"})

    for actor in (stranger, other_provider, PROVIDER):
        assert available_request_actions(request, actor, NOW, DEFAULTS) == []
        with pytest.raises(Forbidden):
            perform_on_request(request, "cancel", actor, None, NOW, DEFAULTS)
    for actor in (stranger, other_provider):
        assert available_offer_actions(offer, request, actor, NOW, DEFAULTS) == []
        with pytest.raises(Forbidden):
            check_offer_action(offer, request, "decline", actor, None, NOW, DEFAULTS)
    with pytest.raises(NotFound):
        perform_on_offer(offer, request, "make", SYSTEM, None, NOW, DEFAULTS)
    with pytest.raises(NotFound):
        perform_on_request(request, "create", CUSTOMER, None, NOW, DEFAULTS)


def sent(request: JobRequest, now: Any = NOW, next_at: Any = None) -> JobRequest:
    """The request once a wave has asked one more provider."""
    wave = WaveSent(
        number=request.wave + 1,
        provider_ids=[f"prv_{request.wave + 1}"],
        offers_end_at=now + 2 * HOUR,
        next_at=next_at,
        exclusions={},
        candidate_count=1,
    )
    return perform_on_request(request, "send_wave", SYSTEM, wave, now, DEFAULTS).request


def matched(request: JobRequest) -> JobRequest:
    """The request once an offer was taken."""
    given = Matched(offer_id="off_1", booking_id="bkg_1", until=NOW + 2 * HOUR)
    return perform_on_request(request, "match", SYSTEM, given, NOW, DEFAULTS).request


def test_doubled_early_and_late_timers_do_nothing_twice() -> None:
    request = sent(make_request(), next_at=NOW + HOUR)
    wave = WaveSent(
        number=2, provider_ids=["prv_2"], offers_end_at=NOW + 3 * HOUR, next_at=None, exclusions={}, candidate_count=1
    )

    assert fire_on_request(request, "send_wave", wave, NOW, DEFAULTS) is None, "early"
    second = fire_on_request(request, "send_wave", wave, NOW + HOUR, DEFAULTS)
    assert second is not None
    assert fire_on_request(second.request, "send_wave", wave, NOW + HOUR, DEFAULTS) is None, "doubled"
    assert due_request_action(request, request.expires_at, DEFAULTS) == "expire", "late"
    assert due_request_action(second.request, NOW + HOUR, DEFAULTS) is None
    assert due_request_action(second.request, NOW + 3 * HOUR, DEFAULTS) == "exhaust"


def test_a_match_that_falls_through_looks_on_and_does_not_ask_that_provider_again() -> None:
    request = matched(sent(make_request()))
    fallen = Fallen(provider_id="prv_1")

    again = perform_on_request(request, "reopen", SYSTEM, fallen, NOW + HOUR, DEFAULTS).request
    over = perform_on_request(request, "reopen", SYSTEM, fallen, request.expires_at, DEFAULTS).request
    booked = perform_on_request(request, "book", SYSTEM, None, NOW, DEFAULTS).request

    assert (again.status, again.next_due_action, again.next_due_at) == ("offering", "send_wave", NOW + HOUR)
    assert again.declined_provider_ids == ["prv_1"]
    assert (again.booking_id, again.matched_offer_id) == (None, None)
    assert (over.status, over.next_due_at) == ("expired", None)
    assert (booked.status, booked.next_due_at) == ("booked", None)
    cancelled = perform_on_request(booked, "end_with_booking", SYSTEM, None, NOW, DEFAULTS).request
    assert (cancelled.status, cancelled.booking_id) == ("cancelled", "bkg_1")
    with pytest.raises(ActionNotAvailable):
        perform_on_request(booked, "cancel", CUSTOMER, None, NOW, DEFAULTS)


def test_a_search_that_finds_nobody_ends_the_request_unless_somebody_may_answer() -> None:
    found = Nobody(number=4, exclusions={"too_far": 12, "no_free_time": 4}, candidate_count=16)

    alone = perform_on_request(make_request(), "find_nobody", SYSTEM, found, NOW, DEFAULTS)
    asked = sent(make_request(), next_at=NOW + HOUR)
    waiting = perform_on_request(asked, "find_nobody", SYSTEM, found, NOW + HOUR, DEFAULTS).request
    hurried = perform_on_request(waiting, "hurry", SYSTEM, None, NOW + HOUR, DEFAULTS).request

    assert alone.request.status is JobRequestStatus.EXHAUSTED
    assert [event.type for event in alone.events] == ["job_request.exhausted"]
    assert alone.request.exclusions == {"too_far": 12, "no_free_time": 4}
    assert (waiting.status, waiting.next_due_action, waiting.next_due_at) == ("offering", "exhaust", NOW + 2 * HOUR)
    assert (hurried.next_due_action, hurried.next_due_at) == ("exhaust", NOW + HOUR)


def test_everybody_having_answered_the_next_wave_is_due_at_once() -> None:
    request = sent(make_request(), next_at=NOW + HOUR)

    hurried = perform_on_request(request, "hurry", SYSTEM, None, NOW, DEFAULTS).request

    assert (hurried.next_due_action, hurried.next_due_at) == ("send_wave", NOW)


def test_a_quote_keeps_the_request_from_being_exhausted() -> None:
    request = sent(make_request())

    quoted = perform_on_request(request, "note_quote", SYSTEM, Quoted(valid_until=NOW + 24 * HOUR), NOW, DEFAULTS)

    assert quoted.request.next_due_at == NOW + 24 * HOUR


def test_every_wave_is_a_line_of_the_history() -> None:
    request = sent(sent(make_request(), next_at=NOW + HOUR), NOW + HOUR)

    assert [entry.action for entry in request.history] == ["create", "send_wave", "send_wave"]


def test_a_repeated_wait_is_one_line_of_the_history() -> None:
    request, waiting = make_request(), Waiting(until=NOW, note="the search was not available")

    for _ in range(3):
        request = perform_on_request(request, "wait", SYSTEM, waiting, NOW, DEFAULTS).request

    assert [entry.action for entry in request.history] == ["create", "wait"]
    assert request.history[-1].note == "Looked for later. the search was not available"


def exhausted(**fields: Any) -> JobRequest:
    """A request for which nobody was found."""
    found = Nobody(number=4, exclusions={"too_far": 1}, candidate_count=1)
    return perform_on_request(make_request(**fields), "find_nobody", SYSTEM, found, NOW, DEFAULTS).request


def test_an_extension_begins_anew_and_asks_nobody_twice() -> None:
    request = exhausted(budget=nzd(10_000), asked_provider_ids=["prv_1"])
    start, end = request.window.start_at, request.window.end_at
    given = {
        "radius_km": 40,
        "window": {"start_at": start.isoformat(), "end_at": (end + HOUR).isoformat()},
        "budget": {"amount": 12_000, "currency": "nzd"},
    }

    wider = perform_on_request(request, "extend", CUSTOMER, given, NOW, DEFAULTS).request

    assert (wider.status, wider.wave, wider.next_due_action) == ("open", 0, "send_wave")
    assert (wider.radius_km, wider.window.end_at, wider.budget) == (40, end + HOUR, nzd(12_000))
    assert wider.expires_at == request.expires_at + HOUR
    assert (wider.asked_provider_ids, wider.exclusions, wider.extension_count) == (["prv_1"], {}, 1)
    often = request.model_copy(update={"extension_count": 3})
    with pytest.raises(ActionNotAvailable, match="less often than 3 times"):
        perform_on_request(often, "extend", CUSTOMER, given, NOW, DEFAULTS)


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, "radius_km", "missing"),
        ({"radius_km": 25}, "radius_km", "not_wider"),
        ({"radius_km": 101}, "radius_km", "not_wider"),
        ({"budget": {"amount": 10_000, "currency": "nzd"}}, "budget", "not_wider"),
        ({"budget": {"amount": 90_000, "currency": "aud"}}, "budget", "not_wider"),
        ({"budget": {"amount": 90_000, "currency": "nzd", "x": 1}}, "budget.x", "extra_forbidden"),
        ({"window": {"start_at": 1, "end_at": 2}}, "window.start_at", "instant_format"),
        ({"wide": True}, "wide", "extra_forbidden"),
    ],
)
def test_an_extension_must_widen(given: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        perform_on_request(exhausted(budget=nzd(10_000)), "extend", CUSTOMER, given, NOW, DEFAULTS)

    assert (refused.value.errors[0].field, refused.value.errors[0].code) == (field, code)


@pytest.mark.parametrize(("later", "longer"), [(HOUR, HOUR), (timedelta(), -HOUR), (timedelta(), timedelta())])
def test_another_window_holds_the_present_one(later: timedelta, longer: timedelta) -> None:
    window = exhausted().window
    given = {"window": {"start_at": window.start_at + later, "end_at": window.end_at + longer}}

    with pytest.raises(InvalidInput) as refused:
        perform_on_request(exhausted(), "extend", CUSTOMER, given, NOW, DEFAULTS)

    assert (refused.value.errors[0].field, refused.value.errors[0].code) == ("window", "not_wider")


@pytest.mark.parametrize(
    ("fields", "field", "code"),
    [
        ({"window": make_window(-2 * HOUR, HOUR)}, "window.end_at", "past"),
        ({"window": make_window(-HOUR, 2 * HOUR)}, "window.start_at", "past"),
        ({"window": make_window(2 * HOUR, -HOUR)}, "window.end_at", "order"),
        ({"window": make_window(HOUR, timedelta(days=31))}, "window.end_at", "too_long"),
        ({"window": make_window(timedelta(days=360), timedelta(days=9))}, "window.end_at", "too_far"),
        ({"window": make_window(HOUR, HOUR), "duration_minutes": 61}, "window.end_at", "too_short"),
        ({"window": make_window(HOUR, timedelta(minutes=1))}, "window.end_at", "too_short"),
        ({"radius_km": 0}, "radius_km", "out_of_range"),
        ({"radius_km": 101}, "radius_km", "out_of_range"),
    ],
)
def test_a_request_in_which_nothing_can_happen_is_refused(fields: dict[str, Any], field: str, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        make_request(**fields)

    assert (refused.value.errors[0].field, refused.value.errors[0].code) == (field, code)


def accept(offer: Offer, request: JobRequest, given: dict[str, Any], outcome: Outcome) -> OfferChange:
    """The provider's yes."""
    return perform_on_offer(offer, request, "accept", PROVIDER, given, NOW, DEFAULTS, outcome=outcome)


QUOTE = Outcome(quote=make_quote(), claim_id="clm_1")
BOOKED = Outcome(booking_id="bkg_1")


def test_the_first_accept_is_the_deal_where_the_price_is_known() -> None:
    request = make_request()

    change = accept(make_open_offer(request), request, {}, BOOKED)

    assert (change.offer.status, change.offer.booking_id, change.offer.next_due_at) == ("accepted", "bkg_1", None)
    assert [event.type for event in change.events] == ["offer.accepted"]


def test_a_quote_is_countered_once_each_way() -> None:
    request = make_request(mode=Mode.COMPARE)
    price = {"price": {"amount": 8_000, "currency": "nzd"}}

    quoted = accept(
        make_open_offer(request, price=None), request, {"price": {"amount": 9_000, "currency": "nzd"}}, QUOTE
    )
    offer = quoted.offer
    assert (offer.status, offer.expires_at, offer.claim_id) == ("open", NOW + 24 * HOUR, "clm_1")
    assert [event.type for event in quoted.events] == ["offer.quoted"]
    with pytest.raises(ActionNotAvailable):
        accept(offer, request, price, QUOTE)

    countered = perform_on_offer(offer, request, "counter", CUSTOMER, price, NOW, DEFAULTS).offer
    with pytest.raises(ActionNotAvailable):
        perform_on_offer(countered, request, "counter", CUSTOMER, price, NOW, DEFAULTS)
    taken = accept(countered, request, {}, BOOKED)
    assert (taken.offer.status, taken.released_claim_id) == ("accepted", "clm_1")

    last = Outcome(quote=make_quote(8_500, is_counter=True), claim_id="clm_2")
    change = perform_on_offer(countered, request, "counter", PROVIDER, price, NOW, DEFAULTS, outcome=last)
    assert (change.offer.claim_id, change.released_claim_id) == ("clm_2", "clm_1")
    for actor, action in ((PROVIDER, "counter"), (CUSTOMER, "counter"), (PROVIDER, "accept")):
        with pytest.raises(ActionNotAvailable):
            perform_on_offer(change.offer, request, action, actor, price, NOW, DEFAULTS, outcome=last)
    chosen = perform_on_offer(change.offer, request, "choose", CUSTOMER, None, NOW, DEFAULTS, outcome=BOOKED)
    assert (chosen.offer.status, chosen.released_claim_id) == ("accepted", "clm_2")


@pytest.mark.parametrize(
    ("given", "field", "code"),
    [
        ({}, "price", "missing"),
        ({"price": {"amount": 10_001, "currency": "nzd"}}, "price", "above_budget"),
        ({"price": {"amount": 10_000, "currency": "aud"}}, "price", "other_currency"),
        ({"price": {"amount": 0, "currency": "nzd"}}, "price", "not_chargeable"),
        (
            {"price": {"amount": 9_000, "currency": "nzd"}, "start_at": NOW + timedelta(hours=1)},
            "start_at",
            "outside_window",
        ),
        ({"price": {"amount": 9_000, "currency": "nzd"}, "start_at": NOW}, "start_at", "past"),
        (
            {"price": {"amount": 9_000, "currency": "nzd"}, "start_at": NOW + timedelta(seconds=1)},
            "start_at",
            "off_grid",
        ),
        ({"price": 9_000}, "price", "model_type"),
    ],
)
def test_an_answer_that_does_not_fit_names_the_field(given: dict[str, Any], field: str, code: str) -> None:
    request = make_request(budget=nzd(10_000))

    with pytest.raises(InvalidInput) as refused:
        check_offer_action(make_open_offer(request, price=None), request, "accept", PROVIDER, given, NOW, DEFAULTS)

    assert (refused.value.errors[0].field, refused.value.errors[0].code) == (field, code)


def test_a_known_price_is_not_named_again_and_work_ends_in_the_window() -> None:
    request = make_request()
    offer = make_open_offer(request)
    end = request.window.end_at

    with pytest.raises(InvalidInput, match="The price is known"):
        check_offer_action(offer, request, "accept", PROVIDER, {"price": nzd(1_000).model_dump()}, NOW, DEFAULTS)
    check_offer_action(offer, request, "accept", PROVIDER, {"price": nzd(9_000).model_dump()}, NOW, DEFAULTS)
    check_offer_action(offer, request, "accept", PROVIDER, {"start_at": end - HOUR}, NOW, DEFAULTS)
    late = {"start_at": end - HOUR + timedelta(minutes=5)}
    with pytest.raises(InvalidInput, match="end in the window"):
        check_offer_action(offer, request, "accept", PROVIDER, late, NOW, DEFAULTS)


def test_what_is_over_is_not_offered_to_be_declined() -> None:
    request = make_request(status=JobRequestStatus.OFFERING)
    offer = make_open_offer(request)
    assert available_offer_actions(offer, request, PROVIDER, offer.created_at, DEFAULTS)
    assert available_offer_actions(offer, request, PROVIDER, offer.expires_at, DEFAULTS) == []


def test_who_turns_what_down_is_kept() -> None:
    request = make_request(mode=Mode.COMPARE)
    offer = make_open_offer(request, price=None)
    quoted = offer.model_copy(update={"quote": make_quote(), "claim_id": "clm_1"})

    busy = perform_on_offer(offer, request, "decline", PROVIDER, {"reason": "too_busy"}, NOW, DEFAULTS).offer
    dear = perform_on_offer(quoted, request, "decline", CUSTOMER, {"reason": "too_expensive"}, NOW, DEFAULTS)

    assert (busy.declined_by, busy.decline_reason, busy.answered_at) == ("provider", "too_busy", NOW)
    assert (dear.offer.declined_by, dear.released_claim_id) == ("customer", "clm_1")
    with pytest.raises(ActionNotAvailable):
        perform_on_offer(offer, request, "decline", CUSTOMER, None, NOW, DEFAULTS)


def test_who_loses_a_race_is_told_how_things_are() -> None:
    request = make_request()
    offer = make_open_offer(request, status=OfferStatus.WITHDRAWN)

    with pytest.raises(ActionNotAvailable) as refused:
        accept(offer, request, {}, BOOKED)

    state = {"offer_status": "withdrawn", "version": 1, "available_actions": []}
    assert refused.value.extra == state == offer_state(offer, request, PROVIDER, NOW, DEFAULTS)
    assert request_state(request, CUSTOMER, NOW, DEFAULTS)["available_actions"] == ["cancel"]
    assert request_state(request, OPERATOR, NOW, DEFAULTS)["request_status"] == "open"


def test_no_text_of_the_tables_is_written_with_a_number() -> None:
    rows: list[Transition[Any, Any, Any, Any]] = [*REQUEST_TABLE, *OFFER_TABLE]
    for row in rows:
        guards = [guard.text for guard in row.guards]
        timer = [row.timer.text] if row.timer else []
        for text in (row.label, row.note, row.summary, *guards, *timer):
            assert not re.search(r"\d", re.sub(r"\{\w+\}", "", text)), text
            assert "{" not in fill(text, MatchingSettings()), text


def test_the_page_says_what_the_tables_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert matching_states.main(["--check"]) == 0, capsys.readouterr().out
    assert matching_states.is_current()
    assert "stateDiagram-v2" in matching_to_markdown()
