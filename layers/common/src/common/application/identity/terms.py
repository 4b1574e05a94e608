"""Recording that somebody accepted the platform's terms."""

from common.application.identity.deps import AuthDeps
from common.application.identity.records import log_event
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal
from common.domain.identity.security_events import SecurityEventType
from common.domain.identity.terms import AcceptedTerms, with_accepted
from common.domain.identity.users import User
from common.domain.shared.errors import NotFound


async def accept_terms(deps: AuthDeps, caller: Principal, version: str, client: ClientInfo) -> User:
    """Accept the version in force.

    Raises:
        InvalidInput: it is another version (``terms_outdated``).
    """
    accepted = deps.terms.accept(version, deps.clock.now(), "terms", field="version")

    async def write() -> User:
        await deps.users.touch(caller.user_id)
        user = await deps.users.get(caller.user_id)
        if user is None:
            raise NotFound("There is no such account.")
        return await record_terms(deps, user, accepted, client)

    return await deps.unit_of_work.run(write)


async def record_terms(deps: AuthDeps, user: User, accepted: AcceptedTerms | None, client: ClientInfo) -> User:
    """Keep with the account what its owner accepted, if anything; inside the unit of work that has read the account."""
    if accepted is None:
        return user
    kept = with_accepted(user.accepted_terms, accepted)
    if kept == user.accepted_terms:
        return user
    details = accepted.model_dump(include={"version", "privacy_version", "route"})
    await log_event(deps, SecurityEventType.TERMS_ACCEPTED, user.id, client, **details)
    return await deps.users.update(user.id, {"accepted_terms": kept})


def accepted_or_none(deps: AuthDeps, version: str | None, route: str) -> AcceptedTerms | None:
    """The record of a version that was sent along with another request; ``None`` where none was.

    Raises:
        InvalidInput: it is not the version in force (``terms_outdated``).
    """
    return deps.terms.accept(version, deps.clock.now(), route) if version is not None else None
