"""The ledger entry of each result that moves money; each entry's lines sum to zero.

Debits are positive. ``stripe`` is what our Stripe balance holds for the booking, ``held`` what we owe out of it and
have not allotted, ``commission`` what we earned, ``provider`` what the provider owes us, ``stripe_fees`` and
``losses`` what it cost us. ``set_off`` joins two bookings of a provider: what the share of one has paid of the debt of
the other. Over all bookings of a provider it sums to zero, and ``provider`` to what they owe.

On ``held`` each entry has a line for every line of the price that its charge pays for and that has a part in it. What
the customer pays or gets back is spread in proportion to the lines' amounts, commission in proportion to each line's
commission, and what goes to or comes from the provider in proportion to what is held of each line: the last of it
leaves nothing held on any line. What was paid late for an extra that had lapsed belongs to no line, and goes back.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from common.domain.bookings.booking import Booking
from common.domain.bookings.commission import commission_by_line
from common.domain.bookings.price_lines import spread
from common.domain.payments.currencies import charge_step
from common.domain.payments.ledger import Account, LedgerLine
from common.domain.shared.ids import new_id
from common.domain.shared.money import Money


class Entry:
    """Builds the lines of one entry of a booking; nought amounts make no line.

    Args:
        booking: whose money moved.
        charge_id: the charge whose money it is.
        now: when the result was recorded.
        operation_id: the operation that moved it, where there was one.
        stripe_id: Stripe's object that shows it.
    """

    def __init__(
        self,
        booking: Booking,
        charge_id: str,
        now: datetime,
        *,
        operation_id: str | None = None,
        stripe_id: str | None = None,
    ) -> None:
        self._booking = booking
        self._charge_id = charge_id
        self._now = now
        self._operation_id = operation_id
        self._stripe_id = stripe_id
        self._lines = booking.lines_of(charge_id)
        self._held = booking.payment_details.held_by_line

    def captured(self, amount: int) -> list[LedgerLine]:
        """The customer's money arrived and is owed to the provider or back."""
        return self._move("capture", Account.HELD, Account.STRIPE, amount)

    def stripe_fee(self, amount: int) -> list[LedgerLine]:
        """Stripe kept its fee from our balance."""
        return self._move("stripe_fee", Account.STRIPE, Account.STRIPE_FEES, amount)

    def refunded(self, amount: int) -> list[LedgerLine]:
        """Money went back to the customer."""
        return self._move("refund", Account.STRIPE, Account.HELD, amount)

    def refund_failed(self, amount: int) -> list[LedgerLine]:
        """A refund came back, because it could not reach the customer."""
        return self._move("refund_failed", Account.HELD, Account.STRIPE, amount)

    def commission(self, amount: int) -> list[LedgerLine]:
        """Commission earned out of held money; negative where it is given back."""
        price = self._booking.price
        parts = zip(price.lines, commission_by_line(price, price.total.amount), strict=True)
        weights = [part for line, part in parts if line in self._lines]
        return self._move("commission", Account.COMMISSION, Account.HELD, amount, weights=weights)

    def transferred(self, amount: int) -> list[LedgerLine]:
        """The provider's share left our balance."""
        return self._move("transfer", Account.STRIPE, Account.HELD, amount, weights=self._held_of_each(amount))

    def reversed(self, amount: int) -> list[LedgerLine]:
        """A transfer came back."""
        return self._move("reversal", Account.HELD, Account.STRIPE, amount, weights=self._held_of_each(-amount))

    def debt(self, amount: int) -> list[LedgerLine]:
        """A reversal that was refused: the provider owes it; negative where the debt is set off."""
        return self._move("debt", Account.HELD, Account.PROVIDER, amount, weights=self._held_of_each(-amount))

    def set_off(self, amount: int) -> list[LedgerLine]:
        """The provider's share of this booking paid what they owe of another."""
        return self._move("set_off", Account.SET_OFF, Account.HELD, amount, weights=self._held_of_each(amount))

    def debt_set_off(self, amount: int) -> list[LedgerLine]:
        """What the provider owes of this booking was paid by their share of another."""
        return self._move("debt_set_off", Account.PROVIDER, Account.SET_OFF, amount)

    def charged_back(self, amount: int) -> list[LedgerLine]:
        """The bank took the customer's money back; negative where the dispute was won."""
        return self._move("chargeback", Account.STRIPE, Account.HELD, amount)

    def loss(self, amount: int) -> list[LedgerLine]:
        """Money of ours that a chargeback cost; negative where it came back."""
        return self._move("loss", Account.STRIPE, Account.LOSSES, amount)

    def bank_fee(self, fee: Money) -> list[LedgerLine]:
        """What Stripe kept for a chargeback, in the currency it settles in; negative where it was given back."""
        return self._move("loss", Account.STRIPE, Account.LOSSES, fee.amount, currency=fee.currency)

    def _move(
        self,
        reason: str,
        credit: Account,
        debit: Account,
        amount: int,
        *,
        weights: Sequence[int] | None = None,
        currency: str | None = None,
    ) -> list[LedgerLine]:
        if amount == 0:
            return []
        entry_id, used = new_id("ent", self._now), currency or self._booking.price.total.currency
        sides = ((debit, amount), (credit, -amount))
        lines = [
            self._line(entry_id, reason, account, Money(amount=part, currency=used), line_id)
            for account, moved in sides
            for line_id, part in self._parts(account, moved, weights)
        ]
        self._held = held_after(self._held, lines)
        return lines

    def _parts(self, account: Account, amount: int, weights: Sequence[int] | None) -> list[tuple[str | None, int]]:
        """What moves on an account: on that of held money by the price's lines, else in one."""
        if account is not Account.HELD or not self._lines:
            return [(None, amount)]
        used = weights or [line.amount.amount for line in self._lines]
        parts = spread(amount, used, charge_step(self._booking.price.currency))
        return [(line.id, part) for line, part in zip(self._lines, parts, strict=True) if part]

    def _held_of_each(self, taken: int) -> Sequence[int] | None:
        """What is held of each line, as weights of a move that takes held money, or makes good what is missing."""
        held = [self._held.get(line.id, 0) for line in self._lines]
        weights = held if taken > 0 else [-each for each in held]
        return weights if sum(weights) > 0 else None

    def _line(self, entry_id: str, reason: str, account: Account, amount: Money, line_id: str | None) -> LedgerLine:
        return LedgerLine(
            id=new_id("led", self._now),
            entry_id=entry_id,
            booking_id=self._booking.id,
            charge_id=self._charge_id,
            provider_id=self._booking.provider_id,
            account=account,
            amount=amount,
            reason=reason,
            operation_id=self._operation_id,
            stripe_id=self._stripe_id,
            price_line_id=line_id,
            at=self._now,
        )


def held_after(held: Mapping[str, int], lines: Iterable[LedgerLine]) -> dict[str, int]:
    """What is held of each line of a price, by its id, after ledger lines; what is nought is left out."""
    sums = dict(held)
    for line in lines:
        if line.account is Account.HELD and line.price_line_id is not None:
            sums[line.price_line_id] = sums.get(line.price_line_id, 0) - line.amount.amount
    return {line_id: amount for line_id, amount in sums.items() if amount}
