"""``backup`` and ``restore``: a database as files, at one instant, and back into an empty one; for drills and moves.

What protects a stage is its cluster's own point-in-time backup; these are what a drill is made of, and run on any
MongoDB. They need MONGODB_URI and MONGODB_DATABASE.
"""

from __future__ import annotations

import gzip
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from bson import decode_file_iter, json_util
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument
from pymongo import IndexModel, MongoClient

from infra.ops.environment import DATABASE, required

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Iterator, Mapping

    from pymongo.client_session import ClientSession
    from pymongo.collection import Collection
    from pymongo.database import Database

    from infra.ops.environment import Commands

_MANIFEST = "manifest.json"
_BATCH = 500
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument)


class RestoreError(RuntimeError):
    """A database cannot be restored, or is not what was saved; the message says why."""


def add_to(commands: Commands) -> None:
    """Describe the commands."""
    for name, about, do in (
        ("backup", "save a database as files", _backup),
        ("restore", "make one of such files", _restore),
    ):
        parser = commands.add_parser(name, help=about, description=__doc__)
        parser.add_argument("folder", type=Path, help="where the files are")
        parser.set_defaults(run=do)


def _backup(chosen: Namespace, environ: Mapping[str, str]) -> int:
    uri, database = required(environ, *DATABASE)
    with MongoClient[dict[str, Any]](uri) as client:
        saved = save(client[database], chosen.folder)
    print(f"saved {sum(each['count'] for each in saved.values())} documents of {len(saved)} collections")
    return 0


def _restore(chosen: Namespace, environ: Mapping[str, str]) -> int:
    uri, database = required(environ, *DATABASE)
    with MongoClient[dict[str, Any]](uri) as client:
        try:
            restored = load(client[database], chosen.folder)
        except RestoreError as error:
            print(error, file=sys.stderr)
            return 1
    print(f"restored {sum(restored.values())} documents of {len(restored)} collections, each as it was saved")
    return 0


def save(database: Database[dict[str, Any]], folder: Path) -> dict[str, dict[str, Any]]:
    """Write every collection at one instant, its indexes beside it.

    A snapshot session reads all as it was then, for as long as the server keeps history, five minutes by default
    (https://www.mongodb.com/docs/manual/reference/read-concern-snapshot/).

    Args:
        database: What is saved.
        folder: Receives the files.

    Returns:
        Of each collection how many documents it has, their digest, and its indexes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: dict[str, dict[str, Any]] = {}
    names = sorted(each for each in database.list_collection_names() if not each.startswith("system."))
    with database.client.start_session(snapshot=True) as session:
        for name in names:
            with gzip.open(folder / f"{name}.bson.gz", "wb") as file:
                count, digest = _write(_documents(database, name, session), file)
            found[name] = {"count": count, "digest": digest, "indexes": list(database[name].list_indexes())}
    (folder / _MANIFEST).write_text(json_util.dumps(found))
    return found


def load(database: Database[dict[str, Any]], folder: Path) -> dict[str, int]:
    """Write a saved database into an empty one, see that it is what was saved, and make its indexes.

    Args:
        database: What is written to.
        folder: Holds the files.

    Returns:
        How many documents each collection has.

    Raises:
        RestoreError: There is something in it, nothing was saved there, or what was written is not what was saved.
    """
    if not (folder / _MANIFEST).is_file():
        raise RestoreError(f"{folder} holds no saved database")
    if not_empty := [name for name in database.list_collection_names() if database[name].find_one({}, {"_id": 1})]:
        raise RestoreError(f"{database.name} is not empty: {', '.join(sorted(not_empty))}. Restore into a new one.")
    saved: dict[str, dict[str, Any]] = json_util.loads((folder / _MANIFEST).read_text())
    for name, wanted in saved.items():
        if name not in database.list_collection_names():
            database.create_collection(name)
        rows = database.get_collection(name, codec_options=_RAW)
        with gzip.open(folder / f"{name}.bson.gz", "rb") as file:
            for batch in _batches(decode_file_iter(cast("BinaryIO", file), _RAW)):
                rows.insert_many(batch)
        # Before the indexes: those with a lifetime would begin to remove what has expired meanwhile.
        count, digest = _write(_documents(database, name, None), None)
        if (count, digest) != (wanted["count"], wanted["digest"]):
            raise RestoreError(f"{name} has {count} documents of {wanted['count']}, or others than were saved")
        if models := [_model(each) for each in wanted["indexes"] if each["name"] != "_id_"]:
            database[name].create_indexes(models)
    return {name: wanted["count"] for name, wanted in saved.items()}


def _documents(
    database: Database[dict[str, Any]], name: str, session: ClientSession | None
) -> Iterable[RawBSONDocument]:
    rows = cast("Collection[RawBSONDocument]", database.get_collection(name, codec_options=_RAW))
    return rows.find({}, session=session).sort("_id", 1)


def _write(documents: Iterable[RawBSONDocument], file: gzip.GzipFile | None) -> tuple[int, str]:
    """Write documents one after the other; returns how many there are, and their digest."""
    count, digest = 0, hashlib.sha256()
    for document in documents:
        count += 1
        digest.update(document.raw)
        if file is not None:
            file.write(document.raw)
    return count, digest.hexdigest()


def _batches(documents: Iterator[RawBSONDocument]) -> Iterator[list[RawBSONDocument]]:
    batch: list[RawBSONDocument] = []
    for document in documents:
        batch.append(document)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _model(index: Mapping[str, Any]) -> IndexModel:
    """An index as it was listed; the server adds what it must."""
    options = {name: value for name, value in index.items() if name not in {"v", "key", "ns"}}
    return IndexModel(list(index["key"].items()), **options)
