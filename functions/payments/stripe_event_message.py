"""What the queue of received Stripe events carries."""

from pydantic import BaseModel


class StripeEventMessage(BaseModel):
    """The body of a message: which stored event to process."""

    event_id: str
