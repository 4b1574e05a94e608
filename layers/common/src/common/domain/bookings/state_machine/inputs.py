"""What actions need from the person who performs them; their JSON schemas travel with the actions."""

from datetime import datetime, timedelta
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainValidator,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
)

from common.domain.scheduling.slot_cells import CELL_MINUTES
from common.domain.shared.instants import written_out
from common.domain.shared.links import HttpsLink
from common.domain.shared.money import MAX_AMOUNT, Money
from common.domain.shared.state_machine import ActionInput
from common.domain.shared.texts import PARSED, PROSE

_TEXT_LIMIT = 2_000
_FIVE_MINUTES = timedelta(minutes=CELL_MINUTES)

Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=_TEXT_LIMIT), PROSE]
RequiredText = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=_TEXT_LIMIT), PROSE]
MediaIds = list[Annotated[str, StringConstraints(min_length=1, max_length=64)]]


def require_grid(start: datetime) -> datetime:
    """Refuse an instant without an offset or between two slot cells."""
    if start.tzinfo is None:
        raise ValueError("The start must carry its offset from UTC.")
    if start.timestamp() % _FIVE_MINUTES.total_seconds():
        raise ValueError(f"The start must be a whole multiple of {CELL_MINUTES} minutes.")
    return start


SlotStart = Annotated[datetime, BeforeValidator(written_out), AfterValidator(require_grid)]


class Note(ActionInput):
    """An optional word to the other party."""

    note: Text = Field(default="", title="Note")


class Reason(ActionInput):
    """Why, for the other party and the audit trail."""

    reason: Text = Field(default="", title="Reason")


def _read_fee(value: object) -> int | Money | None:
    """A fee as a person names it: minor units, or the money that was shown to them."""
    if value is None or isinstance(value, Money):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_AMOUNT:
        return value
    try:
        return Money.model_validate(value, strict=True)
    except ValidationError:
        raise ValueError("The fee is a whole number of minor units, or the money of the consequences.") from None


class Agreement(Reason):
    """Why, and the fee that the actor has seen and agrees to: ``consequences.fee`` of the action, or its amount alone.

    It may be left out where ``If-Match`` names the version that was read.
    """

    accepted_fee: Annotated[
        int | Money | None,
        PlainValidator(_read_fee),
        WithJsonSchema({"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}]}),
    ] = Field(
        default=None,
        title="Agreed fee",
        description="The amount of consequences.fee, in minor units; not needed with If-Match",
    )


class StartCode(ActionInput):
    """The six digits that the customer reads out at the door."""

    code: Annotated[str, Field(pattern=r"^[0-9]{6}$"), PARSED] = Field(title="Customer's code")


class OnlineLink(ActionInput):
    """Where the parties meet online; it opens for whoever has it."""

    online_link: HttpsLink = Field(title="Link")


class NewStart(ActionInput):
    """Another start for the same work, on the five-minute grid."""

    start_at: SlotStart = Field(title="New start")
    note: Text = Field(default="", title="Note")


class Move(ActionInput):
    """Another start for the same work, set by an operator, and on what grounds."""

    start_at: SlotStart = Field(title="New start")
    reason: RequiredText = Field(title="Grounds")


class Extra(ActionInput):
    """What is to be done beyond what was booked, and what it costs."""

    label: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=100), PROSE] = Field(
        title="What is added"
    )
    amount: int = Field(gt=0, le=MAX_AMOUNT, strict=True, title="Price, in minor units")


class PaymentMethod(ActionInput):
    """A saved card to use from now on; the present one without."""

    payment_method_id: str | None = Field(default=None, max_length=255, title="Card")


class DisputeInput(ActionInput):
    """What went wrong, with media that show it."""

    reason: RequiredText = Field(title="What happened")
    media_ids: MediaIds = Field(default_factory=list, max_length=10, title="Photos")


class EvidenceInput(ActionInput):
    """What a party knows of the disagreement, with media that show it."""

    text: RequiredText = Field(title="What you know")
    media_ids: MediaIds = Field(default_factory=list, max_length=10, title="Photos")


class Resolution(ActionInput):
    """An operator's decision: how much of the price goes back to the customer, in minor units, and why."""

    refund_amount: int = Field(ge=0, strict=True, title="Refund to the customer, in minor units")
    reason: RequiredText = Field(title="Grounds")


class RefundInput(ActionInput):
    """How much goes back to the customer, in minor units, and why."""

    amount: int = Field(gt=0, strict=True, title="Refund to the customer, in minor units")
    reason: RequiredText = Field(title="Grounds")
