"""Every mail of matching renders, whatever of it is stored, and tells no side more than it may know."""

from __future__ import annotations

import pytest
from common.adapters.mail.renderer import TemplateMailRenderer
from common.application.notifications.matching_data import matching_data
from common.domain.matching.candidates import Exclusion
from common.domain.matching.job_requests import JobRequest
from common.domain.matching.notifications import NOTIFICATIONS
from common.domain.matching.offers import CounterOffer, Offer

from tests.factories.matching import NOW, make_open_offer, make_quote, make_request, nzd
from tests.factories.users import make_user

CUSTOMER = make_user(full_name="Aroha Ngata", phone_number="+64211234567")
ROWS = [
    (row.template_for(recipient), "offer_url" if recipient == "provider" else "request_url")
    for row in NOTIFICATIONS.values()
    for recipient in row.recipients
]


def asked() -> tuple[JobRequest, Offer]:
    request = make_request(
        description="Call me: 021 123 4567", exclusions={Exclusion.TOO_FAR.value: 12, Exclusion.NO_FREE_TIME.value: 4}
    )
    return request, make_open_offer(request)


@pytest.mark.parametrize(("template", "url"), ROWS)
@pytest.mark.parametrize("is_bare", [True, False])
def test_it_renders_and_leads_to_where_it_can_be_answered(template: str, url: str, *, is_bare: bool) -> None:
    request, offer = asked()
    if not is_bare:
        request = request.model_copy(update={"budget": nzd(9_000)})
        counter = CounterOffer(price=nzd(8_000), made_at=NOW)
        offer = offer.model_copy(update={"price": None, "quote": make_quote(), "counter": counter})
    data = matching_data(request, offer, None, CUSTOMER, "http://web.test")
    mail = TemplateMailRenderer().render(template, {**data, "url": data[url]})
    assert "None" not in mail.text
    for secret in ("Ngata", "021 123", "+64", "Queen Street"):
        assert secret not in f"{mail.subject}{mail.text}{mail.html}"
    assert "http://web.test/" in mail.text


def test_an_exhausted_request_tells_the_reasons_by_count() -> None:
    request, _ = asked()
    data = matching_data(request, None, None, CUSTOMER, "http://web.test")
    mail = TemplateMailRenderer().render("job_request_exhausted_customer", {**data, "url": data["request_url"]})
    assert "12 too far, 4 booked" in mail.text


def test_a_customer_whose_account_is_gone_has_no_name() -> None:
    request, offer = asked()
    assert matching_data(request, offer, None, None, "http://web.test")["customer"] == "A customer"
