"""Loads marketplaces of any size: pieces are generated and written by several processes, indexes built at the end."""

from __future__ import annotations

import multiprocessing
import os
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any, NamedTuple

from pymongo import MongoClient

from infra.local.seed.loading import (
    BULK_FROM,
    Loader,
    count_terms,
    create_listing_indexes,
    drop_listing_indexes,
    read_tree,
)
from infra.local.seed.market import PIECE, Part, generate_piece

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class _Piece(NamedTuple):
    """What a process is told to do."""

    uri: str
    database: str
    part: Part
    number: int


class _Done(NamedTuple):
    """What it has done."""

    services: int
    named: Counter[str]
    described: Counter[str]


def load_parts(
    uri: str,
    database: str,
    parts: Sequence[Part],
    *,
    processes: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> int:
    """Generate parts of a marketplace and insert them; what comes out does not depend on the number of processes.

    Args:
        uri: the server.
        database: a migrated database.
        parts: what to generate.
        processes: how many generate and write at a time, by default one for each core.
        progress: told the number of providers written so far.

    Returns:
        The number of services written.
    """
    pieces = [_Piece(uri, database, part, number) for part in parts for number in range(part.pieces)]
    is_bulk = sum(part.providers for part in parts) >= BULK_FROM
    named: Counter[str] = Counter()
    described: Counter[str] = Counter()
    services = 0
    with MongoClient[dict[str, Any]](uri) as client:
        db = client[database]
        if is_bulk:
            drop_listing_indexes(db)
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(processes or os.cpu_count() or 1, mp_context=context) as pool:
            for count, future in enumerate(as_completed([pool.submit(_load_piece, piece) for piece in pieces]), 1):
                done = future.result()
                services += done.services
                named.update(done.named)
                described.update(done.described)
                progress(count * PIECE)
        count_terms(db, named, described)
        if is_bulk:
            create_listing_indexes(db)
    return services


def _load_piece(piece: _Piece) -> _Done:
    with MongoClient[dict[str, Any]](piece.uri) as client:
        db = client[piece.database]
        tree = read_tree(db)
        loader = Loader(db, tree, only_listings=piece.part.only_listings)
        for offer in generate_piece(piece.part, piece.number, tree):
            loader.add(offer)
        loader.flush()
        return _Done(loader.services, loader.named, loader.described)
