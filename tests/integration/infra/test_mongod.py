"""The packaged MongoDB: a replica set that keeps its data, moves ports and listens on loopback only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import MongoClient

from infra.local import ports
from infra.local.mongod import running_mongod

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
