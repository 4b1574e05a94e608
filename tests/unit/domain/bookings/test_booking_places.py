"""Where the work happens: which kind of place, who sees what of it when, and what it changes on the day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from common.domain.bookings.booking import Actor, ActorKind, Place, ServiceArea
from common.domain.bookings.disclosure import seen_by
from common.domain.bookings.places import at_customer, check_address, choose_kind, elsewhere
from common.domain.bookings.state_machine import erase_customer, erase_provider, get_available_booking_actions
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.identity.users import Address
from common.domain.shared.errors import ActionNotAvailable, Conflict, Forbidden, InvalidInput

from tests.unit.domain.bookings.support import (
    CUSTOMER,
    PROVIDER,
    SETTINGS,
    Life,
    accepted,
    make_provider,
    make_service,
    requested,
)

LINK, OTHER_LINK = "https://meet.example.com/a", "https://meet.example.com/b"
SALON = Address(
    text="12 Ponsonby Road", lat=-36.8529, lng=174.74, is_located=True, suburb="Ponsonby, Auckland", country="NZ"
)
EVERYWHERE = [PlaceKind.CUSTOMER, PlaceKind.PROVIDER, PlaceKind.ONLINE]
AT_SALON = elsewhere(PlaceKind.PROVIDER, make_service(), make_provider(address=SALON))
ONLINE = elsewhere(PlaceKind.ONLINE, make_service(online_link=LINK), make_provider())


def offered(life: Life, actor: Actor) -> dict[str, Any]:
    offers = get_available_booking_actions(life.booking, actor, life.now, life.settings)
    return {offer.action_name: offer.input_schema for offer in offers}


def seen(life: Life, part: ActorKind) -> Place:
    return seen_by(life.booking, part, life.now, SETTINGS).place


def refusal(error: pytest.ExceptionInfo[InvalidInput]) -> tuple[str, str]:
    return error.value.errors[0].field, error.value.errors[0].code


class TestChoosing:
    def test_the_only_kind_needs_no_name(self) -> None:
        assert choose_kind(make_service(), None) is PlaceKind.CUSTOMER
        assert choose_kind(make_service(place_kinds=[PlaceKind.ONLINE]), None) is PlaceKind.ONLINE

    def test_of_several_one_has_to_be_named(self) -> None:
        service = make_service(place_kinds=EVERYWHERE)
        with pytest.raises(InvalidInput) as error:
            choose_kind(service, None)
        assert refusal(error) == ("place_kind", "missing")
        assert [choose_kind(service, kind) for kind in EVERYWHERE] == EVERYWHERE

    def test_a_service_is_done_nowhere_else(self) -> None:
        with pytest.raises(InvalidInput) as error:
            choose_kind(make_service(), PlaceKind.ONLINE)
        assert refusal(error) == ("place_kind", "not_offered")

    def test_a_visit_needs_an_address_and_nothing_else_takes_one(self) -> None:
        check_address(PlaceKind.CUSTOMER, "1 Queen Street", "gate 4")
        check_address(PlaceKind.ONLINE, None, "")
        for kind, address, notes, expected in (
            (PlaceKind.CUSTOMER, None, "", ("address", "missing")),
            (PlaceKind.ONLINE, "1 Queen Street", "", ("address", "not_allowed")),
            (PlaceKind.PROVIDER, "1 Queen Street", "", ("address", "not_allowed")),
            (PlaceKind.PROVIDER, None, "gate 4", ("access_notes", "not_allowed")),
        ):
            with pytest.raises(InvalidInput) as error:
                check_address(kind, address, notes)
            assert refusal(error) == expected

    def test_the_radius_binds_visits(self) -> None:
        far = SALON.model_copy(update={"lat": -41.3, "text": "Wellington"})
        with pytest.raises(InvalidInput) as error:
            at_customer(far, make_provider(address=SALON))
        assert refusal(error) == ("address", "outside_service_area")
        assert at_customer(SALON, make_provider(address=SALON)).service_area is ServiceArea.INSIDE

    def test_a_provider_nobody_can_find_has_no_place(self) -> None:
        with pytest.raises(Conflict) as error:
            elsewhere(PlaceKind.PROVIDER, make_service(), make_provider())
        assert error.value.wire_code == "provider_address_needed"


class TestDisclosure:
    def test_the_customer_learns_the_providers_address_with_the_acceptance(self) -> None:
        life = requested(place=AT_SALON)
        before = seen(life, ActorKind.CUSTOMER)
        assert (before.address, before.is_exact) == ("Ponsonby, Auckland", False)
        assert (before.lat, before.lng) != (SALON.lat, SALON.lng)
        assert seen(life, ActorKind.PROVIDER) == AT_SALON
        life.do("accept", PROVIDER)
        assert seen(life, ActorKind.CUSTOMER) == AT_SALON
        life.do("cancel", CUSTOMER)
        life.at(life.now + SETTINGS.contact_after_close)
        assert seen(life, ActorKind.CUSTOMER).address == "Ponsonby, Auckland"

    def test_both_see_the_link_while_the_work_is_agreed_and_at_no_other_time(self) -> None:
        life = requested(place=ONLINE)
        parties = (ActorKind.CUSTOMER, ActorKind.PROVIDER)
        assert {seen(life, part).online_link for part in parties} == {None}
        life.do("accept", PROVIDER)
        assert {seen(life, part).online_link for part in parties} == {LINK}
        life.do("cancel", CUSTOMER)
        assert {seen(life, part).online_link for part in parties} == {None}


class TestOnline:
    def test_it_starts_without_a_code_and_its_form_asks_for_none(self) -> None:
        life = accepted(place=ONLINE)
        assert life.booking.start_code == ""
        life.at(life.booking.slot.start_at)
        assert offered(life, PROVIDER)["start"] is None
        with pytest.raises(InvalidInput):
            life.do("start", PROVIDER, code="123456")
        life.do("start", PROVIDER)
        assert life.booking.started_at is not None

    def test_at_the_providers_place_the_code_is_asked_for(self) -> None:
        life = accepted(place=AT_SALON)
        life.at(life.booking.slot.start_at)
        assert offered(life, PROVIDER)["start"]["required"] == ["code"]
        with pytest.raises(InvalidInput):
            life.do("start", PROVIDER)
        life.do("start", PROVIDER, code=life.booking.start_code)

    def test_the_provider_sets_the_link_and_the_customer_hears_of_it_once_it_is_accepted(self) -> None:
        life = requested(place=Place(kind=PlaceKind.ONLINE))
        life.do("set_online_link", PROVIDER, online_link=LINK)
        assert [event.type for event in life.last.events] == []
        life.do("accept", PROVIDER)
        life.do("set_online_link", PROVIDER, online_link=OTHER_LINK)
        (told,) = life.last.events
        assert (told.type, told.payload["recipients"]) == ("booking.online_link_set", [CUSTOMER.id])
        assert seen(life, ActorKind.CUSTOMER).online_link == OTHER_LINK
        assert OTHER_LINK not in life.last.history[0].model_dump_json()

    def test_the_same_link_is_no_change(self) -> None:
        life = accepted(place=ONLINE)
        with pytest.raises(InvalidInput) as error:
            life.do("set_online_link", PROVIDER, online_link=LINK)
        assert refusal(error) == ("online_link", "unchanged")

    def test_nobody_else_sets_it_and_a_visit_has_none(self) -> None:
        life = accepted(place=ONLINE)
        with pytest.raises(Forbidden):
            life.do("set_online_link", CUSTOMER, online_link=OTHER_LINK)
        with pytest.raises(ActionNotAvailable):
            accepted().do("set_online_link", PROVIDER, online_link=OTHER_LINK)
        with pytest.raises(InvalidInput) as error:
            life.do("set_online_link", PROVIDER, online_link="https://zoom.us@evil.example/")
        assert refusal(error) == ("online_link", "invalid_link")


def test_another_time_is_at_the_same_place() -> None:
    life = accepted(place=AT_SALON)
    life.do("propose_reschedule", PROVIDER, start_at=life.booking.slot.start_at + timedelta(days=1))
    life.do("accept_reschedule", CUSTOMER)
    assert life.booking.place == AT_SALON


@pytest.mark.parametrize("place", [AT_SALON, ONLINE])
def test_the_providers_place_goes_with_the_provider_and_not_with_the_customer(place: Place) -> None:
    life = accepted(place=place)
    life.do("cancel", PROVIDER)
    life.pay_all()
    left = erase_customer(life.booking, life.now)
    assert left is None or left.booking.place == place
    gone = erase_provider(life.booking, life.now)
    assert gone is not None
    assert gone.booking.place == Place(kind=place.kind)
