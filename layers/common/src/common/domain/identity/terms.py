"""The platform's terms and privacy notice: which version is in force, and which one somebody has accepted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from common.domain.shared.errors import Forbidden, InvalidInput
from common.domain.shared.model import Model

#: Of a version's name, such as a date.
MAX_VERSION = 64
#: An account keeps the newest; versions change a few times a year.
_MOST_KEPT = 50


class AcceptedTerms(Model):
    """That the owner of an account accepted a version.

    Args:
        version: of the terms.
        privacy_version: of the privacy notice that was in force then.
        at: when.
        route: by which request (``register``, ``verify_email``, ``oauth``, ``profile``, ``provider``, ``terms``).
    """

    version: str
    privacy_version: str
    at: datetime
    route: str


@dataclass(frozen=True)
class Terms:
    """What is in force. Without a version there are no terms to accept.

    Args:
        version: of the terms.
        url: where they can be read.
        privacy_version: of the privacy notice.
        privacy_url: where it can be read.
        is_required_of_providers: whether nobody applies as a provider without having accepted them.
    """

    version: str = ""
    url: str = ""
    privacy_version: str = ""
    privacy_url: str = ""
    is_required_of_providers: bool = False

    def accept(
        self, version: str, now: datetime, route: str, *, field: str = "accepted_terms_version"
    ) -> AcceptedTerms:
        """The record that the version in force was accepted.

        Raises:
            InvalidInput: it is another version (``terms_outdated``): nobody accepts what is not in force.
        """
        if not self.version or version != self.version:
            current = f"The version in force is {self.version}." if self.version else "There are no terms to accept."
            raise InvalidInput.of(field, current, "terms_outdated")
        return AcceptedTerms(version=version, privacy_version=self.privacy_version, at=now, route=route)

    def must_accept(self, accepted: Sequence[AcceptedTerms]) -> bool:
        """Whether somebody who has accepted these is still to accept the version in force."""
        return bool(self.version) and all(each.version != self.version for each in accepted)

    def require_of_provider(self, accepted: Sequence[AcceptedTerms]) -> None:
        """Refuse an applicant who has not accepted the version in force, where that is required.

        Raises:
            Forbidden: ``terms_not_accepted``, with ``current_version``.
        """
        if self.is_required_of_providers and self.must_accept(accepted):
            extra = {"current_version": self.version}
            raise Forbidden("Accept the terms first.", code="terms_not_accepted", extra=extra)


def with_accepted(accepted: Sequence[AcceptedTerms], one: AcceptedTerms) -> list[AcceptedTerms]:
    """What an account keeps after accepting: each version once, as it was first accepted."""
    if any(each.version == one.version for each in accepted):
        return list(accepted)
    return [*accepted, one][-_MOST_KEPT:]
