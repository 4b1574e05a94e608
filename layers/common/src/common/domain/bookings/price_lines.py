"""What a price is made of, and the one rule by which an amount is spread over its lines.

The rule is cumulative rounding: an amount is spread in proportion to weights by rounding, half up, where the sum of the
weights so far falls, and each part is the distance between two such points. So parts always add up to the amount, a
single line gets exactly the amount, and no part goes against the sign of its weight.
"""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import Field

from common.domain.payments.tax import TaxTerm
from common.domain.shared.model import Model
from common.domain.shared.money import Money


class LineKind(StrEnum):
    """What a line of a price is for."""

    SERVICE = "service"
    OPTION = "option"
    DISCOUNT = "discount"
    EXTRA = "extra"
    TIP = "tip"
    FEE = "fee"


class BorneBy(StrEnum):
    """Whose money a line is: it adds to the income of this party, and a discount takes from it."""

    PROVIDER = "provider"
    PLATFORM = "platform"


#: What the provider is paid for, and we take commission on.
_INCOME = frozenset({LineKind.SERVICE, LineKind.OPTION, LineKind.EXTRA})


class PriceLine(Model):
    """One line of a price. ``id`` is unique within the booking and stays; ``unit_amount`` is negative for discounts.

    An empty ``label`` stands for the title of the booking's service. ``taxes`` are contained in the amount.
    ``option_id`` names the service's option that was chosen.
    """

    id: str
    kind: LineKind
    label: str = ""
    quantity: int = 1
    unit_amount: Money
    taxes: list[TaxTerm] = Field(default_factory=list)
    borne_by: BorneBy = BorneBy.PROVIDER
    option_id: str | None = None

    @property
    def amount(self) -> Money:
        """What the line adds to the price."""
        return Money(amount=self.minor_units, currency=self.unit_amount.currency)

    @property
    def minor_units(self) -> int:
        """What the line adds to the price, for sums; its currency is the price's."""
        return self.quantity * self.unit_amount.amount

    @property
    def has_commission(self) -> bool:
        """Whether we take commission on it: the provider's income, less the discounts that they bear."""
        is_own_discount = self.kind is LineKind.DISCOUNT and self.borne_by is BorneBy.PROVIDER
        return self.kind in _INCOME or is_own_discount

    @property
    def relieves_commission(self) -> bool:
        """Whether it is a discount at our expense, which reduces our commission."""
        return self.kind is LineKind.DISCOUNT and self.borne_by is BorneBy.PLATFORM


def line_id(position: int) -> str:
    """The id of a booking's line by the order in which lines were added, from 1 for the service's own."""
    return f"line_{position}"


def spread(amount: int, weights: Sequence[int], step: int = 1) -> list[int]:
    """Parts of an amount in proportion to weights, by cumulative rounding; they add up to the amount exactly.

    Where the amount is at most the weights' sum, and the weights are multiples of the step, no part is larger than its
    weight, and the whole sum gives each its weight.

    Args:
        amount: minor units, of either sign.
        weights: minor units; negative ones get parts of the other sign. Where they sum to nought or less, there is no
            proportion: the first gets everything.
        step: what parts are multiples of, unless the amount is none: then they are whole minor units.

    Returns:
        As many parts as there are weights; there must be one at least.
    """
    whole = sum(weights)
    if whole <= 0:
        return [amount, *[0] * (len(weights) - 1)]
    if amount < 0:
        return [-part for part in spread(-amount, weights, step)]
    used = 1 if amount % step else step
    parts, so_far, before = [], 0, 0
    for weight in weights:
        so_far += weight
        point = (2 * amount * so_far + whole * used) // (2 * whole * used) * used
        parts.append(point - before)
        before = point
    return parts
