"""Run the local OpenID provider: ``python -m infra.local.openid --port 8099``."""

from __future__ import annotations

import argparse

import uvicorn

from infra.local.openid.app import create_app
from infra.local.openid.people import LocalProvider

_LOOPBACK = "127.0.0.1"


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.openid", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="loopback port")
    options = parser.parse_args()
    provider = LocalProvider(f"http://{_LOOPBACK}:{options.port}")
    uvicorn.run(create_app(provider), host=_LOOPBACK, port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
