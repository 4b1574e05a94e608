"""What of onboarding is still to be done, and addresses that nobody can locate just now."""

from __future__ import annotations

from typing import Any

import pytest
from common.application.identity.onboarding.addresses import locate_address
from common.application.identity.onboarding.progress import next_steps
from common.domain.identity.users import Address, OnboardingStatus, ProviderStatus
from common.domain.shared.errors import Unavailable

from tests.factories.users import make_user

FRESH, BASIC = OnboardingStatus.NOT_STARTED, OnboardingStatus.BASIC_COMPLETE
BILLED = OnboardingStatus.BILLING_SETUP_COMPLETE
NOT_APPLIED, PENDING = ProviderStatus.NOT_APPLIED, ProviderStatus.PENDING
APPROVED, REJECTED = ProviderStatus.APPROVED, ProviderStatus.REJECTED


@pytest.mark.parametrize(
    ("path", "onboarding", "application", "steps"),
    [
        (None, FRESH, NOT_APPLIED, ["path"]),
        ("seeker", FRESH, NOT_APPLIED, ["profile"]),
        ("seeker", BASIC, NOT_APPLIED, []),
        ("provider", FRESH, NOT_APPLIED, ["provider", "billing", "approval"]),
        ("provider", BASIC, PENDING, ["billing", "approval"]),
        ("provider", BASIC, REJECTED, ["provider", "billing", "approval"]),
        ("provider", BASIC, APPROVED, ["billing"]),
        ("provider", BILLED, PENDING, ["approval"]),
        ("provider", BILLED, APPROVED, []),
    ],
)
def test_the_open_steps_come_in_order(
    path: str | None, onboarding: OnboardingStatus, application: ProviderStatus, steps: list[str]
) -> None:
    user = make_user(onboarding_path=path, onboarding_status=onboarding, provider_status=application)
    assert next_steps(user) == steps


@pytest.mark.parametrize(
    ("path", "application", "steps"),
    [
        ("seeker", NOT_APPLIED, ["address"]),
        ("provider", NOT_APPLIED, ["provider", "address", "billing", "approval"]),
        ("provider", PENDING, ["address", "billing", "approval"]),
        ("provider", APPROVED, ["address", "billing"]),
    ],
)
def test_an_address_that_nobody_can_locate_is_still_to_be_put_right(
    path: str, application: ProviderStatus, steps: list[str]
) -> None:
    given: dict[str, Any] = {"onboarding_path": path, "onboarding_status": BASIC, "provider_status": application}
    assert next_steps(make_user(**given, address=Address(text="Unter den Linden 1, Berlin"))) == steps
    found = Address(text="1 Queen Street, Auckland", lat=-36.84, lng=174.77, is_located=True)
    assert "address" not in next_steps(make_user(**given, address=found))


class AbsentGeocoder:
    """A service that does not answer."""

    async def locate(self, text: str) -> None:
        raise Unavailable(text)

    async def reverse(self, lat: float, lng: float) -> None:
        raise Unavailable(f"{lat},{lng}")


async def test_an_address_is_kept_as_typed_while_the_geocoder_is_unavailable() -> None:
    address, place = await locate_address(AbsentGeocoder(), "12 Ponsonby Road, Auckland")
    assert (address.text, address.is_located, address.lat, place) == ("12 Ponsonby Road, Auckland", False, None, None)
