"""Nothing outlives a function: calls outside fit into its time-out, claims and leases outlast it.

``tests/integration/runtime/test_deadlines.py`` proves for every function that it ends on its own; here is shown that
the time which it has until then is enough for the calls that it has to make.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from common.adapters import web_push as push
from common.adapters.aws import media_bucket, sockets, sqs_client
from common.adapters.geocoding import http as geocoders
from common.adapters.identity import oidc
from common.adapters.imaging import sandbox as imaging
from common.adapters.mail import ses
from common.adapters.mongo.shared.idempotency import STALE_AFTER
from common.adapters.mongo.shared.processed_events import STALE_AFTER as EVENT_STALE_AFTER
from common.adapters.reports import gemini
from common.adapters.stripe.client import make_stripe_client
from common.application.notifications.live import PATIENCE_SECONDS as SHOWN_PATIENCE_SECONDS
from common.application.payments.operations.leases import LEASE
from common.application.shared.deadline import LEAST_SECONDS, RECORDING_SECONDS
from common.application.shared.publishing import PATIENCE_SECONDS
from common.runtime import secrets
from common.runtime.budget import MARGIN_SECONDS, RELEASE_SECONDS
from common.runtime.sqs import rounds

from infra.build.builder import TEMPLATE
from infra.deploy import template as templates

DOCUMENT = templates.load(TEMPLATE)
FUNCTIONS = templates.functions(DOCUMENT)
#: For clocks that disagree; those of Lambda are synchronised to well within it.
MARGIN = timedelta(seconds=5)
#: They execute payment operations.
WORKERS = {"PaymentChecksQueueFunction", "StripeEventsQueueFunction"}


def timeout(name: str) -> timedelta:
    return timedelta(seconds=DOCUMENT["Resources"][name]["Properties"]["Timeout"])


@pytest.mark.parametrize("name", [each.name for each in FUNCTIONS if each.is_http])
def test_no_request_outlives_its_idempotency_claim(name: str) -> None:
    assert timeout(name) + MARGIN <= STALE_AFTER


@pytest.mark.parametrize("name", [*sorted(WORKERS), *(each.name for each in FUNCTIONS if each.is_http)])
def test_nobody_outlives_the_lease_of_a_payment_operation(name: str) -> None:
    assert timeout(name) + MARGIN <= LEASE


#: What one call takes at the longest, by what it asks.
STRIPE = make_stripe_client("sk_test_x")._requestor._client.most_seconds  # type: ignore[union-attr]
CALLS = {
    "secret": secrets.MOST_SECONDS,
    "stripe": STRIPE,
    "geocoder": geocoders.TIMEOUT_SECONDS,
    "identity provider": oidc.TIMEOUT_SECONDS,
    "mail": ses.MOST_SECONDS,
    "push": push.TIMEOUT_SECONDS,
    "queue": sqs_client.MOST_SECONDS,
    "published": PATIENCE_SECONDS,
    "socket": sockets.MOST_SECONDS,
    "shown": SHOWN_PATIENCE_SECONDS,
    "bucket": media_bucket.MOST_SECONDS,
    "imaging": imaging.MOST_SECONDS,
    "verifier": gemini.TIMEOUT_SECONDS,
}
#: What a request, a message or a step of a firing has to call one after the other, at the least, to get anywhere when
#: each takes its longest. What it calls beyond that is cut short by the deadline, and goes on with the next try.
CHAINS: dict[str, list[tuple[str, ...]]] = {
    "auth": [("identity provider",) * 3, ("geocoder",), ("stripe",), ("published",), ("secret",)],
    "providers": [("geocoder",), ("secret",)],
    "search": [("geocoder",), ("secret",)],
    "bookings": [("geocoder", "published"), ("stripe",), ("secret",)],
    "payments": [("stripe",), ("published",), ("secret",)],
    "matching": [("geocoder", "published"), ("stripe",), ("secret",)],
    "webhooks": [("queue",), ("secret",)],
    "messaging": [("published",), ("secret",)],
    "media": [("bucket",), ("published",), ("secret",)],
    "notifications": [("secret",)],
    "reports": [("geocoder", "published"), ("secret",)],
    "admin": [("published",), ("queue",), ("secret",)],
    "system": [("secret",)],
    "notifications-queue": [("mail", "push"), ("shown", "shown", "mail"), ("secret",)],
    "payment-checks-queue": [("stripe", "stripe", "published"), ("secret",)],
    "stripe-events-queue": [("stripe", "stripe", "published"), ("secret",)],
    "realtime-queue": [("socket",) * 2, ("secret",)],
    "realtime-socket": [("socket",) * 4, ("published", "socket"), ("secret",)],
    "media-queue": [("bucket", "imaging", "bucket"), ("secret",)],
    "matching-queue": [("published",), ("secret",)],
    "matching-schedule": [("published",), ("secret",)],
    "reports-queue": [("bucket", "verifier", "published"), ("secret",)],
    "reports-schedule": [("published",), ("secret",)],
    "sweep-schedule": [("published",), ("secret",)],
    "outbox-schedule": [("queue", "queue"), ("secret",)],
    "cleanup-schedule": [("bucket", "published"), ("bucket",) * 4, ("secret",)],
    "metrics-schedule": [("queue",), ("secret",)],
    "reconciliation-schedule": [("stripe",) * 5, ("secret",)],
}


def service(function: templates.Function) -> str:
    variables = DOCUMENT["Resources"][function.name]["Properties"]["Environment"]["Variables"]
    return str(variables["POWERTOOLS_SERVICE_NAME"])


def budget(function: templates.Function) -> float:
    """Seconds that one request, one message of a full batch, or a firing may take."""
    events = DOCUMENT["Resources"][function.name]["Properties"].get("Events", {}).values()
    batch = max((event["Properties"].get("BatchSize", 1) for event in events if event["Type"] == "SQS"), default=1)
    return (function.timeout - MARGIN_SECONDS) / rounds(batch)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.name)
def test_the_calls_outside_that_a_function_has_to_make_fit_into_its_time(function: templates.Function) -> None:
    assert service(function) in CHAINS, (
        f"say in CHAINS what {service(function)} calls outside, one call after the other"
    )
    for chain in CHAINS[service(function)]:
        assert sum(CALLS[call] for call in chain) + RECORDING_SECONDS <= budget(function), chain


def test_every_kind_of_call_is_made_by_some_function() -> None:
    assert {call for chains in CHAINS.values() for chain in chains for call in chain} == set(CALLS)
    assert set(CHAINS) == {service(function) for function in FUNCTIONS}


def test_what_follows_the_end_of_a_budget_fits_into_its_margin() -> None:
    assert RELEASE_SECONDS < MARGIN_SECONDS
    assert LEAST_SECONDS < RECORDING_SECONDS


@pytest.mark.parametrize("function", [each for each in FUNCTIONS if each.is_http], ids=lambda each: each.name)
def test_a_request_is_answered_before_the_gateway_gives_up(function: templates.Function) -> None:
    """After 30 s (https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html)."""
    assert function.timeout < 30


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda each: each.name)
def test_no_worker_outlives_its_claim_of_an_event(function: templates.Function) -> None:
    if not function.is_http and function.schedule is None:
        assert timeout(function.name) + MARGIN <= EVENT_STALE_AFTER
