"""Run the local Gemini: ``python -m infra.local.gemini --port 8098``; its mode is set by ``POST /_dev/mode``."""

from __future__ import annotations

import argparse

import uvicorn

from infra.local.gemini.app import create_app
from infra.local.gemini.model import LocalModel

_LOOPBACK = "127.0.0.1"


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.gemini", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="loopback port")
    options = parser.parse_args()
    uvicorn.run(create_app(LocalModel()), host=_LOOPBACK, port=options.port, log_level="warning")


if __name__ == "__main__":
    main()
