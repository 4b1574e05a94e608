"""Whether the platform's own Stripe account is set as the product needs it."""

import stripe

from common.adapters.stripe.errors import translated


async def account_warnings(client: stripe.StripeClient, country: str) -> list[str]:
    """What of the account's settings does not fit, as sentences for the person who deploys; none where all is well.

    Args:
        client: with the platform's key.
        country: the deployment's platform country (ISO 3166-1 alpha-2).
    """
    with translated():
        account = await client.v1.accounts.retrieve_current_async()
    warnings = []
    if account.country != country:
        warnings.append(f"it is in {account.country}, and PLATFORM_COUNTRY is {country}: nobody could be paid.")
    payouts = account.settings.payouts if account.settings else None
    if payouts is not None and payouts.schedule.interval != "manual":
        warnings.append(
            f"it is paid out {payouts.schedule.interval}; refunds and transfers after a won chargeback need a balance: "
            "make payouts by hand, or keep a minimum balance."
        )
    return warnings
