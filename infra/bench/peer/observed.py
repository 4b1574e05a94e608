"""Logs and spans of the peer by Powertools, as many as ours: a line for a change, a span where X-Ray samples."""

import os
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger, Tracer

Handler = Callable[[dict[str, Any], Any], Any]


def observed(handler: Handler) -> Handler:
    """A handler whose invocations are recorded.

    Args:
        handler: answers events of API Gateway.
    """
    logger, tracer = Logger(service="peer", utc=True), Tracer(service="peer", auto_patch=False)

    def run(event: dict[str, Any], context: Any) -> Any:
        if "Sampled=1" in os.environ.get("_X_AMZN_TRACE_ID", ""):
            with tracer.provider.in_subsegment(name="## peer"):
                answer = handler(event, context)
        else:
            answer = handler(event, context)
        asked = event["requestContext"]["http"]
        if asked["method"] != "GET":
            logger.info("Request", extra={**asked, "status": answer["statusCode"]})
        return answer

    return run
