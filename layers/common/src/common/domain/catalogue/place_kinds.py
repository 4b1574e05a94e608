"""Where a service can be done: at the customer's, at the provider's, or online."""

from enum import StrEnum


class PlaceKind(StrEnum):
    """Where the work happens: the provider comes, the customer comes, or both meet at an address of the web."""

    CUSTOMER = "customer"
    PROVIDER = "provider"
    ONLINE = "online"

    @property
    def is_in_person(self) -> bool:
        """Whether the parties meet at the same spot."""
        return self is not PlaceKind.ONLINE


#: What every service was before it could say, and is where it says nothing.
DEFAULT_PLACE_KINDS = (PlaceKind.CUSTOMER,)
