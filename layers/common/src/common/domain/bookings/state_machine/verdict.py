"""Whether a provider could take a time, decided by the slot rules and handed to the state machine."""

from dataclasses import dataclass

from common.domain.scheduling.slot_limits import SlotLimit
from common.domain.shared.errors import SlotUnavailable


@dataclass(frozen=True)
class SlotVerdict:
    """The slot rules' answer: hours, notice, window, limits.

    Overlap is decided by the database, and so is who gets a limit's last place.

    Args:
        is_bookable: whether the time can be had as far as the rules know.
        code: the stable code of the rule that forbids it.
        message: a sentence for people.
        reason: which rule forbids it, for programs that want to know more than the code.
        limits: what the database counts once more as it takes the slot, since others may book meanwhile.
    """

    is_bookable: bool = True
    code: str = SlotUnavailable.code
    message: str = "This time is not available."
    reason: str | None = None
    limits: tuple[SlotLimit, ...] = ()

    def require(self) -> None:
        """Do nothing for a bookable slot.

        Raises:
            SlotUnavailable: with this verdict's code, message and reason.
        """
        if not self.is_bookable:
            extra = {"reason": self.reason} if self.reason else {}
            raise SlotUnavailable(self.message, code=self.code, extra=extra)
