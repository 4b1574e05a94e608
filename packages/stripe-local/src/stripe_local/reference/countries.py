"""Countries of accounts, what they settle in, and between which of them transfers go.

Sources, read 2026-11-28: https://docs.stripe.com/connect/cross-border-payouts (regions),
https://stripe.com/global (countries), https://docs.stripe.com/payouts#supported-accounts-and-settlement-currencies.
"""

_EURO = "AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MT NL PT SI SK"
_CURRENCIES: dict[str, str] = {
    **dict.fromkeys(_EURO.split(), "eur"),
    "AE": "aed", "AU": "aud", "BG": "eur", "BR": "brl", "CA": "cad", "CH": "chf", "CZ": "czk", "DK": "dkk",
    "GB": "gbp", "GI": "gbp", "HK": "hkd", "HU": "huf", "ID": "idr", "IN": "inr", "IS": "eur", "JP": "jpy",
    "LI": "chf", "MX": "mxn", "MY": "myr", "NO": "nok", "NZ": "nzd", "PL": "pln", "RO": "ron", "SE": "sek",
    "SG": "sgd", "TH": "thb", "US": "usd",
}  # fmt: skip
#: Members of the European Economic Area among them.
_EEA = frozenset(f"{_EURO} BG CZ DK HU IS LI NO PL RO SE".split())
#: Platforms in any of these may transfer to accounts in any of these; everybody else only at home.
_CROSS_BORDER = _EEA | {"US", "GB", "CA", "CH"}


def is_known(country: str) -> bool:
    """Whether an account can be in this country (ISO 3166-1 alpha-2)."""
    return country in _CURRENCIES


def currency_of(country: str) -> str:
    """What accounts of a country settle in by default."""
    return _CURRENCIES[country]


def may_transfer(platform: str, account: str) -> bool:
    """Whether a platform may transfer to an account under the `full` service agreement."""
    return platform == account or {platform, account} <= _CROSS_BORDER
