"""Keep buckets private, as S3 does: MiniStack serves a request without any credentials.

The one exception is the deployment's own bucket, from which its CloudFormation reads the template over HTTP.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ministack.services import s3

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Of ``infra.deploy.local``.
DEPLOYMENT = "gigsta-deploy"

_handle = s3.handle_request


def install() -> None:
    """Make MiniStack refuse whoever names no credentials."""
    s3.handle_request = _handle_signed


async def _handle_signed(
    method: str, path: str, headers: Mapping[str, str], body: bytes, query: Mapping[str, Any], *more: Any, **named: Any
) -> Any:
    """Serve a request that says who asks, or is MiniStack's own."""
    names = {name.lower() for name in (*headers, *query)}
    is_own = named.get("internal") or path.startswith(f"/{DEPLOYMENT}/")
    if is_own or method == "OPTIONS" or names & {"authorization", "x-amz-signature"}:
        return await _handle(method, path, headers, body, query, *more, **named)
    return s3._error("AccessDenied", "Access Denied", 403, path)  # noqa: SLF001  (its own form of an error)
