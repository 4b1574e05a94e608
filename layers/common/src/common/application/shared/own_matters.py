"""Staff never decide in a matter of their own."""

from common.domain.identity.roles import Principal
from common.domain.shared.errors import Forbidden


def require_others_matter(staff: Principal, *concerned: str) -> None:
    """Refuse a member of staff whom the matter concerns; somebody else has to decide it.

    Every use case of staff that decides on somebody asks this, whatever the caller's role.

    Args:
        staff: who decides.
        concerned: accounts of the people it is about: an applicant, both parties of a booking.

    Raises:
        Forbidden: the caller is one of them (``own_matter``).
    """
    if staff.user_id in concerned:
        raise Forbidden("This concerns yourself; another member of staff has to decide.", code="own_matter")
