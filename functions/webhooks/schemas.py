"""What Stripe gets as an answer."""

from common.runtime.http.schemas import ResponseModel


class WebhookReceived(ResponseModel):
    """The event is stored; Stripe need not send it again."""

    received: bool = True
