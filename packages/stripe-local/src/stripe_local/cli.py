"""The command `stripe-local`: a local stand-in for Stripe's API, as a process of its own."""

import argparse
import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import ValidationError

from stripe_local import DEFAULT_PORT, ListenError, Options, Server, Settings, __version__

_EXAMPLES = """
examples:
  stripe-local
      serve on http://127.0.0.1:12111, everything in memory
  stripe-local --webhook http://localhost:8000/webhooks
      send every event there, signed with a secret that is printed
  stripe-local --state-dir .stripe --set country=US --set payouts=manual
      keep the state over restarts; an account in the United States that is not paid out daily
  stripe-local --settings
      list what --set can change

Any key that begins with sk_test_ may do everything, pk_test_ what a browser may. GET / is a dashboard; the control
endpoints under /_control move the clock, order faults and do what cardholders and account owners do.
"""


def main(arguments: Sequence[str] | None = None) -> None:
    """Parse the command line and serve until SIGTERM or an interrupt.

    Args:
        arguments: Words of the command line; the process's own when None.

    Raises:
        SystemExit: The command line makes no sense, or the server cannot start; the reason is printed.
    """
    parser = _parser()
    given = parser.parse_args(arguments)
    if given.settings:
        print(_list_settings())
        return
    options = Options(
        host=given.host,
        port=given.port,
        public_url=given.public_url,
        state=given.state_dir,
        clock_file=given.clock_file,
        ready_file=given.ready_file,
        webhooks=given.webhook,
        settings=_settings(parser, given.set),
        access_log=given.verbose,
    )
    try:
        server = Server(options)
    except ListenError as failure:
        parser.exit(1, f"stripe-local: cannot listen on {given.host}:{given.port}: {failure.strerror}. {_HINT}\n")
    except (sqlite3.Error, OSError) as failure:
        parser.exit(1, f"stripe-local: cannot keep the state in {given.state_dir}: {failure}\n")
    print(_greeting(server, options), flush=True)
    server.serve_here()


_HINT = "--port takes another port, and 0 picks a free one."


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="stripe-local",
        description="A local, stateful stand-in for Stripe's API: Connect, manual capture, disputes, subscriptions, "
        "webhooks, faults, and a clock that can be moved.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"stripe-local {__version__}")
    serve = parser.add_argument_group("where it listens")
    serve.add_argument("--port", type=_port, default=DEFAULT_PORT, help="default: %(default)s; 0 picks a free one")
    serve.add_argument("--host", default="127.0.0.1", help="default: %(default)s; 0.0.0.0 inside a container")
    serve.add_argument("--public-url", type=_url, metavar="URL", help="how others reach it, for links to its pages")
    serve.add_argument("--ready-file", type=Path, metavar="FILE", help='written with {"url": …} once it listens')
    keep = parser.add_argument_group("what it keeps and does")
    keep.add_argument("--state-dir", type=Path, metavar="DIR", help="keep the state here; in memory without it")
    keep.add_argument("--clock-file", type=Path, metavar="FILE", help="holds the clock's offset in seconds, read anew")
    keep.add_argument(
        "--webhook", type=_endpoint, action="append", default=[], metavar="URL[=whsec_…]",
        help="send all events there, those of connected accounts too; a secret is made and printed unless it is given",
    )  # fmt: skip
    keep.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="a setting of the platform's account"
    )
    keep.add_argument("--settings", action="store_true", help="list those settings with their defaults, and end")
    keep.add_argument("--verbose", action="store_true", help="log each request")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65_535:  # noqa: PLR2004 - the largest there is
        raise argparse.ArgumentTypeError(f"'{text}' is no port; one is between 0 and 65535")
    return int(text)


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise argparse.ArgumentTypeError(f"'{text}' is no address; one begins with http:// or https://")
    return text.rstrip("/")


def _endpoint(text: str) -> tuple[str, str | None]:
    """URL and secret; a URL may hold equals signs of its own, and a secret may end with one."""
    url, found, rest = text.partition("=whsec_")
    _url(url)
    return url, f"whsec_{rest}" if found else None


def _settings(parser: argparse.ArgumentParser, words: Sequence[str]) -> Settings:
    """The settings; names what is wrong with one of them and ends the process."""
    members: dict[str, object] = {}
    for word in words:
        name, found, value = word.partition("=")
        if not found:
            parser.error(f"--set {word}: expected NAME=VALUE")
        members[name] = _value(value)
    try:
        return Settings.model_validate(members)
    except ValidationError as failure:
        first = failure.errors()[0]
        place = ".".join(map(str, first["loc"]))
        if first["type"] == "extra_forbidden":
            parser.error(f"--set {place}: no such setting; there are {', '.join(Settings.model_fields)}")
        parser.error(f"--set {place}: {first['msg'].removeprefix('Value error, ')}")


def _value(text: str) -> object:
    """A setting's value, which is JSON or else plain text."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _list_settings() -> str:
    defaults = Settings().model_dump(mode="json")
    lines = [
        f"{name} = {json.dumps(defaults[name])}\n    {field.description}"
        for name, field in Settings.model_fields.items()
    ]
    return "\n".join(lines)


def _greeting(server: Server, options: Options) -> str:
    """What is printed once it is about to listen."""
    lines = [
        f"stripe-local {__version__} on {server.url}",
        f"  dashboard  {server.url}/",
        f"  control    {server.url}/_control",
        "  keys       sk_test_… for servers, pk_test_… for browsers: any",
        f"  state      {options.state or 'in memory'}",
        *(f"  webhooks   {url}  secret {secret}" for url, secret in server.webhook_secrets.items()),
    ]
    return "\n".join(lines)
