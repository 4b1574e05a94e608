"""The double-entry ledger of a booking: append-only lines that sum to zero in every committed state."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from common.domain.model import Model
from common.domain.money import Money


class Account(StrEnum):
    """Ledger accounts. A positive amount is a debit, a negative one a credit."""

    STRIPE = "stripe"
    HELD = "held"
    COMMISSION = "commission"
    PROVIDER = "provider"
    STRIPE_FEES = "stripe_fees"
    LOSSES = "losses"


class LedgerLine(Model):
    """One side of an entry; the lines that share ``entry_id`` sum to zero."""

    id: str
    entry_id: str
    booking_id: str
    provider_id: str
    account: Account
    amount: Money
    reason: str
    operation_id: str | None = None
    stripe_id: str | None = None
    at: datetime


def balance(lines: Iterable[LedgerLine]) -> int:
    """Sum of the lines' amounts in minor units; zero for any whole set of entries."""
    return sum(line.amount.amount for line in lines)
