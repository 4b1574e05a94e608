"""Connected accounts, their onboarding and dashboard links (https://docs.stripe.com/api/accounts)."""

import secrets

from stripe_local.core.listing import page
from stripe_local.core.routing import route, timer
from stripe_local.core.unit import Unit, update
from stripe_local.protocol.errors import Json, inaccessible, invalid
from stripe_local.protocol.parameters import only
from stripe_local.reference import countries

_LINK_SECONDS = 300
_DUE = [
    "business_profile.url",
    "external_account",
    "individual.first_name",
    "individual.last_name",
    "tos_acceptance.date",
]
_UNAPPROVED = (
    "Your platform needs approval for accounts to have requested the `transfers` capability without the "
    "`card_payments` capability. If you would like to request transfers without card_payments, please contact us via "
    "https://support.stripe.com/contact."
)
_ALONE = (
    "Accounts do not currently support `card_payments` without `transfers`. Please visit "
    "https://stripe.com/docs/connect/account-capabilities#card-payments for more details."
)
_VERIFIED = "individual.verification.document"
_PLAIN = ("business_type", "email", "metadata", "default_currency")


@route("POST", "/v1/accounts", "AccountCreateParams")
def create(unit: Unit, params: Json) -> Json:
    """Create a connected account; it can do nothing until it was onboarded."""
    only(params, *_PLAIN, "type", "country", "capabilities", "business_profile", "controller", "settings")
    country = params.get("country", unit.settings.country)
    _check_country(unit, country)
    if "controller" in params and "type" in params:
        raise invalid("You may only specify one of these parameters: type, controller.", param="type")
    kind = "none" if "controller" in params else params.get("type", "standard")
    requested = [name for name, wish in params.get("capabilities", {}).items() if wish.get("requested")]
    _check_capabilities(unit, set(requested))
    schedule = params.get("settings", {}).get("payouts", {}).get("schedule", {})
    account = unit.create("account", "acct", {
        "business_profile": {
            "mcc": None, "name": None, "product_description": None, "support_email": None, "url": None,
            **params.get("business_profile", {}),
        },
        "business_type": params.get("business_type"), "capabilities": dict.fromkeys(requested, "inactive"),
        "charges_enabled": False, "controller": _controller(kind, params.get("controller", {})), "country": country,
        "default_currency": params.get("default_currency") or countries.currency_of(country),
        "details_submitted": False, "email": params.get("email"),
        "external_accounts": {"object": "list", "data": [], "has_more": False, "url": "/v1/external_accounts"},
        "future_requirements": _requirements([]), "metadata": params.get("metadata"), "payouts_enabled": False,
        "requirements": _requirements(_DUE, "requirements.past_due"),
        "settings": {
            "branding": {"icon": None, "logo": None, "primary_color": None, "secondary_color": None},
            "card_payments": {"statement_descriptor_prefix": None}, "dashboard": {"display_name": None},
            "payments": {"statement_descriptor": None},
            "payouts": {
                "debit_negative_balances": True, "schedule": {"delay_days": 2, "interval": "daily", **schedule},
                "statement_descriptor": None,
            },
        },
        "tos_acceptance": {"date": None, "ip": None, "user_agent": None}, "type": kind,
    })  # fmt: skip
    account.pop("livemode")
    account["external_accounts"]["url"] = f"/v1/accounts/{account['id']}/external_accounts"
    return account


@route("GET", "/v1/account")
def retrieve_own(unit: Unit, params: Json) -> Json:
    """Read the account of the request itself; the platform's is a constant."""
    del params
    if unit.account:
        return unit.within("").get(unit.account, "account")
    return {
        "id": "acct_platform", "object": "account", "charges_enabled": True, "payouts_enabled": True,
        "country": unit.settings.country, "default_currency": unit.settings.home_currency, "details_submitted": True,
        "type": "standard", "metadata": {},
        "settings": {
            "payouts": {
                "debit_negative_balances": unit.settings.refunds_debit_bank,
                "schedule": {"delay_days": 2, "interval": unit.settings.payouts}, "statement_descriptor": None,
            },
        },
    }  # fmt: skip


@route("GET", "/v1/accounts/{account}")
def retrieve(unit: Unit, params: Json, account: str) -> Json:
    """Read a connected account."""
    del params
    return own(unit.within(""), account)


@route("POST", "/v1/accounts/{account}", "AccountUpdateParams")
def modify(unit: Unit, params: Json, account: str) -> Json:
    """Change a connected account."""
    only(params, *_PLAIN, "capabilities", "business_profile", "settings")
    found = own(unit, account)
    wishes = params.pop("capabilities", {})
    dropped = {name for name, wish in wishes.items() if wish.get("requested") is False}
    added = {name for name, wish in wishes.items() if wish.get("requested")}
    _check_capabilities(unit, (set(found["capabilities"]) | added) - dropped)
    for name in dropped & set(found["capabilities"]):
        del found["capabilities"][name]
    for name in added - set(found["capabilities"]):
        found["capabilities"][name] = "active" if found["details_submitted"] else "inactive"
    found["business_profile"].update(params.pop("business_profile", {}))
    payouts = params.pop("settings", {}).get("payouts", {})
    found["settings"]["payouts"]["schedule"].update(payouts.get("schedule", {}))
    update(found, params)
    announce(unit, found)
    return found


@route("DELETE", "/v1/accounts/{account}")
def delete(unit: Unit, params: Json, account: str) -> Json:
    """Delete a connected account."""
    del params
    found = own(unit, account)
    found["_deleted"] = True
    return {"id": account, "object": "account", "deleted": True}


@route("POST", "/v1/accounts/{account}/reject", "AccountRejectParams")
def reject(unit: Unit, params: Json, account: str) -> Json:
    """Bar an account from charges and payouts."""
    found = own(unit, account)
    return restrict(unit, found, f"rejected.{params['reason']}")


@route("GET", "/v1/accounts", "AccountListParams")
def list_accounts(unit: Unit, params: Json) -> Json:
    """List connected accounts."""
    return page(unit, "account", "/v1/accounts", params)


@route("GET", "/v1/accounts/{account}/capabilities/{capability}", "AccountRetrieveCapabilityParams")
def retrieve_capability(unit: Unit, params: Json, account: str, capability: str) -> Json:
    """Read one capability of an account."""
    del params
    found = own(unit, account)
    if capability not in found["capabilities"]:
        raise invalid(f"Unknown capability: {capability}", param="capability")
    return _capability(found, capability)


@route("GET", "/v1/accounts/{account}/capabilities", "AccountListCapabilitiesParams")
def list_capabilities(unit: Unit, params: Json, account: str) -> Json:
    """List an account's capabilities."""
    del params
    found = own(unit, account)
    rows = [_capability(found, name) for name in found["capabilities"]]
    return {"object": "list", "data": rows, "has_more": False, "url": f"/v1/accounts/{account}/capabilities"}


@route("POST", "/v1/account_links", "AccountLinkCreateParams")
def create_link(unit: Unit, params: Json) -> Json:
    """Make a single-use link to the onboarding page."""
    only(params, "account", "type", "refresh_url", "return_url", "collect", "collection_options")
    account = own(unit, params["account"])
    for name in ("refresh_url", "return_url"):
        if not params.get(name):
            raise invalid(f"Missing required param: {name}.", param=name, code="parameter_missing")
    token = secrets.token_urlsafe(16)
    account["_link"] = {
        "token": token, "expires_at": unit.now + _LINK_SECONDS, "return_url": params["return_url"],
        "refresh_url": params["refresh_url"],
    }  # fmt: skip
    return {
        "object": "account_link", "created": unit.now, "expires_at": unit.now + _LINK_SECONDS,
        "url": f"{unit.base_url}/onboarding/{account['id']}/{token}",
    }  # fmt: skip


def own(unit: Unit, account_id: str) -> Json:
    """A connected account that the platform may act for.

    Raises:
        StripeError: There is none, or it took the platform's access away; Stripe does not tell which (403).
    """
    account = unit.find(account_id, "account")
    if account is None or account.get("_deleted"):
        raise inaccessible(account_id)
    return account


@route("POST", "/v1/accounts/{account}/login_links", "AccountCreateLoginLinkParams")
def create_login_link(unit: Unit, params: Json, account: str) -> Json:
    """Make a link to the account's dashboard."""
    del params
    found = own(unit, account)
    if found["type"] != "express" and found["controller"]["stripe_dashboard"]["type"] != "express":
        raise invalid("Cannot create a login link for an account that is not an Express account.")
    if not found["details_submitted"]:
        raise invalid("Cannot create a login link for an account that has not completed onboarding.")
    return {"object": "login_link", "created": unit.now, "url": f"{unit.base_url}/express/{account}"}


def enable(unit: Unit, account: Json, *, payouts: bool = True) -> Json:
    """The account's owner has given everything; without `payouts` a document is still wanted."""
    bank = {
        "id": f"ba_{account['id'][5:]}", "object": "bank_account", "account": account["id"],
        "country": account["country"],
        "account_holder_name": None, "account_holder_type": None, "account_type": None,
        "available_payout_methods": ["standard"], "bank_name": "LOCAL BANK", "currency": account["default_currency"],
        "default_for_currency": True, "fingerprint": "local", "last4": "3456", "metadata": {},
        "routing_number": "010123",
        "status": "new",
    }  # fmt: skip
    account["external_accounts"]["data"] = [bank]
    account["tos_acceptance"]["date"] = unit.now
    account["_payouts_wanted"] = payouts
    unit.within(account["id"]).emit("account.external_account.created", bank)
    if unit.settings.onboarding_seconds:
        account.update(
            details_submitted=True, capabilities=dict.fromkeys(account["capabilities"], "pending"),
            requirements={
                **_requirements([], "requirements.pending_verification"), "pending_verification": [_VERIFIED],
            },
        )  # fmt: skip
        announce(unit, account)
        unit.later(unit.now + unit.settings.onboarding_seconds, "account_verified", account["id"])
        return account
    return verify(unit, account)


def verify(unit: Unit, account: Json) -> Json:
    """Stripe is content with what the owner gave."""
    payouts = account["_payouts_wanted"]
    due = [] if payouts else [_VERIFIED]
    account.update(
        charges_enabled=True, payouts_enabled=payouts, details_submitted=True,
        capabilities=dict.fromkeys(account["capabilities"], "active"),
        requirements=_requirements(due, None if payouts else "requirements.past_due"),
    )  # fmt: skip
    announce(unit, account)
    for name in account["capabilities"]:
        unit.within(account["id"]).emit("capability.updated", _capability(account, name))
    return account


@timer("account_verified")
def verify_later(unit: Unit, account_id: str) -> None:
    """What an account's owner gave has been verified."""
    account = unit.get(account_id, "account")
    if not account.get("_deleted") and "pending" in account["capabilities"].values():
        verify(unit, account)


def restrict(unit: Unit, account: Json, reason: str) -> Json:
    """Take charges and payouts from an account."""
    account.update(
        charges_enabled=False, payouts_enabled=False, requirements=_requirements([], reason),
        capabilities=dict.fromkeys(account["capabilities"], "inactive"),
    )  # fmt: skip
    announce(unit, account)
    return account


def announce(unit: Unit, account: Json) -> None:
    """Tell the platform that a connected account changed."""
    unit.within(account["id"]).emit("account.updated", account)


def _capability(account: Json, name: str) -> Json:
    status = account["capabilities"][name]
    return {
        "id": name, "object": "capability", "account": account["id"], "requested": True,
        "requested_at": account["created"], "requirements": account["requirements"], "status": status,
    }  # fmt: skip


def _requirements(due: list[str], disabled: str | None = None) -> Json:
    return {
        "alternatives": [], "current_deadline": None, "currently_due": list(due), "disabled_reason": disabled,
        "errors": [], "eventually_due": list(due), "past_due": list(due) if disabled else [],
        "pending_verification": [],
    }  # fmt: skip


def _controller(kind: str, given: Json) -> Json:
    express = kind == "express" or given.get("stripe_dashboard", {}).get("type") == "express"
    payer = "application_express" if express else "account"
    return {
        "fees": {"payer": given.get("fees", {}).get("payer", payer)}, "is_controller": True,
        "losses": {"payments": given.get("losses", {}).get("payments", "application" if express else "stripe")},
        "requirement_collection": given.get("requirement_collection", "stripe"),
        "stripe_dashboard": {"type": "express" if express else given.get("stripe_dashboard", {}).get("type", "full")},
        "type": "application",
    }  # fmt: skip


def _check_country(unit: Unit, country: str) -> None:
    if countries.is_known(country):
        return
    raise invalid(
        f"Connected accounts in {country} cannot be created by platforms in {unit.settings.country}. Please contact us "
        "via https://support.stripe.com/contact if you need further assistance.",
        param="country",
        code="country_unsupported",
    )


def _check_capabilities(unit: Unit, requested: set[str]) -> None:
    if "transfers" in requested and "card_payments" not in requested and not unit.settings.transfers_only:
        raise invalid(_UNAPPROVED, param="capabilities")
    if "card_payments" in requested and "transfers" not in requested:
        raise invalid(_ALONE, param="capabilities")
