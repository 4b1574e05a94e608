"""Whatever is asked, in whatever order: limits hold, and the books of all accounts add up to the money that moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from hypothesis import given, settings
from hypothesis import strategies as st

from stripe_local.resources import simulations
from stripe_local.serving.engine import Engine, Request, build

if TYPE_CHECKING:
    from stripe_local.protocol.errors import Json

AMOUNTS = st.integers(1, 12_000)
STEPS = st.lists(
    st.tuples(st.sampled_from(["pay", "capture", "cancel", "refund", "transfer", "reverse", "advance"]), AMOUNTS),
    max_size=14,
)
DAY = 86_400
CARDS = ("pm_card_visa", "pm_card_bypassPending", "pm_card_createDispute", "pm_card_createDisputeInquiry")


class Shop:
    """A platform with one connected account, asked without a network."""

    def __init__(self) -> None:
        self.engine: Engine = build(None, None)
        self.account = self.call(
            "POST",
            "/v1/accounts",
            {
                "type": "express",
                "capabilities[transfers][requested]": True,
                "capabilities[card_payments][requested]": True,
            },
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
                "amount": amount, "currency": "nzd", "capture_method": manual, "confirm": True,
                "payment_method": CARDS[amount % len(CARDS)], "allowed_payment_method_types[0]": "card",
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
    refunds = [refund for refund in shop.all("refund") if refund["id"].startswith("re_")]
    entries = shop.all("balance_transaction")
    taken = sum(charge["amount_captured"] for charge in charges)
    given_back = sum(refund["amount"] for refund in refunds if refund["balance_transaction"])
    withdrawn = sum(entry["amount"] for entry in entries if entry["type"] == "adjustment")
    paid_out = sum(payout["amount"] for payout in shop.all("payout"))
    for charge in charges:
        sent = [each for each in shop.all("transfer") if each["source_transaction"] == charge["id"]]
        assert sum(each["amount"] for each in sent) <= charge["amount_captured"]
        assert charge["amount_refunded"] <= charge["amount_captured"]
    assert all(transfer["amount_reversed"] <= transfer["amount"] for transfer in shop.all("transfer"))
    fees = sum(entry["fee"] for entry in entries)
    held = sum(entry["net"] for entry in entries)
    assert held == taken - given_back + withdrawn - paid_out - fees
    shop.engine.store.close()


def test_the_shop_of_these_tests_takes_money() -> None:
    """So that the sums above are about something."""
    shop = Shop()
    for kind, amount in (("pay", 9_001), ("capture", 5_000), ("transfer", 2_000), ("advance", 3), ("reverse", 500)):
        shop.step(kind, amount)
    assert len(shop.all("transfer")) == 1
    assert sum(charge["amount_captured"] for charge in shop.all("charge") if charge["id"].startswith("ch_")) == 5_000
    shop.engine.store.close()
