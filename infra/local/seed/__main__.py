"""``python -m infra.local.seed``: fill an empty, migrated database with a marketplace.

Reads ``MONGODB_URI`` and ``MONGODB_DATABASE``; with ``STRIPE_API_BASE`` and ``STRIPE_SECRET_KEY`` of a local Stripe,
the providers can be paid there. Up to 500 providers come with accounts and ratings; more only serve
searches, and the indexes are built after them.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import time

from common.runtime.loop import run

from infra.local.seed.bulk import load_parts
from infra.local.seed.counting import count_facets
from infra.local.seed.demo import LIVELY, seed
from infra.local.seed.market import Part

_NEEDED = ("MONGODB_URI", "MONGODB_DATABASE")


def main(arguments: list[str]) -> int:
    """Fill the database and return the process's exit code."""
    options = _options(arguments)
    missing = [name for name in _NEEDED if not os.environ.get(name)]
    if missing:
        print(f"missing in the environment: {', '.join(missing)}", file=sys.stderr)
        return 2
    environ = {"STAGE": "local", **os.environ}
    started = time.monotonic()
    done = run(seed(environ, providers=options.providers, number=options.seed, password=options.password))
    if done is None:
        print("There are providers already; nothing was written.", file=sys.stderr)
        print(json.dumps({"sign_ins": []}) if options.json else "")
        return 0
    services = done.services + _load_more(environ, options)
    seconds = time.monotonic() - started
    print(
        f"{max(options.providers, done.providers)} providers, {services} services in {seconds:.1f} s", file=sys.stderr
    )
    if options.json:
        print(json.dumps({"sign_ins": [dataclasses.asdict(person) for person in done.sign_ins]}))
    else:
        for person in done.sign_ins:
            print(f"{person.who:12} {person.email:28} {person.password}")
    return 0


def _load_more(environ: dict[str, str], options: argparse.Namespace) -> int:
    """Load what goes beyond a lively market."""
    more = options.providers - LIVELY
    if more <= 0:
        return 0

    def progress(written: int) -> None:
        print(f"\r{min(written, more)} of {more} providers", end="", file=sys.stderr)

    part = Part(more, options.seed + 1, prefix="m")
    services = load_parts(environ["MONGODB_URI"], environ["MONGODB_DATABASE"], [part], progress=progress)
    print(file=sys.stderr)
    count_facets(environ["MONGODB_URI"], environ["MONGODB_DATABASE"])
    return services


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.seed", description="Fill a database with a marketplace."
    )
    parser.add_argument("--providers", type=int, default=120, help="how many (about 2.5 services each)")
    parser.add_argument("--seed", type=int, default=1, help="the same number gives the same marketplace")
    parser.add_argument("--password", help="of all known accounts; by default one is made for each")
    parser.add_argument("--json", action="store_true", help="print the sign-ins as JSON")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
