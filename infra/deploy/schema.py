"""The database of a stage before new code is deployed: what it needs must be there, as functions make none of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from infra.ops.migrations import runner

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mypy_boto3_secretsmanager import SecretsManagerClient


class SchemaError(RuntimeError):
    """The database is older than the code that is to be deployed; the message says by what."""


@dataclass(frozen=True)
class StageDatabase:
    """A stage's database.

    Attributes:
        uri: The connection string.
        name: The database's name.
    """

    uri: str
    name: str


def database_of(parameters: Mapping[str, str], client: SecretsManagerClient, default: str) -> StageDatabase:
    """Return a stage's database, as its functions find it.

    Args:
        parameters: The stage's parameters.
        client: Reads the secret with the connection string.
        default: Name of the database where the parameters name none.
    """
    uri = client.get_secret_value(SecretId=parameters["MongodbSecretName"])["SecretString"]
    return StageDatabase(uri, parameters.get("MongodbDatabase", default))


def bring_up(database: StageDatabase) -> Sequence[str]:
    """Apply every step that waits; the code of the release before serves meanwhile.

    Returns:
        Names of the applied steps.
    """
    return runner.migrate(database.uri, database.name)


def check(database: StageDatabase) -> None:
    """See that no step waits.

    Raises:
        SchemaError: Some do; the code would read what is not there, or without an index.
    """
    if waiting := [name for name, applied_at in runner.status(database.uri, database.name) if applied_at is None]:
        listed = ", ".join(waiting)
        raise SchemaError(
            f"The database {database.name} is older than this code: {listed}. "
            "Deploy with --migrate, or run `make migrate` first."
        )
