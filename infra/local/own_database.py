"""A database of the developer's own, looked at before anything starts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from pymongo import MongoClient
from pymongo.errors import ConfigurationError, InvalidURI, OperationFailure, PyMongoError

from infra.local.processes import StartError

#: Long enough for a database on another continent, short enough to wait for.
_ANSWER_SECONDS = 3


def check(uri: str) -> None:
    """See that a database answers, lets us in, and can do transactions.

    Args:
        uri: ``MONGODB_URI``.

    Raises:
        StartError: It does not; the message says what to change and shows no password.
    """
    try:
        limits: dict[str, Any] = dict.fromkeys(
            ("serverSelectionTimeoutMS", "connectTimeoutMS", "socketTimeoutMS"), _ANSWER_SECONDS * 1000
        )
        with MongoClient[dict[str, Any]](uri, **limits) as client:
            hello = client.admin.command("hello")
    except (InvalidURI, ConfigurationError, ValueError) as error:
        raise StartError(f"MONGODB_URI is no connection string of MongoDB: {error}") from error
    except OperationFailure as error:
        raise StartError(
            f"The database at {where(uri)} refuses us: {error.details and error.details['errmsg']}"
        ) from error
    except PyMongoError as error:
        raise StartError(
            f"No database answers at {where(uri)} (waited {_ANSWER_SECONDS} s). Is it running, and MONGODB_URI right? "
            "Without MONGODB_URI, one is started for you."
        ) from error
    if not (hello.get("setName") or hello.get("msg") == "isdbgrid"):
        raise StartError(
            f"The database at {where(uri)} is no replica set, so it has no transactions. Start it with --replSet "
            "(https://www.mongodb.com/docs/manual/tutorial/convert-standalone-to-replica-set/)."
        )


def where(uri: str) -> str:
    """Name the hosts of a connection string, without the password.

    Args:
        uri: The connection string.
    """
    return urlsplit(uri).netloc.rpartition("@")[2] or "MONGODB_URI"
