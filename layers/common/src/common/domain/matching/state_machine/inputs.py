"""What actions need to know: from people, whose fields become JSON schemas, and from the use cases of the system."""

from datetime import datetime
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, ConfigDict, Field, StringConstraints

from common.domain.matching.offers import OFFER_NOTE_LIMIT, DeclineReason
from common.domain.shared.instants import written_out
from common.domain.shared.money import Money
from common.domain.shared.state_machine import ActionInput
from common.domain.shared.texts import PROSE

Instant = Annotated[AwareDatetime, BeforeValidator(written_out)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=OFFER_NOTE_LIMIT), PROSE]


class ExactMoney(Money):
    """An amount as people give it: a field that does not exist is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def as_money(self) -> Money:
        """The same amount as it is kept."""
        return Money(amount=self.amount, currency=self.currency)


class Reason(ActionInput):
    """Why, for the history."""

    reason: Text = Field(default="", title="Reason")


class NewWindow(ActionInput):
    """Another window; it has to hold the present one."""

    start_at: Instant = Field(title="From")
    end_at: Instant = Field(title="To")


class Extension(ActionInput):
    """What is widened: at least one of the three, none of them narrower than it is."""

    radius_km: int | None = Field(default=None, ge=1, title="Radius in kilometres")
    window: NewWindow | None = Field(default=None, title="Window")
    budget: ExactMoney | None = Field(default=None, title="Budget")


class Answer(ActionInput):
    """A provider's yes: when the work would begin, and what it would cost where the service has no price."""

    start_at: Instant | None = Field(default=None, title="Start")
    price: ExactMoney | None = Field(default=None, title="Price")
    valid_until: Instant | None = Field(default=None, title="How long the quote holds")
    note: Text = Field(default="", title="Note")


class Choice(ActionInput):
    """What the customer has seen that the quote costs; it may be left out where ``If-Match`` names what was read."""

    accepted_price: ExactMoney | None = Field(
        default=None, title="Agreed price", description="The quote's total; not needed with If-Match"
    )


class Counter(ActionInput):
    """What one side would agree to instead."""

    price: ExactMoney = Field(title="Price")
    start_at: Instant | None = Field(default=None, title="Start")
    note: Text = Field(default="", title="Note")


class Decline(ActionInput):
    """Why not."""

    reason: DeclineReason = Field(default=DeclineReason.OTHER, title="Reason")
    note: Text = Field(default="", title="Note")


class WaveSent(ActionInput):
    """The wave as it was decided, and what the search for it has seen.

    Args:
        number: of the wave, from 1.
        provider_ids: who is asked.
        offers_end_at: until when these may answer.
        next_at: when the next wave is due; ``None`` after the last one.
        exclusions: why others were left out, counted by reason.
        candidate_count: how many candidates there were.
    """

    number: int
    provider_ids: list[str] = Field(min_length=1)
    offers_end_at: datetime
    next_at: datetime | None
    exclusions: dict[str, int]
    candidate_count: int


class Nobody(ActionInput):
    """That a search has found nobody to ask, and why."""

    number: int
    exclusions: dict[str, int]
    candidate_count: int


class Waiting(ActionInput):
    """Until when a wave or a match waits, and why."""

    until: datetime
    note: str = ""


class Matched(ActionInput):
    """The offer that was taken, the booking it becomes, and until when that has to be paid."""

    offer_id: str
    booking_id: str
    until: datetime


class Quoted(ActionInput):
    """Until when a quote holds that was made."""

    valid_until: datetime


class Fallen(ActionInput):
    """Which provider's booking came to nothing."""

    provider_id: str
