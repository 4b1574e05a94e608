"""Accounts."""

from __future__ import annotations

from typing import Any

from common.domain.identity.users import OnboardingStatus, User
from common.domain.shared.ids import new_id

from tests.fakes.clock import START


def make_user(**fields: Any) -> User:
    """A verified, active customer; any field may be given."""
    user_id = fields.pop("id", None) or new_id("usr", START)
    email = fields.pop("email", f"{user_id}@example.com")
    defaults: dict[str, Any] = {
        "email": email,
        "email_key": email.lower(),
        "full_name": "Aroha Ngata",
        "phone_number": "+64215550123",
        "is_verified": True,
        "onboarding_status": OnboardingStatus.BASIC_COMPLETE,
        "created_at": START,
        "updated_at": START,
    }
    return User(id=user_id, **{**defaults, **fields})
