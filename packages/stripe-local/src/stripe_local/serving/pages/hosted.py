"""Stripe-hosted pages: onboarding of connected accounts, their dashboard, and card authentication."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from stripe_local.core.unit import Unit
from stripe_local.resources import simulations
from stripe_local.serving.engine import Engine
from stripe_local.serving.pages.html import form, link, page, text

if TYPE_CHECKING:
    from stripe_local.protocol.errors import Json

_ONBOARDING = (
    ("complete", "Complete onboarding"),
    ("restricted", "Complete, but payouts need a document"),
    ("leave", "Leave without finishing"),
)
_CHALLENGE = (("success", "Approve"), ("failure", "Fail"))


def routes(engine: Engine) -> list[Route]:
    """Routes of the hosted pages."""

    async def onboarding(request: Request) -> Response:
        outcome = await _outcome(request)
        account, token = request.path_params["account"], request.path_params["token"]
        with engine.unit() as unit:
            return _onboarding(unit, account, token, outcome)

    async def express(request: Request) -> Response:
        with engine.unit() as unit:
            account = unit.get(request.path_params["account"], "account")
            return page("Express dashboard", f"<p>{text(account['id'])}: payouts "
                        f"{'enabled' if account['payouts_enabled'] else 'disabled'}</p>",
                        f"<p>{link('/objects/' + account['id'], 'Account')}</p>")  # fmt: skip

    async def challenge(request: Request) -> Response:
        outcome = await _outcome(request)
        kind, intent = request.path_params["kind"], request.path_params["intent"]
        secret, back = request.query_params.get("client_secret", ""), request.query_params.get("return_url")
        with engine.unit() as unit:
            return _challenge(unit, kind, intent, secret, outcome, back)

    both = ["GET", "POST"]
    return [
        Route("/onboarding/{account}/{token}", onboarding, methods=both),
        Route("/express/{account}", express),
        Route("/authenticate/{kind:str}/{intent}", challenge, methods=both),
    ]


async def _outcome(request: Request) -> str | None:
    if request.method == "GET":
        return None
    return parse_qs((await request.body()).decode()).get("outcome", [""])[0]


def _onboarding(unit: Unit, account_id: str, token: str, outcome: str | None) -> Response:
    account = unit.find(account_id, "account")
    given: Json | None = account.get("_link") if account else None
    if account is None or given is None:
        return page("There is no such link", status=404)
    is_fresh = given["token"] == token and unit.now <= given["expires_at"] and not given.get("used")
    # https://docs.stripe.com/connect/hosted-onboarding: a link that was opened, used or replaced, or has expired leads
    # to the refresh URL, where the platform makes another one.
    if not is_fresh or (outcome is None and given.get("opened")):
        return RedirectResponse(given["refresh_url"], 303)
    if outcome is None:
        given["opened"] = True
        return page("Connect onboarding", f"<p>Account {text(account_id)}</p>",
                    form(f"/onboarding/{account_id}/{token}", _ONBOARDING))  # fmt: skip
    given["used"] = True
    if outcome != "leave":
        simulations.onboard(unit, account_id, outcome)
    return RedirectResponse(given["return_url"], 303)


def _challenge(unit: Unit, kind: str, intent_id: str, secret: str, outcome: str | None, back: str | None) -> Response:
    """The cardholder's page; Stripe.js, which goes on where it was, names that as ``back``."""
    intent = unit.get(intent_id, f"{kind}_intent")
    if secret != intent["client_secret"]:
        return page("Unknown authentication", status=404)
    if outcome is None and intent["status"] == "requires_action":
        query = urlencode({"client_secret": secret, **({"return_url": back} if back else {})})
        return page("3D Secure", f"<p>Authenticate {text(intent_id)}?</p>",
                    form(f"/authenticate/{kind}/{intent_id}?{query}", _CHALLENGE))  # fmt: skip
    if outcome is not None and intent["status"] == "requires_action":
        simulate = simulations.authenticate_payment if kind == "payment" else simulations.authenticate_setup
        simulate(unit, intent_id, outcome)
    target = intent.get("_return_url") or back
    if not target:
        return page("Done", f"<p>Status: {text(intent['status'])}. You may close this window.</p>")
    succeeded = intent["status"] in {"succeeded", "requires_capture", "processing"}
    query = urlencode({
        f"{kind}_intent": intent_id, f"{kind}_intent_client_secret": secret,
        "redirect_status": "succeeded" if succeeded else "failed",
    })  # fmt: skip
    return RedirectResponse(f"{target}{'&' if urlsplit(target).query else '?'}{query}", 303)
