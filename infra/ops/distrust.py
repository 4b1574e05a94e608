"""``distrust``: have Stripe asked, booking by booking, before money moves; for a database that was restored.

Stripe may have done what such a database does not know of, and forgets the keys that would stop a second time after a
day. Needs MONGODB_URI and MONGODB_DATABASE; safe to repeat. Bookings that are made afterwards are trusted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pymongo import MongoClient

from infra.ops.environment import DATABASE, required

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from pymongo.database import Database

    from infra.ops.environment import Commands

_MARK = "payment_details.may_have_moved"


def add_to(commands: Commands) -> None:
    """Describe the command."""
    about = "have Stripe asked before money of the present bookings moves"
    parser = commands.add_parser("distrust", help=about, description=__doc__)
    parser.set_defaults(run=run)


def run(_chosen: Namespace, environ: Mapping[str, str]) -> int:
    """Mark every booking."""
    uri, database = required(environ, *DATABASE)
    with MongoClient[dict[str, Any]](uri) as client:
        print(f"of {mark(client[database])} bookings more Stripe is asked before money moves")
    return 0


def mark(database: Database[dict[str, Any]]) -> int:
    """Mark every booking that is not; returns how many were."""
    return database["bookings"].update_many({_MARK: {"$ne": True}}, {"$set": {_MARK: True}}).modified_count
