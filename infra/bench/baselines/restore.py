"""The baseline of a restore: fetch the named secrets, all at once, connect, and answer as a warm baseline does.

The rest is in the snapshot, as with ours.
"""

import importlib
import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import boto3
from snapshot_restore_py import register_after_restore

from infra.bench.baselines import connection

_secrets: Any = boto3.client("secretsmanager")
_names: list[str] = json.loads(os.environ["BENCH_SECRETS"])
_module, _, _name = os.environ["BENCH_REQUEST"].rpartition(".")
_answer = getattr(importlib.import_module(f"infra.bench.baselines.{_module}"), _name)


def _restore() -> None:
    with ThreadPoolExecutor(len(_names)) as threads:
        uri, *_ = threads.map(_fetch, _names)
    connection.database.connect(uri)
    connection.loop.run_until_complete(connection.database.ping())


def _fetch(name: str) -> str:
    return str(_secrets.get_secret_value(SecretId=name)["SecretString"])


register_after_restore(_restore)


def handler(event: dict[str, Any], context: object) -> Any:
    """Answer the request, as the area's warm baseline does."""
    return _answer(event, context)
