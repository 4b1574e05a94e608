"""Whatever is asked, in whatever order: limits hold, and the books of all accounts add up to the money that moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hypothesis import given, settings
from hypothesis import strategies as st

from infra.stripe_local.engine import Engine, Request, build
from infra.stripe_local.resources import simulations

if TYPE_CHECKING:
    from infra.stripe_local.errors import Json

AMOUNTS = st.integers(1, 12_000)
STEPS = st.lists(
    st.tuples(st.sampled_from(["pay", "capture", "cancel", "refund", "transfer", "reverse", "advance"]), AMOUNTS),
    max_size=14,
)
DAY = 86_400


class Shop:
    """A platform with one connected account, asked without a network."""

    def __init__(self) -> None:
        self.engine: Engine = build(None, None)
        self.account = self.call(
            "POST", "/v1/accounts", {"type": "express", "capabilities[transfers][requested]": True}
        )
        with self.engine.unit() as unit:
            simulations.onboard(unit, self.account["id"])

    def call(self, method: str, path: str, params: dict[str, Any] | None = None) -> Json:
        """One request; an error of the caller answers with an empty object, an error of the server fails."""
        self.engine.tick()
        raw = urlencode(params or {})
        answer = self.engine.answer(Request(method, path, raw, {"authorization": "Bearer sk_test_x"}))
        assert answer.status < 500
        return answer.body if answer.status == 200 else {}

    def all(self, kind: str) -> list[Json]:
        """All objects of a kind, in every account."""
        with self.engine.unit() as unit:
            return unit.tx.select("kind = ?", (kind,))

    def step(self, kind: str, amount: int) -> None:
        """Try one step with the newest object it applies to."""
        intents = self.call("GET", "/v1/payment_intents", {"limit": 1})["data"]
        intent = intents[0] if intents else {"id": "pi_none", "latest_charge": "ch_none"}
        transfers = self.call("GET", "/v1/transfers", {"limit": 1})["data"]
        if kind == "pay":
            manual = "manual" if amount % 2 else "automatic"
            given: dict[str, Any] = {
                "amount": amount, "currency": "nzd", "capture_method": manual, "payment_method": "pm_card_visa",
                "confirm": True, "payment_method_types[0]": "card",
            }  # fmt: skip
            self.call("POST", "/v1/payment_intents", given)
        elif kind == "capture":
            self.call("POST", f"/v1/payment_intents/{intent['id']}/capture", {"amount_to_capture": amount})
        elif kind == "cancel":
            self.call("POST", f"/v1/payment_intents/{intent['id']}/cancel")
        elif kind == "refund":
            self.call("POST", "/v1/refunds", {"payment_intent": intent["id"], "amount": amount})
        elif kind == "transfer":
            given = {"amount": amount, "currency": "nzd", "destination": self.account["id"]}
            self.call("POST", "/v1/transfers", {**given, "source_transaction": intent["latest_charge"]})
        elif kind == "reverse" and transfers:
            self.call("POST", f"/v1/transfers/{transfers[0]['id']}/reversals", {"amount": amount})
        elif kind == "advance":
            self.engine.clock.offset += amount % 4 * DAY


@settings(deadline=None)
@given(STEPS)
def test_the_books_add_up(steps: list[tuple[str, int]]) -> None:
    shop = Shop()
    for kind, amount in steps:
        shop.step(kind, amount)
    charges = [charge for charge in shop.all("charge") if charge["id"].startswith("ch_")]
    refunds = [refund for refund in shop.all("refund") if refund["id"].startswith("re_") and not refund.get("_release")]
    taken = sum(charge["amount_captured"] for charge in charges)
    entries = shop.all("balance_transaction")
    paid_out = sum(payout["amount"] for payout in shop.all("payout"))
    assert all(charge["amount_refunded"] <= charge["amount"] for charge in charges)
    for charge in charges:
        sent = [each for each in shop.all("transfer") if each["source_transaction"] == charge["id"]]
        assert sum(each["amount"] for each in sent) <= charge["amount_captured"]
    assert all(transfer["amount_reversed"] <= transfer["amount"] for transfer in shop.all("transfer"))
    fees = sum(entry["fee"] for entry in entries)
    held = sum(entry["net"] for entry in entries)
    assert held == taken - sum(refund["amount"] for refund in refunds) - paid_out - fees
    shop.engine.store.close()
