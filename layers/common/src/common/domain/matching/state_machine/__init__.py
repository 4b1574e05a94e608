"""The state machines of job requests and of offers: two tables, and what makes, offers, performs and times by them.

Every function is pure: it takes the present state and instant and gives a change to commit whole.
"""

from common.domain.matching.state_machine.context import Outcome
from common.domain.matching.state_machine.diagram import matching_to_markdown
from common.domain.matching.state_machine.inputs import (
    Answer,
    Choice,
    Counter,
    Decline,
    Extension,
    Fallen,
    Matched,
    Nobody,
    Quoted,
    Reason,
    Waiting,
    WaveSent,
)
from common.domain.matching.state_machine.offer_engine import (
    available_offer_actions,
    check_offer_action,
    fire_on_offer,
    make_offer,
    offer_state,
    perform_on_offer,
)
from common.domain.matching.state_machine.offer_table import OFFER_TABLE, OFFER_TERMINAL
from common.domain.matching.state_machine.request_engine import (
    NewRequest,
    available_request_actions,
    create_request,
    due_request_action,
    fire_on_request,
    perform_on_request,
    request_state,
)
from common.domain.matching.state_machine.request_table import REQUEST_TABLE, REQUEST_TERMINAL

__all__ = [
    "OFFER_TABLE",
    "OFFER_TERMINAL",
    "REQUEST_TABLE",
    "REQUEST_TERMINAL",
    "Answer",
    "Choice",
    "Counter",
    "Decline",
    "Extension",
    "Fallen",
    "Matched",
    "NewRequest",
    "Nobody",
    "Outcome",
    "Quoted",
    "Reason",
    "Waiting",
    "WaveSent",
    "available_offer_actions",
    "available_request_actions",
    "check_offer_action",
    "create_request",
    "due_request_action",
    "fire_on_offer",
    "fire_on_request",
    "make_offer",
    "matching_to_markdown",
    "offer_state",
    "perform_on_offer",
    "perform_on_request",
    "request_state",
]
