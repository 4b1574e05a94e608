"""What the webhooks function is made of."""

from typing import Annotated

from common.runtime.container.http import HttpContainer
from common.runtime.container.webhooks import WebhookContainer
from common.runtime.http import get_container
from fastapi import Depends


class WebhooksFunction(WebhookContainer, HttpContainer):
    """The parts that its routes use."""


ContainerDep = Annotated[WebhooksFunction, Depends(get_container)]
