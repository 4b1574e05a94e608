"""The lines of a price on the wire, wherever bookings and their money are shown."""

from typing import Annotated

from pydantic import Field

from common.domain.bookings.booking import Booking
from common.domain.bookings.line_taxes import taxes_by_line
from common.domain.bookings.price_lines import BorneBy, LineKind
from common.domain.payments.tax import TaxParty
from common.runtime.http.schemas import ResponseModel, SignedMoneySchema


class LineTaxView(ResponseModel):
    """A tax that is contained in a line's amount, and who owes it."""

    party: TaxParty
    name: str
    basis_points: int
    amount: SignedMoneySchema
    tax_number: str


class PriceLineView(ResponseModel):
    """One line of the price; the amounts of all lines add up to it. Discounts are negative."""

    id: str
    kind: LineKind
    label: str
    quantity: int
    unit_amount: SignedMoneySchema
    amount: SignedMoneySchema
    borne_by: Annotated[BorneBy, Field(description="Whose income the line is, or who pays for the discount")]
    option_id: Annotated[str | None, Field(description="The service's option that was chosen")]
    taxes: Annotated[list[LineTaxView], Field(description="Contained in the amount")]


def lines_of_booking(booking: Booking) -> list[dict[str, object]]:
    """The lines of a booking's price in their order, as a view takes them for its ``PriceLineView``s."""
    shown = zip(booking.price.lines, taxes_by_line(booking.price), strict=True)
    return [
        {
            "id": line.id,
            "kind": line.kind,
            "label": booking.label_of(line),
            "quantity": line.quantity,
            "unit_amount": line.unit_amount,
            "amount": {"amount": line.minor_units, "currency": line.unit_amount.currency},
            "borne_by": line.borne_by,
            "option_id": line.option_id,
            "taxes": taxes,
        }
        for line, taxes in shown
    ]
