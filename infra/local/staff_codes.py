"""What the authenticator apps of seeded staff show now; their secrets are known on this machine alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from common.adapters.identity.one_time_codes import codes_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def present(people: Iterable[Mapping[str, str]], offset_seconds: float) -> dict[str, str]:
    """Return the present codes by mail address, of those who have an app.

    Args:
        people: Seeded people.
        offset_seconds: How far the marketplace's clock is ahead.
    """
    now = datetime.now(UTC) + timedelta(seconds=offset_seconds)
    return {
        person["email"]: codes_of(person["totp_secret"], now)[1][1] for person in people if person.get("totp_secret")
    }
