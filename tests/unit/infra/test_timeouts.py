"""What is taken for dead has been ended by Lambda before: claims and leases outlast every timeout they depend on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from common.adapters.mongo.idempotency import STALE_AFTER
from common.application.payments.execute import LEASE

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


@pytest.mark.parametrize("name", [each.name for each in FUNCTIONS if each.routes])
def test_no_request_outlives_its_idempotency_claim(name: str) -> None:
    assert timeout(name) + MARGIN <= STALE_AFTER


@pytest.mark.parametrize("name", [*sorted(WORKERS), *(each.name for each in FUNCTIONS if each.routes)])
def test_nobody_outlives_the_lease_of_a_payment_operation(name: str) -> None:
    assert timeout(name) + MARGIN <= LEASE
