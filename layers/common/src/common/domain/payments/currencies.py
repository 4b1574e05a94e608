"""What a card can be charged in each currency (https://docs.stripe.com/currencies).

One rule of rounding holds everywhere: shares are computed in integers and rounded half up to the smallest amount that a
card can be charged (``money.rounded_share`` with ``charge_step``): a minor unit, ten of them in a currency of three
digits, a hundred in one that Stripe writes with digits it does not have. What remains after a share is the difference,
so that parts always add up to the whole.
"""

from common.domain.shared.display import money_text
from common.domain.shared.money import MAX_AMOUNT, Money, exponent

#: Smallest charge in minor units (https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts); Stripe
#: compares other currencies with the platform's settlement currency, for which 50 stands.
_MINIMUM = {
    "aed": 200,
    "aud": 50,
    "brl": 50,
    "cad": 50,
    "chf": 50,
    "czk": 1_500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "hkd": 400,
    "huf": 17_500,
    "inr": 50,
    "jpy": 50,
    "mxn": 1_000,
    "myr": 200,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "sgd": 50,
    "thb": 1_000,
    "usd": 50,
}
_OTHERS = 50
#: ISO 4217 codes that Stripe charges cards in (https://docs.stripe.com/currencies#presentment-currencies).
_CHARGED = frozenset(
    """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bhd bif bmd bnd bob brl bsd bwp byn bzd cad cdf chf clp cny cop
    crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg huf idr ils inr isk jmd jod
    jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn
    nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr sek sgd shp sle sos srd std szl thb
    tjs tnd top try ttd twd tzs uah ugx usd uyu uzs vnd vuv wst xaf xcd xof xpf yer zar zmw
    """.split()  # noqa: SIM905 - a list of quoted words would hide them
)
_THREE_DIGITS = 3
_STEP_OF_THREE_DIGITS = 10
#: Written with two digits and charged without (https://docs.stripe.com/currencies#special-cases).
_STEPS = {"isk": 100, "ugx": 100}


def is_charged(currency: str) -> bool:
    """Whether a card can be charged in a currency at all."""
    return currency in _CHARGED


def minimum_charge(currency: str) -> int:
    """The smallest amount in minor units that a card can be charged."""
    return _MINIMUM.get(currency, _OTHERS)


def charge_step(currency: str) -> int:
    """What an amount must be a multiple of: currencies of three digits are charged in tens of the minor unit.

    See https://docs.stripe.com/currencies#three-decimal; krónur and Ugandan shillings are charged whole.
    """
    return _STEP_OF_THREE_DIGITS if exponent(currency) == _THREE_DIGITS else _STEPS.get(currency, 1)


def charge_problem(money: Money) -> str | None:
    """Why a card cannot be charged this amount, as a sentence; ``None`` where it can."""
    if not is_charged(money.currency):
        return f"Cards cannot be charged in {money.currency.upper()}."
    minimum = minimum_charge(money.currency)
    if money.amount < minimum:
        return f"A booking must cost at least {_shown(minimum, money)}."
    if money.amount > MAX_AMOUNT:
        return f"A booking must cost at most {_shown(MAX_AMOUNT, money)}."
    return step_problem(money)


def step_problem(money: Money) -> str | None:
    """Why an amount cannot be a part of what a card is charged, as a sentence; ``None`` where it can."""
    step = charge_step(money.currency)
    if money.amount % step:
        return f"Amounts in {money.currency.upper()} must be multiples of {_shown(step, money)}."
    return None


def _shown(amount: int, money: Money) -> str:
    return money_text(Money(amount=amount, currency=money.currency))
