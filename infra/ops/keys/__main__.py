"""Make and change token signing keys: ``python -m infra.ops.keys <step>``.

Each step but the first reads the present secret (JSON) on standard input, and writes the next one on standard output,
so that a private key passes from and to Secrets Manager without touching a disk. To change keys without signing
anyone out:

1. ``add``, store the secret, ``publish``; wait five minutes, the life of every cache of public keys;
2. ``activate``, store the secret; the functions sign with the new key as they start anew;
3. an hour after the last old function is gone, ``retire``, store the secret, ``publish --prune``.

``push`` makes the key pair of push messages, which is no token key: ``private_pem`` is a secret of its own,
``public_key`` a parameter of the template.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from typing import TYPE_CHECKING

from infra.ops.keys import key_set, push_key
from infra.ops.keys.publishing import publish

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_STEPS: dict[str, Callable[[key_set.KeySet], key_set.KeySet]] = {
    "add": key_set.add,
    "activate": key_set.activate_newest,
    "retire": key_set.retire,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one step."""
    parser = argparse.ArgumentParser(prog="python -m infra.ops.keys", description=__doc__)
    parser.add_argument("step", choices=["generate", "push", *_STEPS, "publish"])
    parser.add_argument("--prune", action="store_true", help="with publish: remove public keys that are not in the set")
    options = parser.parse_args(arguments)
    if options.step == "generate":
        print(json.dumps(key_set.generate()))
        return 0
    if options.step == "push":
        print(json.dumps(push_key.generate()))
        return 0
    keys = json.load(sys.stdin)
    if options.step == "publish":
        uri, database = os.environ["MONGODB_URI"], os.environ["MONGODB_DATABASE"]
        print("\n".join(publish(uri, database, keys, prune=options.prune)))
    else:
        print(json.dumps(_STEPS[options.step](keys)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
