"""The packaged MongoDB: a replica set that keeps its data, moves ports and listens on loopback only."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from pymongo import MongoClient

from infra.local import own_database, ports, processes
from infra.local.mongod import find_mongod, running_mongod
from infra.local.processes import StartError

if TYPE_CHECKING:
    from pathlib import Path


def test_transactions_work(mongodb_uri: str, database_name: str) -> None:
    with MongoClient[dict[str, Any]](mongodb_uri) as client, client.start_session() as session:
        with session.start_transaction():
            client[database_name]["things"].insert_one({"_id": "one"}, session=session)
        assert client[database_name]["things"].count_documents({}) == 1


def test_data_survive_a_restart_on_another_port(tmp_path: Path) -> None:
    with running_mongod(tmp_path) as first, MongoClient[dict[str, Any]](first.uri) as client:
        client["kept"]["things"].insert_one({"_id": "one"})
    with running_mongod(tmp_path) as second, MongoClient[dict[str, Any]](second.uri) as client:
        assert second.port != first.port
        assert client["kept"]["things"].find_one() == {"_id": "one"}


def test_it_listens_on_loopback_only_and_ends(tmp_path: Path) -> None:
    with running_mongod(tmp_path) as server:
        assert ports.listening_sockets(server.process.pid) == [("127.0.0.1", server.port)]
        assert ports.holder(server.port) == f"mongod (pid {server.process.pid})"
    assert server.process.returncode == 0
    assert ports.is_free(server.port)


def test_an_own_database_that_does_not_answer_is_said_within_five_seconds_and_without_its_password() -> None:
    started = time.monotonic()
    with pytest.raises(StartError, match=r"No database answers at 127\.0\.0\.1:1 \(waited 3 s\)") as refused:
        own_database.check("mongodb://user:hunter2@127.0.0.1:1/?replicaSet=rs0")
    assert time.monotonic() - started < 5
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("uri", ["mongodb://", "postgres://x", "mongodb://a:b:c/"])
def test_what_is_no_connection_string_is_said(uri: str) -> None:
    with pytest.raises(StartError, match="no connection string of MongoDB"):
        own_database.check(uri)


def test_an_own_replica_set_is_taken(mongodb_uri: str) -> None:
    own_database.check(mongodb_uri)


def test_an_own_database_without_transactions_is_refused(tmp_path: Path) -> None:
    port = ports.free_port()
    command: list[str | Path] = [
        find_mongod(),
        "--bind_ip",
        "127.0.0.1",
        "--port",
        str(port),
        "--dbpath",
        tmp_path,
        "--nounixsocket",
    ]
    server = processes.start(command, log=tmp_path / "log", env={"PATH": os.defpath, "LC_ALL": "C"})
    try:
        uri = f"mongodb://127.0.0.1:{port}/"
        with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=60_000) as client:
            client.admin.command("ping")
        with pytest.raises(StartError, match="is no replica set"):
            own_database.check(uri)
    finally:
        processes.stop(server)
