"""What a customer may add to a service: options, each with a price of its own and the time it takes."""

from collections.abc import Sequence

from common.domain.shared.errors import InvalidInput
from common.domain.shared.model import Model
from common.domain.shared.money import Money

MOST_OPTIONS = 20
#: The most that the quantity of one option may be limited to.
MOST_OF_ONE = 100
#: The longest work, options included; ``common.domain.scheduling.slot_cells.LONGEST_CLAIM`` counts on it.
LONGEST_MINUTES = 1_440


class ServiceOption(Model):
    """Something to add to a service; ``price`` and ``duration_minutes`` are of one, and count once for each chosen.

    ``id`` is unique within the service, and stays while the option is the same thing to customers.
    """

    id: str
    label: str
    price: Money
    duration_minutes: int = 0
    max_quantity: int = 1


class ChosenOption(Model):
    """An option that a customer chooses, and how many of it."""

    option_id: str
    quantity: int = 1


class PickedOption(Model):
    """An option of a service as it is, with the quantity that was chosen."""

    option: ServiceOption
    quantity: int


def pick_options(options: Sequence[ServiceOption], chosen: Sequence[ChosenOption]) -> list[PickedOption]:
    """What was chosen of a service's options, in the order in which the service has them.

    Args:
        options: those of the service.
        chosen: ids and quantities, in any order.

    Raises:
        InvalidInput: an option that the service does not have, one that is named twice, or more of one than may be.
    """
    known, quantities = {each.id: each for each in options}, dict[str, int]()
    for position, each in enumerate(chosen):
        option, named = known.get(each.option_id), f"options.{position}.option_id"
        if option is None:
            raise InvalidInput.of(named, "The service has no such option.", "unknown_option")
        if option.id in quantities:
            raise InvalidInput.of(named, "Name each option once, with its quantity.", "duplicate_option")
        if not 1 <= each.quantity <= option.max_quantity:
            message = f"Choose from 1 to {option.max_quantity}."
            raise InvalidInput.of(f"options.{position}.quantity", message, "too_many_of_option")
        quantities[option.id] = each.quantity
    return [PickedOption(option=each, quantity=quantities[each.id]) for each in options if each.id in quantities]


def minutes_with(duration_minutes: int, picked: Sequence[PickedOption]) -> int:
    """How long the work takes with what was picked, in minutes.

    Args:
        duration_minutes: of the service alone.
        picked: its options.

    Raises:
        InvalidInput: longer than a day.
    """
    minutes = duration_minutes + sum(each.quantity * each.option.duration_minutes for each in picked)
    if picked and minutes > LONGEST_MINUTES:
        raise InvalidInput.of("options", "With these options the work takes longer than a day.", "too_long")
    return minutes
