"""What becomes of a closed booking when a party's account is deleted: the books stay, the person goes."""

from datetime import datetime
from typing import Any

from common.domain.bookings.booking import Actor, ActorKind, Booking, BookingChange, Dispute, Place
from common.domain.bookings.state_machine.outcome import begin, to_change
from common.domain.bookings.state_machine.table import TABLE, TERMINAL
from common.domain.catalogue.place_kinds import PlaceKind
from common.domain.shared.state_machine import Nothing

_ERASER = Actor(kind=ActorKind.SYSTEM, id="account-deletion")
_NOTES = {
    ActorKind.CUSTOMER: "The customer's account was deleted; the address, the code and what they wrote went with it.",
    ActorKind.PROVIDER: "The provider's account was deleted; what they wrote and where they worked went with it.",
}
#: Audited fields that hold what people write; what they were is not written down once more.
_WORDS = frozenset({"cancel_reason", "dispute"})


def erase_customer(booking: Booking, now: datetime) -> BookingChange | None:
    """Take address, notes, code and all that the customer wrote off a closed booking; ``None`` where that is done.

    Prices, movements of money, states and the audit trail stay: they are the books, which the law wants kept
    (GDPR article 17(3)(b); New Zealand's Tax Administration Act 1994, section 22: seven years).

    Raises:
        ValueError: the booking is under way; nobody may leave it.
    """
    theirs: dict[str, Any] = {"notes": "", "access_notes": "", "start_code": ""}
    if booking.place.kind is PlaceKind.CUSTOMER:
        theirs["place"] = Place()
    return _erase(booking, now, ActorKind.CUSTOMER, {**theirs, **_without_words(booking, ActorKind.CUSTOMER)})


def erase_provider(booking: Booking, now: datetime) -> BookingChange | None:
    """Take what the provider wrote off a closed booking, and their address or link; ``None`` where that is done.

    Raises:
        ValueError: the booking is under way; nobody may leave it.
    """
    theirs = _without_words(booking, ActorKind.PROVIDER)
    if booking.place.kind is not PlaceKind.CUSTOMER:
        theirs["place"] = Place(kind=booking.place.kind)
    return _erase(booking, now, ActorKind.PROVIDER, theirs)


def notes_without_words() -> dict[str, str]:
    """By action that asks for text, the note of the audit trail without it."""
    return {transition.name: transition.note for transition in TABLE if transition.input is not Nothing}


def _without_words(booking: Booking, party: ActorKind) -> dict[str, Any]:
    """The booking's free text without what a party wrote."""
    fields: dict[str, Any] = {}
    if booking.cancelled_by is party:
        fields["cancel_reason"] = ""
    if booking.dispute is not None:
        fields["dispute"] = _without_statements(booking.dispute, party)
    return fields


def _without_statements(dispute: Dispute, party: ActorKind) -> Dispute:
    evidence = [
        each.model_copy(update={"text": "", "media_ids": []}) if each.by is party else each for each in dispute.evidence
    ]
    reason = "" if dispute.opened_by is party else dispute.reason
    return dispute.model_copy(update={"reason": reason, "evidence": evidence})


def _erase(booking: Booking, now: datetime, party: ActorKind, fields: dict[str, Any]) -> BookingChange | None:
    if booking.status not in TERMINAL:
        raise ValueError("a booking under way needs its address")
    if all(getattr(booking, name) == value for name, value in fields.items()):
        return None
    change = to_change(booking, begin(booking, now, **fields), _ERASER, f"erase_{party}", _NOTES[party])
    entry = change.history[0]
    changed = {name: value for name, value in entry.changed.items() if name not in _WORDS}
    return change.model_copy(update={"history": [entry.model_copy(update={"changed": changed})]})
