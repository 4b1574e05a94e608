"""What the common layer holds beside our own code."""

from __future__ import annotations

from common.adapters.mongo.shared.database import Mongo

from infra.build import uv

BY_ROLE = "mongodb://cluster.example/?authSource=%24external&authMechanism=MONGODB-AWS"


async def test_the_database_can_be_signed_in_to_as_the_functions_role() -> None:
    mongo = Mongo(lambda: BY_ROLE, "x")
    credentials = mongo.client.options.pool_options._credentials
    assert credentials is not None
    assert (credentials.mechanism, credentials.source, credentials.password) == ("MONGODB-AWS", "$external", None)
    await mongo.close()


def test_the_layer_has_what_signs_in_by_role_and_nothing_that_lambda_brings() -> None:
    names = {line.partition("==")[0] for line in uv.layer_requirements().splitlines()}
    assert "pymongo-auth-aws" in names
    assert not names & {"boto3", "botocore", "s3transfer"}
