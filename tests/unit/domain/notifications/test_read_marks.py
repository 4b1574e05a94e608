"""What a mark reads, and when it was read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from common.domain.notifications.inbox import UNMARKED, InboxEntry, ReadMark, ReadMarks
from common.domain.shared.notification_kinds import Kind

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_the_first_mark_that_reaches_an_entry_says_when_it_was_read() -> None:
    later = NOW + timedelta(days=1)
    marks = ReadMarks(marks=[ReadMark(until="ntf_2", at=NOW), ReadMark(until="ntf_4", at=later)])
    assert [marks.read_at(f"ntf_{number}") for number in range(1, 6)] == [NOW, NOW, later, later, None]
    assert marks.until == "ntf_4"
    assert (UNMARKED.until, UNMARKED.read_at("ntf_1")) == ("", None)


def test_an_entry_that_was_read_on_its_own_keeps_its_instant() -> None:
    entry = InboxEntry(
        id="ntf_1", user_id="usr_1", kind=Kind.BOOKINGS, type="x", title="", body="", read_at=NOW, created_at=NOW
    )
    marks = ReadMarks(marks=[ReadMark(until="ntf_2", at=NOW + timedelta(days=1))])
    assert marks.apply(entry).read_at == NOW
    assert marks.apply(entry.model_copy(update={"read_at": None})).read_at == NOW + timedelta(days=1)
