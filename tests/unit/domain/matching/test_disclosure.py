"""What a provider who is asked sees of a request, and what not."""

from __future__ import annotations

from common.domain.matching.disclosure import seen_by_provider
from common.domain.shared.geo import Point, distance_m

from tests.factories.matching import HOME, make_request


def test_who_is_asked_sees_the_suburb_a_point_beside_it_and_no_way_around_the_marketplace() -> None:
    request = make_request(
        title="Ring 021 123 4567 about the lawn",
        description="Mow it. Write to aroha@example.com for the gate's code.",
        access_notes="The key is under the pot",
        payment_method_id="pm_1",
        asked_provider_ids=["prv_other"],
        declined_provider_ids=["prv_another"],
    )
    shown = seen_by_provider(request)
    assert (shown.place.address, shown.place.suburb, shown.place.is_exact) == (HOME.suburb, HOME.suburb, False)
    assert None not in {shown.place.lat, shown.place.lng, HOME.lat, HOME.lng}
    assert distance_m(Point(shown.place.lat or 0, shown.place.lng or 0), Point(HOME.lat or 0, HOME.lng or 0)) >= 200
    written = shown.model_dump_json(exclude={"customer_id"})
    for secret in ("021 123", "aroha@", "Queen Street", "under the pot", "pm_1", "prv_other", "prv_another"):
        assert secret not in written
    assert "about the lawn" in shown.title
    assert shown.description.startswith("Mow it.")


def test_a_number_that_goes_on_from_the_title_to_the_description_is_hidden() -> None:
    shown = seen_by_provider(make_request(title="Mow a lawn, call 021 123", description="4567 in the evening"))
    assert "4567" not in shown.description
    plain = make_request(title="Mow 2 lawns", description="3 metres by 4")
    assert seen_by_provider(plain).description == plain.description
