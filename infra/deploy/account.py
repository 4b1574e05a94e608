"""What a deployment finds in the account before it begins: the quota that was counted on, and the secrets by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from infra.deploy import connections

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_secretsmanager import SecretsManagerClient

_OF_A_SECRET = "SecretName"  # noqa: S105 - the end of a parameter's name


def faults(
    parameters: Mapping[str, str], template: dict[str, Any], functions: LambdaClient, secrets: SecretsManagerClient
) -> Iterator[str]:
    """Say what the account lacks.

    Args:
        parameters: The stage's parameters.
        template: ``template.yaml``, for the defaults.
        functions: Tells the account's quota.
        secrets: Knows secrets by name; their values are not read.

    Yields:
        A line for each fault.
    """
    said = connections.number("AccountConcurrency", parameters, template)
    quota = functions.get_account_settings()["AccountLimit"]["ConcurrentExecutions"]
    if quota != said:
        yield f"AccountConcurrency={said}, by which connections and the alarm are counted, and the account's is {quota}"
    for name, value in sorted(parameters.items()):
        if name.endswith(_OF_A_SECRET) and value and not _is_there(secrets, value):
            yield f"{name}={value} is no secret of this account and region"


def _is_there(secrets: SecretsManagerClient, name: str) -> bool:
    """Whether a secret exists and is not about to be deleted."""
    try:
        return "DeletedDate" not in secrets.describe_secret(SecretId=name)
    except secrets.exceptions.ResourceNotFoundException:
        return False
