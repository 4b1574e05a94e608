"""`python -m stripe_local`: the local Stripe as a process."""

import argparse
import json
from pathlib import Path

from pydantic import ValidationError

from stripe_local.reference.settings import Settings
from stripe_local.serving.server import Options, Server


def main() -> None:
    """Parse the command line and serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m stripe_local", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0 picks a free one")
    parser.add_argument("--state-dir", type=Path, help="keep the state here over restarts (default: in memory)")
    parser.add_argument("--clock-file", type=Path, help="file holding the clock's offset in seconds")
    parser.add_argument("--ready-file", type=Path, help='written with {"url": …} once listening')
    parser.add_argument("--webhook", action="append", default=[], metavar="URL=SECRET", help="endpoint for all events")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE", help="such as country=AU")
    given = parser.parse_args()
    webhooks = [_endpoint(value) for value in given.webhook]
    try:
        settings = Settings(**dict(_setting(value) for value in given.set))
    except ValidationError as failure:
        parser.error(f"--set: {failure}")
    server = Server(Options(given.port, given.state_dir, given.clock_file, given.ready_file, webhooks, settings))
    print(f"Local Stripe on {server.url}", flush=True)
    server.serve_here()


def _endpoint(value: str) -> tuple[str, str]:
    """URL and secret; a URL may hold equals signs of its own, and a secret may end with one."""
    url, found, rest = value.partition("=whsec_")
    if found:
        return url, f"whsec_{rest}"
    url, _, secret = value.rpartition("=")
    return url, secret


def _setting(text: str) -> tuple[str, object]:
    """A setting's name and its value, which is JSON or else plain text."""
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


if __name__ == "__main__":
    main()
