"""Failures of the database in the caller's terms, for functions, which reach no adapter themselves."""

from common.adapters.mongo.shared.database import database_failures

__all__ = ["database_failures"]
