"""The double-entry ledger of a booking: append-only lines that sum to zero in every committed state."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from common.domain.payments.operations import FIRST_CHARGE
from common.domain.shared.model import Model
from common.domain.shared.money import Money


class Account(StrEnum):
    """Ledger accounts. A positive amount is a debit, a negative one a credit."""

    STRIPE = "stripe"
    HELD = "held"
    COMMISSION = "commission"
    PROVIDER = "provider"
    SET_OFF = "set_off"
    STRIPE_FEES = "stripe_fees"
    LOSSES = "losses"


#: Accounts that only pass money on: once a booking's life is over, nothing may be left on them. All that knows of this
#: rule, reconciliation and tests alike, reads it here.
PASSED_ON = frozenset({Account.HELD})


class LedgerLine(Model):
    """One side of an entry; the lines that share ``entry_id`` sum to zero and name one charge of the booking.

    ``price_line_id`` names, on the account of held money, the line of the booking's price: an entry has a line there
    for each that has a part in it.
    """

    id: str
    entry_id: str
    booking_id: str
    charge_id: str = FIRST_CHARGE
    provider_id: str
    account: Account
    amount: Money
    reason: str
    operation_id: str | None = None
    stripe_id: str | None = None
    price_line_id: str | None = None
    at: datetime


def require_balanced(lines: Iterable[LedgerLine]) -> None:
    """Refuse lines that are no whole entries.

    Raises:
        ValueError: an entry does not sum to zero in one currency.
    """
    sums: dict[str, dict[str, int]] = {}
    for line in lines:
        entry = sums.setdefault(line.entry_id, {})
        entry[line.amount.currency] = entry.get(line.amount.currency, 0) + line.amount.amount
    if any(len(entry) != 1 or any(entry.values()) for entry in sums.values()):
        raise ValueError("the lines of a ledger entry must sum to zero in one currency")


def left_over(lines: Iterable[LedgerLine]) -> dict[Account, int]:
    """What is left on accounts that only pass money on, in minor units; empty once all of it is where it belongs."""
    sums = dict.fromkeys(sorted(PASSED_ON), 0)
    for line in lines:
        if line.account in PASSED_ON:
            sums[line.account] += line.amount.amount
    return {account: amount for account, amount in sums.items() if amount}


def balance(lines: Iterable[LedgerLine]) -> int:
    """Sum of the lines' amounts in minor units; zero for any whole set of entries."""
    return sum(line.amount.amount for line in lines)
