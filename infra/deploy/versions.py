"""Delete old versions of functions: each keeps its code and its snapshot, which are paid for as long as it exists."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mypy_boto3_lambda import LambdaClient

#: What is live and the release before, to go back by moving the alias; a snapshot costs four dollars a month
#: (docs/costs.md).
KEPT = 2
_LATEST = "$LATEST"


def prune(client: LambdaClient, functions: Iterable[str], keep: int = KEPT) -> dict[str, list[str]]:
    """Delete all but the newest published versions, and never one that an alias points to.

    Args:
        client: Lambda's client.
        functions: Names of functions.
        keep: How many versions of each stay.

    Returns:
        The deleted versions by function, oldest first.
    """
    deleted = {}
    for name in functions:
        for version in (old := _outdated(client, name, keep)):
            client.delete_function(FunctionName=name, Qualifier=version)
        if old:
            deleted[name] = old
    return deleted


def _outdated(client: LambdaClient, name: str, keep: int) -> list[str]:
    """Return the versions of a function that nothing needs any more, oldest first."""
    pages = client.get_paginator("list_versions_by_function").paginate(FunctionName=name)
    published = [each["Version"] for page in pages for each in page["Versions"] if each["Version"] != _LATEST]
    used: set[str] = set()
    for page in client.get_paginator("list_aliases").paginate(FunctionName=name):
        for alias in page["Aliases"]:
            weights = alias.get("RoutingConfig", {}).get("AdditionalVersionWeights", {})
            used |= {alias["FunctionVersion"], *weights}
    newest_last = sorted(published, key=int)
    return [version for version in newest_last[: max(0, len(newest_last) - keep)] if version not in used]
