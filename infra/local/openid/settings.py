"""What the identity function must be told to use the stand-ins."""

from __future__ import annotations

CLIENT_ID = "gigsta-local"
CLIENT_SECRET = "local-only"  # noqa: S105 - a stand-in on loopback that knows nobody
#: Which stand-ins there are, and whether their ID tokens say that an address is verified; Facebook's do not.
PROVIDERS = {"google": True, "facebook": False}


def oauth_settings(base_url: str) -> dict[str, dict[str, str]]:
    """The setting ``OAUTH_SETTINGS`` for stand-ins at this address."""
    client = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    return {name: {"issuer": f"{base_url}/{name}", **client} for name in PROVIDERS}
