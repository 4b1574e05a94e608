"""Whether a provider could take a time, decided by the slot rules and handed to the machine."""

from dataclasses import dataclass

from common.domain.errors import SlotUnavailable


@dataclass(frozen=True)
class SlotVerdict:
    """The slot rules' answer: hours, notice, window, limits. Overlap is decided by the database.

    Args:
        is_bookable: whether the time can be had as far as the rules know.
        code: the stable code of the rule that forbids it.
        message: a sentence for people.
    """

    is_bookable: bool = True
    code: str = SlotUnavailable.code
    message: str = "This time is not available."

    def require(self) -> None:
        """Do nothing for a bookable slot.

        Raises:
            SlotUnavailable: with this verdict's code and message.
        """
        if not self.is_bookable:
            raise SlotUnavailable(self.message, code=self.code)
