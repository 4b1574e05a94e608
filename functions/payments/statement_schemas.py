"""The contract of statements."""

from typing import Self

from common.application.payments.statements import Statement
from common.domain.shared.money import Money
from common.runtime.http.schemas import Instant, ResponseModel, SignedMoneySchema
from pydantic import Field

_AMOUNTS = ("sales", "refunds", "chargebacks", "commission", "paid_out", "taken_back", "debt", "set_off", "held")


class StatementView(ResponseModel):
    """A period in one currency.

    ``held`` = ``sales`` - ``refunds`` - ``chargebacks`` - ``commission`` - ``paid_out`` + ``taken_back`` + ``debt``
    - ``set_off``.
    """

    currency: str
    sales: SignedMoneySchema
    refunds: SignedMoneySchema
    chargebacks: SignedMoneySchema
    commission: SignedMoneySchema
    paid_out: SignedMoneySchema
    taken_back: SignedMoneySchema
    debt: SignedMoneySchema
    set_off: SignedMoneySchema
    held: SignedMoneySchema

    @classmethod
    def of(cls, statement: Statement) -> Self:
        """The amounts as money."""
        amounts = {name: Money(amount=getattr(statement, name), currency=statement.currency) for name in _AMOUNTS}
        return cls.model_validate({"currency": statement.currency, **amounts})


class Statements(ResponseModel):
    """What a period brought, by currency."""

    since: Instant = Field(alias="from")
    before: Instant = Field(alias="to")
    items: list[StatementView]
    next_cursor: str | None = None
