"""An offer is turned down: by the provider who was asked, or its quote by the customer."""

from collections.abc import Mapping
from typing import Any

from common.application.matching.deps import MatchingDeps
from common.application.matching.endings import hurry_if_last
from common.application.matching.offer_access import find_offer_as
from common.application.matching.states import TRIES, Answered, refuse_gone, require_version
from common.application.matching.writing import commit
from common.domain.identity.roles import Principal
from common.domain.matching.offers import OfferStatus
from common.domain.matching.state_machine import perform_on_offer
from common.domain.shared.actors import ActorKind
from common.domain.shared.errors import Unavailable, VersionConflict


async def decline_offer(
    deps: MatchingDeps,
    caller: Principal,
    offer_id: str,
    input_: Mapping[str, Any],
    *,
    kind: ActorKind = ActorKind.PROVIDER,
    request_id: str | None = None,
    expected_version: int | None = None,
) -> Answered:
    """Turn an offer down; the time that it held is free again.

    Where nobody else is left to answer, the next wave is due at once. Harmless to repeat.

    Args:
        deps: ports.
        caller: who declines.
        offer_id: which offer.
        input_: ``reason``, ``note`` (``state_machine.Decline``).
        kind: in which part: the provider's, or the customer's who turns a quote down.
        request_id: the request that it must belong to, where one is named.
        expected_version: the version that was read, where another one shall be refused.

    Raises:
        NotFound: it is none of the caller's business.
        OfferGone: it has ended; ``extra`` has its state.
        ActionNotAvailable: the customer turns down what is no quote.
        InvalidInput: as the state machine rules.
        VersionConflict: it is not the version that the caller expects.
        Unavailable: it kept changing, or the database is unavailable.
    """
    for number in range(TRIES):
        offer, request, actor = await find_offer_as(deps, caller, offer_id, kind, request_id=request_id)
        if offer.status is OfferStatus.DECLINED and offer.declined_by is actor.kind:
            return Answered(offer, request)
        if number == 0:
            require_version(deps, offer, request, actor, expected_version)
        refuse_gone(deps, offer, request, actor)
        now = deps.clock.now()
        change = perform_on_offer(offer, request, "decline", actor, input_, now, deps.settings)
        hurried = await hurry_if_last(deps, request, offer, now)
        try:
            await commit(deps, hurried, [change])
        except VersionConflict:
            continue
        return Answered(change.offer, hurried.request if hurried else request)
    raise Unavailable("The offer is being changed by others.", retry_after=1)
