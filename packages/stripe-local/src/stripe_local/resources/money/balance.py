"""Balance and balance transactions (https://docs.stripe.com/api/balance)."""

from typing import NamedTuple

from stripe_local.core.listing import page
from stripe_local.core.routing import route
from stripe_local.core.unit import Unit
from stripe_local.protocol.errors import Json, StripeError
from stripe_local.reference import currencies

#: The platform's application, which fees and connected accounts belong to.
APPLICATION = "ca_local"
_DAY_SECONDS = 24 * 3600
_SETTLEMENT_SECONDS = 2 * _DAY_SECONDS  # a usual delay until a card payment's funds are available


class Settled(NamedTuple):
    """An amount as it meets an account's balance; `rate` is None where nothing is converted."""

    amount: int
    currency: str
    rate: float | None = None


def settled(unit: Unit, amount: int, currency: str) -> Settled:
    """What an amount becomes in this account's balance.

    It stays where the account has a bank account in its currency, and is converted to the account's default currency
    otherwise (https://docs.stripe.com/currencies/conversions).
    """
    kept, home = _kept(unit)
    if currency in kept:
        return Settled(amount, currency)
    converted = currencies.convert(amount, currency, home, unit.settings)
    return Settled(converted, home, unit.settings.rate(currency, home))


def share(unit: Unit, entry_id: str, amount: int, whole: int) -> Settled:
    """The part of an earlier entry that belongs to `amount` of the `whole` it was made for."""
    entry = unit.get(entry_id, "balance_transaction")
    part = amount if entry["exchange_rate"] is None else round(abs(entry["amount"]) * amount / whole)
    return Settled(part, entry["currency"], entry["exchange_rate"])


def book(
    unit: Unit,
    kind: str,
    source: str,
    amount: int,
    currency: str,
    *,
    fee: int = 0,
    application_fee: int = 0,
    available_on: int | None = None,
    category: str | None = None,
    rate: float | None = None,
) -> Json:
    """Write a balance transaction.

    Args:
        unit: The unit of work; its account's balance changes.
        kind: Stripe's `type`, such as `charge`.
        source: Id of what caused it.
        amount: Minor units, negative when money leaves.
        currency: Three letters.
        fee: Stripe's fee, taken from the amount (negative when given back).
        application_fee: The platform's fee, taken from the amount of a connected account.
        available_on: When the funds may be used; at once when None.
        category: `reporting_category`, where it differs from the type.
        rate: By which the amount was converted.
    """
    due = unit.now if available_on is None else available_on
    details = [
        {"amount": part, "application": application, "currency": currency, "description": text, "type": name}
        for part, application, text, name in (
            (application_fee, APPLICATION, "Application fee", "application_fee"),
            (fee, None, "Stripe processing fees", "stripe_fee"),
        )
        if part
    ]
    fees = fee + application_fee
    entry = unit.create("balance_transaction", "txn", {
        "amount": amount, "available_on": due, "balance_type": "payments", "currency": currency, "description": None,
        "exchange_rate": rate, "fee": fees, "fee_details": details, "net": amount - fees,
        "reporting_category": category or kind, "source": source,
        "status": "available" if due <= unit.now else "pending", "type": kind,
    })  # fmt: skip
    if due > unit.now:
        unit.later(due, "funds_available", currency)
    elif entry["net"] > 0:
        unit.later(unit.now, "funds_available", currency)
        unit.later(_next_midnight(unit.now), "automatic_payout", currency)
    return entry


def settlement(unit: Unit, *, at_once: bool = False) -> int:
    """When the funds of a card payment made now become available: at a midnight (UTC), as Stripe's do."""
    return unit.now if at_once else _next_midnight(unit.now + _SETTLEMENT_SECONDS - 1)


def funds(unit: Unit, currency: str, state: str | None = None) -> int:
    """The balance in a currency: `available`, `pending`, or both."""
    return sum(
        amount for (held, status), amount in _totals(unit).items() if held == currency and state in {None, status}
    )


def require_available(unit: Unit, amount: int, currency: str, message: str) -> None:
    """Refuse what the available balance does not cover.

    Raises:
        StripeError: `balance_insufficient`.
    """
    if funds(unit, currency, "available") < amount:
        raise StripeError(400, "invalid_request_error", message, code="balance_insufficient")


@route("GET", "/v1/balance", "BalanceRetrieveParams")
def retrieve(unit: Unit, params: Json) -> Json:
    """The account's balance by currency."""
    del params
    totals = _totals(unit)
    held = sorted({currency for currency, _ in totals}) or [_kept(unit)[1]]

    def rows(status: str) -> list[Json]:
        amounts = [(currency, totals.get((currency, status), 0)) for currency in held]
        return [
            {"amount": amount, "currency": currency, "source_types": {"card": amount}} for currency, amount in amounts
        ]

    return {"object": "balance", "livemode": False, "available": rows("available"), "pending": rows("pending")}


@route("GET", "/v1/balance_transactions", "BalanceTransactionListParams")
def list_transactions(unit: Unit, params: Json) -> Json:
    """List balance transactions; a `payout` filter gives those an automatic payout paid out."""
    payout = params.pop("payout", None)
    fixed = {} if payout is None else {"_payout": payout}
    return page(unit, "balance_transaction", "/v1/balance_transactions", params, **fixed)


@route("GET", "/v1/balance_transactions/{transaction}", "BalanceTransactionRetrieveParams")
def retrieve_transaction(unit: Unit, params: Json, transaction: str) -> Json:
    """Read a balance transaction."""
    del params
    return unit.get(transaction, "balance_transaction")


def mature(unit: Unit, currency: str) -> None:
    """Pending entries whose moment has come become available."""
    unit.tx.rewrite(
        "json_set(body, '$.status', 'available')",
        "account = ? AND kind = 'balance_transaction' AND json_extract(body, '$.currency') = ? "
        "AND json_extract(body, '$.status') = 'pending' AND json_extract(body, '$.available_on') <= ?",
        (unit.account, currency, unit.now),
    )


def mark_paid_out(unit: Unit, currency: str, payout: str) -> None:
    """Note by which payout the available entries left."""
    unit.tx.rewrite(
        "json_set(body, '$._payout', ?)",
        "account = ? AND kind = 'balance_transaction' AND json_extract(body, '$.currency') = ? "
        "AND json_extract(body, '$.status') = 'available' AND json_extract(body, '$._payout') IS NULL",
        (payout, unit.account, currency),
    )


def _kept(unit: Unit) -> tuple[frozenset[str], str]:
    """Currencies that this account has bank accounts in, and its default one."""
    if not unit.account:
        return unit.settings.settled(), unit.settings.home_currency
    account = unit.within("").get(unit.account, "account")
    banks = {bank["currency"] for bank in account["external_accounts"]["data"]}
    return frozenset(banks | {account["default_currency"]}), str(account["default_currency"])


def _next_midnight(moment: int) -> int:
    return (moment // _DAY_SECONDS + 1) * _DAY_SECONDS


def _totals(unit: Unit) -> dict[tuple[str, str], int]:
    unit.tx.flush()
    rows = unit.tx.connection.execute(
        "SELECT json_extract(body, '$.currency'), json_extract(body, '$.status'), sum(json_extract(body, '$.net')) "
        "FROM objects WHERE account = ? AND kind = 'balance_transaction' GROUP BY 1, 2",
        (unit.account,),
    ).fetchall()
    return {(currency, status): int(amount) for currency, status, amount in rows}
