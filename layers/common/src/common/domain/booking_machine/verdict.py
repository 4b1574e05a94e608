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
        reason: which rule forbids it, for programs that want to know more than the code.
    """

    is_bookable: bool = True
    code: str = SlotUnavailable.code
    message: str = "This time is not available."
    reason: str | None = None

    def require(self) -> None:
        """Do nothing for a bookable slot.

        Raises:
            SlotUnavailable: with this verdict's code, message and reason.
        """
        if not self.is_bookable:
            extra = {"reason": self.reason} if self.reason else {}
            raise SlotUnavailable(self.message, code=self.code, extra=extra)
