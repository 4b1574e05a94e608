"""Providers and their services."""

from __future__ import annotations

from datetime import time
from typing import Any

from common.domain.catalogue.providers import Provider
from common.domain.catalogue.services import Service, ServiceStatus
from common.domain.identity.users import Address, ProviderStatus
from common.domain.scheduling.availability import Availability, TimeRange, WeeklyRule
from common.domain.shared.ids import new_id
from common.domain.shared.money import Money

from tests.fakes.clock import START

AUCKLAND = Address(text="1 Queen Street, Auckland", lat=-36.8440, lng=174.7670, is_located=True)
NINE_TO_FIVE = Availability(
    timezone="Pacific/Auckland",
    weekly=[WeeklyRule(weekday=day, ranges=[TimeRange(start=time(9), end=time(17))]) for day in range(7)],
    slot_step_minutes=60,
)


def make_provider(**fields: Any) -> Provider:
    """A listed provider in Auckland, open from nine to five every day; any field may be given."""
    provider_id = fields.pop("id", None) or new_id("prv", START)
    defaults: dict[str, Any] = {
        "user_id": new_id("usr", START),
        "trading_name": "Harbour Home Help",
        "status": ProviderStatus.APPROVED,
        "address": AUCKLAND,
        "timezone": "Pacific/Auckland",
        "availability": NINE_TO_FIVE,
        "stripe_account_id": f"acct_{provider_id}",
        "is_billable": True,
        "is_listed": True,
        "created_at": START,
        "updated_at": START,
    }
    return Provider(id=provider_id, **{**defaults, **fields})


def make_service(provider: Provider, **fields: Any) -> Service:
    """An active service of an hour for 120 dollars; any field may be given."""
    service_id = fields.pop("id", None) or new_id("svc", START)
    defaults: dict[str, Any] = {
        "title": "House cleaning",
        "category": "house-cleaning",
        "price": Money(amount=12_000, currency="nzd"),
        "duration_minutes": 60,
        "status": ServiceStatus.ACTIVE,
        "created_at": START,
        "updated_at": START,
    }
    return Service(id=service_id, provider_id=provider.id, **{**defaults, **fields})
