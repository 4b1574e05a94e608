"""State machines as tables: classes for whatever has a status, actors, timers and actions, as bookings do.

A machine is a tuple of ``Transition``; its guards, checks and effects are pure functions of a context of its own
(``TransitionContext``) and a draft of its own.
"""

from common.domain.shared.state_machine.context import ActionContext, TransitionContext
from common.domain.shared.state_machine.diagram import markdown_table, mermaid, table_row
from common.domain.shared.state_machine.engine import find, next_due, require_open
from common.domain.shared.state_machine.guard import Guard
from common.domain.shared.state_machine.inputs import ActionInput, Nothing, parse_input
from common.domain.shared.state_machine.notification import Notification, NotificationRule
from common.domain.shared.state_machine.offers import Offer, input_schema, offer_of
from common.domain.shared.state_machine.timer import Timer
from common.domain.shared.state_machine.transition import AttemptLimit, Transition

__all__ = [
    "ActionContext",
    "ActionInput",
    "AttemptLimit",
    "Guard",
    "Nothing",
    "Notification",
    "NotificationRule",
    "Offer",
    "Timer",
    "Transition",
    "TransitionContext",
    "find",
    "input_schema",
    "markdown_table",
    "mermaid",
    "next_due",
    "offer_of",
    "parse_input",
    "require_open",
    "table_row",
]
