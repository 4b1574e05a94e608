"""``plans``: see that Stripe sells every provider plan at its configured price.

Reads ``STRIPE_SECRET_KEY``, ``STRIPE_API_BASE`` (of a local Stripe), ``PROVIDER_PLANS`` (the defaults without it) and
``PLATFORM_COUNTRY`` (NZ without it). Safe to repeat: what is there stays. What of the account's settings does not fit
is said on standard error.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from common.adapters.stripe.client import close_stripe_client, make_stripe_client
from common.adapters.stripe.own_account import account_warnings
from common.adapters.stripe.plan_prices import StripePlanPrices
from common.application.payments.subscriptions.plan_prices import publish_plans
from common.domain.payments.plans import load_plans
from common.domain.shared.errors import GigstaError
from common.runtime.loop import run as run_async

from infra.ops.environment import required

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from infra.ops.environment import Commands


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser("plans", help="see that Stripe sells the provider plans", description=__doc__)
    parser.set_defaults(run=run)


def run(_: Namespace, environ: Mapping[str, str]) -> int:
    """Publish the plans."""
    (key,) = required(environ, "STRIPE_SECRET_KEY")
    try:
        prices, warnings = run_async(_publish(key, environ))
    except (GigstaError, ValueError) as error:
        print(f"the plans could not be published: {error}", file=sys.stderr)
        return 1
    for lookup_key, price_id in prices.items():
        print(f"{lookup_key:28} {price_id}")
    for warning in warnings:
        print(f"Stripe account: {warning}", file=sys.stderr)
    return 0


async def _publish(key: str, environ: Mapping[str, str]) -> tuple[Mapping[str, str], list[str]]:
    client = make_stripe_client(key, api_base=environ.get("STRIPE_API_BASE") or None)
    try:
        prices = await publish_plans(StripePlanPrices(client), load_plans(environ))
        return prices, await account_warnings(client, environ.get("PLATFORM_COUNTRY") or "NZ")
    finally:
        await close_stripe_client(client)
