"""Everything that is held about one person, wherever it lies."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from common.domain.bookings.booking import ActorKind, BookingStatus
from common.domain.shared.model import Model


class MatterKind(StrEnum):
    """Why a booking keeps an account open."""

    UNDER_WAY = "under_way"
    MONEY_MOVING = "money_moving"
    DEBT = "debt"


class OpenMatter(Model):
    """One booking that keeps an account open; ``role`` is the part the account has in it."""

    booking_id: str
    status: BookingStatus
    role: ActorKind
    kind: MatterKind


@dataclass(frozen=True)
class ExportPlace:
    """Where an export goes on: the subject, and the last of its rows that was shown.

    Args:
        subject: the section.
        row_id: the row's id.
        at: what its list orders by before the id, where it does.
    """

    subject: str
    row_id: str
    at: datetime | None = None


@dataclass(frozen=True)
class ExportPage:
    """Rows by subject, without secrets, and where the rest begins; ``None`` where this was all."""

    sections: Mapping[str, Sequence[Mapping[str, Any]]]
    rest: ExportPlace | None


class PersonalExport(Protocol):
    """What is held about an account, to be handed to its owner."""

    async def collect(
        self, user_id: str, provider_id: str | None, *, after: ExportPlace | None = None, most_bytes: int
    ) -> ExportPage:
        """Rows about the account, subject by subject, the newest first in each.

        Args:
            user_id: the account.
            provider_id: its provider's profile, if it has one.
            after: where an earlier page ended.
            most_bytes: how much JSON a page holds at most, beyond its first row.

        Raises:
            InvalidInput: no section has the subject of ``after``.
        """
        ...


class PersonalData(Protocol):
    """What is held about an account, across all areas."""

    async def open_matters(self, user_id: str, provider_id: str | None, *, limit: int) -> Sequence[OpenMatter]:
        """Bookings of either side that keep the account open, in no order."""
        ...

    async def close(self, user_id: str, provider_id: str | None, now: datetime) -> None:
        """Remove what opens the account, what is sent by, and what others see of it: few rows, in the unit of work."""
        ...

    async def erase(self, user_id: str, provider_id: str | None, *, has_time: Callable[[], bool]) -> bool:
        """Remove what is only theirs, and what names them from the log; bookings are left to their own writer.

        Args:
            user_id: the account.
            provider_id: its provider's profile, if it has one.
            has_time: asked after each thousand of rows.

        Returns:
            ``False`` where it stopped for lack of time; call it again, it goes on with what is left.
        """
        ...

    async def erase_reasons(self, booking_ids: Sequence[str], fact: str) -> None:
        """Blank what the leaving party gave as ``cancel_reason`` or ``dispute`` in these bookings' audit trail."""
        ...

    async def erase_notes(self, booking_ids: Sequence[str], party: ActorKind, notes: Mapping[str, str]) -> None:
        """Take what a party said off the notes of its actions in these bookings' audit trail.

        Args:
            booking_ids: the bookings.
            party: the leaving one.
            notes: by action, the note without anybody's words.
        """
        ...

    async def erase_mentions(self, booking_ids: Sequence[str], user_ids: Collection[str]) -> None:
        """Remove what parties were told about these bookings.

        The entries in their inboxes and the events of their streams stay, without words.

        Args:
            booking_ids: the bookings.
            user_ids: their parties.
        """
        ...
