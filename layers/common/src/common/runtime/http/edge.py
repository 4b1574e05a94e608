"""Requests that come through CloudFront, and those that come past it.

Where a stage has a CDN in front, API Gateway's own address must not lead around it: the CDN's firewall would be for
those alone who know no other way. Both know a key, which the CDN sends along; the API's address answers nobody without
it. With it, the CDN is believed who has sent the request, since API Gateway sees the CDN's address alone, by which
limits would take everybody for one.
"""

import hmac
import json
from collections.abc import Mapping
from typing import Any

from common.domain.shared.errors import Unavailable
from common.runtime.settings import SecretRef, Settings, SettingsGroup

#: Fields that the distribution sets (``template.yaml``, ``WebDistribution``), whatever the sender wrote there.
KEY_FIELD, VIEWER_FIELD = "x-edge-key", "x-viewer-address"


class EdgeSettings(SettingsGroup):
    """What is in front of the API.

    Attributes:
        edge_key: what the CDN sends with each request; without it there is no CDN, and everybody is let in.
    """

    edge_key: SecretRef


def refusal(status: int, code: str, detail: str) -> dict[str, Any]:
    """An answer as API Gateway takes it, in the shape of all problems."""
    problem = {
        "type": f"urn:problem-type:gigsta:{code}",
        "title": "Refused",
        "status": status,
        "detail": detail,
        "code": code,
    }
    headers = {"content-type": "application/problem+json"}
    return {"statusCode": status, "headers": headers, "body": json.dumps(problem), "isBase64Encoded": False}


def admit(settings: Settings, event: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """Let a request in.

    Args:
        settings: the function's.
        event: API Gateway's.

    Returns:
        The event, its source being the viewer where it came through the CDN; and the answer instead, where it came
        past it.
    """
    ref = settings.of(EdgeSettings).edge_key
    if not ref.is_given:
        return dict(event), None
    headers = event.get("headers", {})
    try:
        key = ref.get()
        is_ours = hmac.compare_digest(str(headers.get(KEY_FIELD, "")).encode(), key.encode())
        # The key may have been changed; asked at most twice a minute.
        is_ours = is_ours or hmac.compare_digest(str(headers.get(KEY_FIELD, "")).encode(), ref.get(anew=True).encode())
    except Unavailable:
        return dict(event), refusal(503, "unavailable", "The service is temporarily unavailable.")
    if not is_ours:
        return dict(event), refusal(403, "not_through_edge", "This address is not for you; use the product's own.")
    context = event.get("requestContext", {})
    viewer = headers.get(VIEWER_FIELD) or context.get("http", {}).get("sourceIp", "")
    return {**event, "requestContext": {**context, "http": {**context.get("http", {}), "sourceIp": viewer}}}, None
