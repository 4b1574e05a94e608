"""Setting off a provider's debts against a transfer, before it is made at Stripe."""

import asyncio
from contextlib import suppress

from common.application.payments.deps import PaymentDeps
from common.application.shared.publishing import publish_committed
from common.domain.bookings import state_machine
from common.domain.bookings.booking import Booking
from common.domain.payments.operations import OperationStatus, PaymentOperation
from common.domain.shared.errors import Unavailable, VersionConflict

#: Enough for a provider whose bookings all settle at once; each try reads them again.
_TRIES = 12
#: Debts that one transfer pays at most; what is left is for the next one.
_MOST_DEBTS = 20
#: What giving a claim back may take, which follows the end of the time there was.
_RELEASE_SECONDS = 1.0


async def set_off_debts(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> Booking | None:
    """Pay the provider's debts of other bookings out of a transfer that is claimed and not yet tried.

    The payer and the bookings that are owed for are written in one transaction, each under its version: of two
    transfers that would pay the same debt, the later one finds it paid. A transfer that may have reached Stripe is left
    as it is, because its amount is fixed by then; the debt waits for the next one.

    Args:
        deps: ports.
        booking: the booking whose share is transferred.
        operation: the transfer, taken by the caller on its first try.

    Returns:
        The booking with the transfer replaced by what is left of it; ``None`` where nothing is owed.

    Raises:
        Unavailable: the bookings kept changing, or the database is unavailable. Whatever breaks it off, the transfer is
            given back as it was.
    """
    try:
        return await _set_off(deps, booking, operation)
    except BaseException:  # also where the deadline breaks it off: nothing has been asked of Stripe
        await _give_back(deps, operation)
        raise


async def _give_back(deps: PaymentDeps, operation: PaymentOperation) -> None:
    """Release the claim unchanged; one that cannot be released in time expires with its lease."""
    with suppress(Exception):
        async with asyncio.timeout(_RELEASE_SECONDS):
            await deps.operations.release(operation, None, is_untried=True)


async def _set_off(deps: PaymentDeps, booking: Booking, operation: PaymentOperation) -> Booking | None:
    for _ in range(_TRIES):
        currency = booking.price.total.currency
        owing = await deps.bookings.list_owed_by_provider(booking.provider_id, currency, limit=_MOST_DEBTS)
        changes = state_machine.apply_set_off(booking, operation, owing, deps.clock.now(), deps.settings)
        if not changes:
            return None
        try:
            await deps.bookings.commit_all(changes)
        except VersionConflict:
            stored = await deps.bookings.get(booking.id)
            known = await deps.operations.get(operation.id)
            if stored is None or known is None or known.status is not OperationStatus.PENDING:
                return stored
            booking = stored
            continue
        events = [event for change in changes for event in change.events]
        await publish_committed(deps.outbox, deps.publisher, events, deps.clock)
        return changes[0].booking
    raise Unavailable("The provider's bookings are being changed by others.", retry_after=1)
