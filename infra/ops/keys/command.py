"""``keys``: make and change token signing keys.

Each step but the first reads the present secret (JSON) on standard input, and writes the next one on standard output,
so that a private key passes from and to Secrets Manager without touching a disk. To change keys without signing
anyone out:

1. ``add``, store the secret, ``publish``; wait five minutes, the life of every cache of public keys;
2. ``activate``, store the secret; the functions sign with the new key as they start anew;
3. an hour after the last old function is gone, ``retire``, store the secret, ``publish --prune``.

``push`` makes the key pair of push messages, which is no token key: ``private_pem`` is a secret of its own,
``public_key`` a parameter of the template. ``factors`` makes the key of authenticator apps' secrets, ``unsubscribe``
that of links that switch mails off. ``publish`` needs MONGODB_URI and MONGODB_DATABASE.
"""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from infra.ops.environment import DATABASE, required
from infra.ops.keys import key_set, push_key, sealing_key
from infra.ops.keys.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from infra.ops.environment import Commands

_STEPS: dict[str, Callable[[key_set.KeySet], key_set.KeySet]] = {
    "add": key_set.add,
    "activate": key_set.activate_newest,
    "retire": key_set.retire,
}


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "keys",
        help="make and change token signing keys, make those of push messages, second factors and links in mails",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("step", choices=["generate", "push", "factors", "unsubscribe", *_STEPS, "publish"])
    parser.add_argument("--prune", action="store_true", help="with publish: remove public keys that are not in the set")
    parser.set_defaults(run=run)


def run(chosen: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Run one step."""
    if chosen.step == "generate":
        print(json.dumps(key_set.generate()))
    elif chosen.step == "push":
        print(json.dumps(push_key.generate()))
    elif chosen.step in {"factors", "unsubscribe"}:
        print(sealing_key.generate())
    elif chosen.step == "publish":
        uri, database = required(environ, *DATABASE)
        print("\n".join(publish(uri, database, json.load(sys.stdin), prune=chosen.prune)))
    else:
        print(json.dumps(_STEPS[chosen.step](json.load(sys.stdin))))
    return 0
