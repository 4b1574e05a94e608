"""The ledger entry of each result that moves money; each entry's lines sum to zero.

Debits are positive. ``stripe`` is what our Stripe balance holds for the booking, ``held`` what we owe out of it and
have not allotted, ``commission`` what we earned, ``provider`` what the provider owes us, ``stripe_fees`` and
``losses`` what it cost us. ``set_off`` joins two bookings of a provider: what the share of one has paid of the debt of
the other. Over all bookings of a provider it sums to zero, and ``provider`` to what they owe.
"""

from datetime import datetime

from common.domain.bookings.booking import Booking
from common.domain.payments.ledger import Account, LedgerLine
from common.domain.shared.ids import new_id
from common.domain.shared.money import Money


class Entry:
    """Builds the lines of one entry of a booking; nought amounts make no line.

    Args:
        booking: whose money moved.
        now: when the result was recorded.
        operation_id: the operation that moved it, where there was one.
        stripe_id: Stripe's object that shows it.
    """

    def __init__(
        self, booking: Booking, now: datetime, *, operation_id: str | None = None, stripe_id: str | None = None
    ) -> None:
        self._booking = booking
        self._now = now
        self._operation_id = operation_id
        self._stripe_id = stripe_id

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
        return self._move("commission", Account.COMMISSION, Account.HELD, amount)

    def transferred(self, amount: int) -> list[LedgerLine]:
        """The provider's share left our balance."""
        return self._move("transfer", Account.STRIPE, Account.HELD, amount)

    def reversed(self, amount: int) -> list[LedgerLine]:
        """A transfer came back."""
        return self._move("reversal", Account.HELD, Account.STRIPE, amount)

    def debt(self, amount: int) -> list[LedgerLine]:
        """A reversal that was refused: the provider owes it; negative where the debt is set off."""
        return self._move("debt", Account.HELD, Account.PROVIDER, amount)

    def set_off(self, amount: int) -> list[LedgerLine]:
        """The provider's share of this booking paid what they owe of another."""
        return self._move("set_off", Account.SET_OFF, Account.HELD, amount)

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
        self, reason: str, credit: Account, debit: Account, amount: int, *, currency: str | None = None
    ) -> list[LedgerLine]:
        if amount == 0:
            return []
        entry_id, used = new_id("ent", self._now), currency or self._booking.price.total.currency
        sides = ((debit, amount), (credit, -amount))
        return [self._line(entry_id, reason, account, Money(amount=moved, currency=used)) for account, moved in sides]

    def _line(self, entry_id: str, reason: str, account: Account, amount: Money) -> LedgerLine:
        return LedgerLine(
            id=new_id("led", self._now),
            entry_id=entry_id,
            booking_id=self._booking.id,
            provider_id=self._booking.provider_id,
            account=account,
            amount=amount,
            reason=reason,
            operation_id=self._operation_id,
            stripe_id=self._stripe_id,
            at=self._now,
        )
