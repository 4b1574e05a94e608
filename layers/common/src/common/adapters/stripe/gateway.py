"""Payments and transfers at Stripe: the ``PaymentGateway`` port."""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import Literal, TypeVar
from uuid import uuid4

import stripe
from stripe import params

from common.adapters.stripe import mapping
from common.adapters.stripe.errors import translated
from common.application.ports.payments.gateway import GatewayCall, Intent, Movement
from common.domain.payments.operations import OBJECT_GONE
from common.domain.payments.ownership import Owner
from common.domain.shared.errors import GatewayUncertain, NotFound
from common.domain.shared.money import Money

#: A look-up reads at most this many objects of one customer, intent or booking: the newest come first, and what is
#: looked for was made minutes or hours ago.
_LOOKUP_LIMIT = 100

_Made = TypeVar("_Made", Intent, Movement)

_LISTED_CHARGE = ["data.latest_charge.balance_transaction"]
_CHARGE = ["latest_charge.balance_transaction"]
#: Cards alone can be held and captured later; without this the account's dashboard decides what is offered
#: (https://docs.stripe.com/payments/payment-methods/payment-method-support#additional-api-supportability).
_METHODS: list[Literal["card"]] = ["card"]
_SETUP_PREFIX = "seti_"


class StripeGateway:
    """``PaymentGateway`` over Stripe's API: separate charges and transfers, joined by ``transfer_group``.

    See https://docs.stripe.com/connect/separate-charges-and-transfers.

    Args:
        client: Stripe.
        owner: whose marks everything made here carries; what another deployment made is as good as not there.
    """

    def __init__(self, client: stripe.StripeClient, owner: Owner) -> None:
        self._v1 = client.v1
        self._owner = owner

    async def ensure_customer(self, user_id: str, email: str, name: str, *, gone: str | None = None) -> str:
        """Find or make the Stripe customer of an account, another one than ``gone``; returns its id.

        Where Stripe repeats a stored error for the key, the look-up that comes first has shown that nothing was made,
        so that another key is safe.
        """
        known = await self.find_customer(user_id, email)
        if known is not None and known != gone:
            return known
        key = f"{user_id}:customer" if gone is None else f"{user_id}:customer:after:{gone}"
        try:
            return await self._make_customer(user_id, email, name, key)
        except GatewayUncertain as uncertain:
            if not uncertain.is_final:
                raise
            return await self._make_customer(user_id, email, name, f"{user_id}:customer:{uuid4().hex}")

    async def find_customer(self, user_id: str, email: str) -> str | None:
        """The customer that was made for an account under this address, if there is one."""
        with translated():
            known = await self._v1.customers.list_async({"email": email, "limit": _LOOKUP_LIMIT})
        metadata = ((each.id, mapping.metadata(each.metadata)) for each in known.data)
        mine = (id_ for id_, marks in metadata if marks.get("user_id") == user_id and not self._owner.is_theirs(marks))
        return next(mine, None)

    async def rename_customer(self, customer_id: str, email: str) -> None:
        """Give a customer of ours another mail address, where receipts and invoices go; one that is gone stays so."""
        with suppress(NotFound):
            await self._require_own_customer(customer_id)
            with translated():
                await self._v1.customers.update_async(customer_id, {"email": email})

    async def delete_customer(self, customer_id: str) -> None:
        """Delete a customer with its cards and subscriptions; one that is gone already or not ours stays so."""
        with suppress(NotFound):
            await self._require_own_customer(customer_id)
            with translated():
                await self._v1.customers.delete_async(customer_id)

    async def _require_own_customer(self, customer_id: str) -> None:
        with translated():
            found = await self._v1.customers.retrieve_async(customer_id)
        # One that was deleted has no metadata any more.
        self._require_own(mapping.metadata(getattr(found, "metadata", None)))

    async def _make_customer(self, user_id: str, email: str, name: str, key: str) -> str:
        with translated():
            made = await self._v1.customers.create_async(
                {"email": email, "name": name, "metadata": {"user_id": user_id, **self._owner.marks()}},
                {"idempotency_key": self._owner.key(key)},
            )
        return made.id

    async def create_payment_intent(
        self,
        amount: Money,
        *,
        customer_id: str,
        payment_method_id: str | None,
        off_session: bool,
        call: GatewayCall,
        is_fee: bool = False,
    ) -> Intent:
        """A PaymentIntent with manual capture (a fee: captured at once); confirmed where a saved method is given."""
        wanted: params.PaymentIntentCreateParams = {
            "amount": amount.amount,
            "currency": amount.currency,
            "customer": customer_id,
            "capture_method": "automatic" if is_fee else "manual",
            "allowed_payment_method_types": [*_METHODS],
            "transfer_group": call.booking_id,
            "metadata": self._metadata(call),
            "expand": _CHARGE,
        }
        if payment_method_id is None:
            # The card is kept for a renewed authorization and for a fee; otherwise Stripe lets it be used only once.
            wanted["setup_future_usage"] = "off_session"
        else:
            wanted["payment_method"] = payment_method_id
            wanted["confirm"] = True
            if off_session:
                wanted["off_session"] = True
        with translated():
            made = await self._v1.payment_intents.create_async(wanted, {"idempotency_key": call.key})
        return mapping.payment_intent(made)

    async def create_setup_intent(
        self, *, customer_id: str, payment_method_id: str | None, call: GatewayCall | None
    ) -> Intent:
        """A SetupIntent for off-session use later; without a ``call`` it only saves a card to the account."""
        wanted: params.SetupIntentCreateParams = {
            "customer": customer_id,
            "usage": "off_session",
            "allowed_payment_method_types": [*_METHODS],
        }
        wanted["metadata"] = self._metadata(call) if call is not None else self._owner.marks()
        if payment_method_id is not None:
            wanted["payment_method"] = payment_method_id
            wanted["confirm"] = True
        options: stripe.RequestOptions = {"idempotency_key": call.key} if call else {}
        with translated():
            return mapping.setup_intent(await self._v1.setup_intents.create_async(wanted, options))

    async def get_intent(self, intent_id: str) -> Intent:
        """Re-read a PaymentIntent with its latest charge, or a SetupIntent (``seti_…``)."""
        with translated():
            if intent_id.startswith(_SETUP_PREFIX):
                return self._own(mapping.setup_intent(await self._v1.setup_intents.retrieve_async(intent_id)))
            found = await self._v1.payment_intents.retrieve_async(intent_id, {"expand": _CHARGE})
            return self._own(mapping.payment_intent(found))

    async def find_intent(self, *, customer_id: str, operation_id: str, is_setup: bool) -> Intent | None:
        """Look up the intent that an earlier, unanswered call may have made (by its metadata).

        Lists are read, not the search, because Stripe's search lags behind
        (https://docs.stripe.com/search#data-freshness).
        """
        with translated():
            if is_setup:
                setups = await self._v1.setup_intents.list_async({"customer": customer_id, "limit": _LOOKUP_LIMIT})
                return _of_operation(self._ours(map(mapping.setup_intent, setups.data)), operation_id)
        return _of_operation(await self.list_intents(customer_id), operation_id)

    async def list_intents(self, customer_id: str) -> Sequence[Intent]:
        """The newest PaymentIntents of a customer that are ours."""
        with translated():
            intents = await self._v1.payment_intents.list_async(
                {"customer": customer_id, "limit": _LOOKUP_LIMIT, "expand": _LISTED_CHARGE}
            )
        return self._ours(map(mapping.payment_intent, intents.data))

    async def capture(self, intent_id: str, amount: Money, *, call: GatewayCall) -> Intent:
        """Capture an authorization of ours, whole or less; the rest is released."""
        await self.get_intent(intent_id)
        with translated():
            captured = await self._v1.payment_intents.capture_async(
                intent_id,
                {"amount_to_capture": amount.amount, "expand": _CHARGE},
                {"idempotency_key": call.key},
            )
        return mapping.payment_intent(captured)

    async def cancel_intent(self, intent_id: str, *, call: GatewayCall) -> Intent:
        """Cancel an uncaptured PaymentIntent, which voids its authorization, or a SetupIntent."""
        options: stripe.RequestOptions = {"idempotency_key": call.key}
        with translated():
            if intent_id.startswith(_SETUP_PREFIX):
                return mapping.setup_intent(await self._v1.setup_intents.cancel_async(intent_id, {}, options))
            canceled = await self._v1.payment_intents.cancel_async(intent_id, {"expand": _CHARGE}, options)
        return mapping.payment_intent(canceled)

    async def refund(self, intent_id: str, amount: Money, *, call: GatewayCall) -> Movement:
        """Refund a captured payment of ours, whole or in part."""
        await self.get_intent(intent_id)
        with translated():
            made = await self._v1.refunds.create_async(
                {"payment_intent": intent_id, "amount": amount.amount, "metadata": self._metadata(call)},
                {"idempotency_key": call.key},
            )
        return mapping.movement(made)

    async def find_refund(self, intent_id: str, operation_id: str) -> Movement | None:
        """Look up the refund that an earlier, unanswered call may have made."""
        return _of_operation(await self.list_refunds(intent_id), operation_id)

    async def list_refunds(self, intent_id: str) -> Sequence[Movement]:
        """All refunds of a payment, also those that a person has made at Stripe."""
        with translated():
            made = await self._v1.refunds.list_async({"payment_intent": intent_id, "limit": _LOOKUP_LIMIT})
        return self._ours(map(mapping.movement, made.data))

    async def transfer(self, amount: Money, *, account_id: str, charge_id: str | None, call: GatewayCall) -> Movement:
        """Transfer to a connected account out of one charge, or without one out of our available balance."""
        wanted: params.TransferCreateParams = {
            "amount": amount.amount,
            "currency": amount.currency,
            "destination": account_id,
            "transfer_group": call.booking_id,
            "metadata": self._metadata(call),
        }
        if charge_id is not None:
            wanted["source_transaction"] = charge_id
        with translated():
            made = await self._v1.transfers.create_async(wanted, {"idempotency_key": call.key})
        return mapping.movement(made)

    async def find_transfer(self, booking_id: str, operation_id: str) -> Movement | None:
        """Look up the transfer that an earlier, unanswered call may have made."""
        return _of_operation(await self.list_transfers(booking_id), operation_id)

    async def list_transfers(self, booking_id: str) -> Sequence[Movement]:
        """All transfers of a booking, also those that a person has made at Stripe."""
        with translated():
            made = await self._v1.transfers.list_async({"transfer_group": booking_id, "limit": _LOOKUP_LIMIT})
        return self._ours(map(mapping.movement, made.data))

    async def reverse_transfer(self, transfer_id: str, amount: Money, *, call: GatewayCall) -> Movement:
        """Take back a transfer of ours, whole or in part."""
        with translated():
            self._require_own(mapping.metadata((await self._v1.transfers.retrieve_async(transfer_id)).metadata))
        with translated():
            made = await self._v1.transfers.reversals.create_async(
                transfer_id,
                {"amount": amount.amount, "metadata": self._metadata(call)},
                {"idempotency_key": call.key},
            )
        return mapping.movement(made)

    async def find_reversal(self, transfer_id: str, operation_id: str) -> Movement | None:
        """Look up the reversal that an earlier, unanswered call may have made."""
        return _of_operation(await self.list_reversals(transfer_id), operation_id)

    async def list_reversals(self, transfer_id: str) -> Sequence[Movement]:
        """All reversals of a transfer, also those that a person has made at Stripe."""
        with translated():
            made = await self._v1.transfers.reversals.list_async(transfer_id, {"limit": _LOOKUP_LIMIT})
        return self._ours(map(mapping.movement, made.data))

    def _metadata(self, call: GatewayCall) -> dict[str, str]:
        return {"booking_id": call.booking_id, "operation_id": call.operation_id, **self._owner.marks()}

    def _own(self, intent: Intent) -> Intent:
        self._require_own(intent.metadata)
        return intent

    def _require_own(self, metadata: Mapping[str, str]) -> None:
        """Refuse what another deployment made: a copy of its database names its objects too."""
        if self._owner.is_theirs(metadata):
            raise NotFound("The payment provider has no such object of ours.", code=OBJECT_GONE)

    def _ours(self, found: Iterable[_Made]) -> list[_Made]:
        return [each for each in found if not self._owner.is_theirs(each.metadata)]


def _of_operation(found: Iterable[_Made], operation_id: str) -> _Made | None:
    return next((each for each in found if each.metadata.get("operation_id") == operation_id), None)
