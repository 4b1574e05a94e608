"""What the peer records, as much as ours: a line by Powertools for a change, spans where X-Ray samples."""

from collections.abc import Callable
from typing import Any

from aws_lambda_powertools import Logger
from common.adapters.mongo.shared.command_spans import record_commands
from common.runtime.observability import tracing

Handler = Callable[[dict[str, Any], Any], Any]


def observed(handler: Handler) -> Handler:
    """A handler whose invocations are recorded.

    Args:
        handler: answers events of API Gateway.
    """
    logger = Logger(service="peer", utc=True)
    record_commands()

    def run(event: dict[str, Any], context: Any) -> Any:
        with tracing.invocation():
            answer = handler(event, context)
        asked = event["requestContext"]["http"]
        if asked["method"] != "GET":
            logger.info("Request", extra={**asked, "status": answer["statusCode"]})
        return answer

    return run
