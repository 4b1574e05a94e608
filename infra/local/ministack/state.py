"""Keep MiniStack's state as it goes along, and the mails it sent.

MiniStack writes its state when it is stopped in order; one that is killed would forget its queues and their messages.
Sent mails it never writes. Both are fixed here.
"""

from __future__ import annotations

import copy
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from ministack import app
from ministack.core import persistence
from ministack.services import cloudformation, ses

if TYPE_CHECKING:
    from collections.abc import Mapping

SECONDS = 5.0
TICK_SECONDS = 0.2
KEPT_MAILS = 1000
CLOUDFORMATION = "cloudformation"

_load_state = app._load_persisted_state  # noqa: SLF001  (MiniStack has no hook for this)
_ses_state, _load_ses_state = ses.get_state, ses.load_persisted_state


def install() -> None:
    """Make MiniStack keep mails, and write its state regularly once it has read what was kept."""
    ses.get_state, ses.load_persisted_state = _with_mails, _load_with_mails
    app._load_persisted_state = _load_then_save_regularly  # noqa: SLF001


def save() -> bool:
    """Write the state of every service now, unless a deployment is under way: half a stack could not be resumed.

    Everything is collected before the first file is written, and the stack's own file comes last, so that a kill in
    between leaves at worst an older stack, which the next start brings up to date. A start is over only when its stack
    is in that file, so that there is one from then on.

    Returns:
        Whether it was written.
    """
    if _deploying():
        return False
    try:
        states = {name: get() for name, get in app._build_persistence_save_dict().items()}  # noqa: SLF001
    except RuntimeError:  # changed while it was copied; the next turn is soon
        return False
    for name in sorted(states, key=CLOUDFORMATION.__eq__):
        if states[name] is not None:
            persistence.save_state(name, states[name])
    return True


def _load_then_save_regularly() -> None:
    """Read the kept state, then begin to write it."""
    _load_state()
    threading.Thread(target=_save_regularly, daemon=True, name="state").start()


def _save_regularly() -> None:
    """Write the state again and again, and as soon as a deployment has ended: the start waits for that."""
    logging.getLogger("persistence").setLevel(logging.WARNING)
    has_changed, due = False, time.monotonic() + SECONDS
    while True:
        time.sleep(TICK_SECONDS)
        if _deploying():
            has_changed = True
        elif (has_changed or time.monotonic() >= due) and save():
            has_changed, due = False, time.monotonic() + SECONDS


def _deploying() -> bool:
    """Tell whether a stack is being made or changed."""
    stacks = copy.copy(cloudformation._stacks._data)  # noqa: SLF001
    return any(str(stack.get("StackStatus")).endswith("IN_PROGRESS") for stack in stacks.values())


def _with_mails() -> dict[str, Any]:
    """Return SES's state with the last mails of every account."""
    sent = copy.deepcopy(ses._sent_emails)  # noqa: SLF001
    for mails in sent._data.values():  # noqa: SLF001
        del mails[:-KEPT_MAILS]
    return {**_ses_state(), "_sent_emails": sent}


def _load_with_mails(data: Mapping[str, Any]) -> None:
    """Take SES's state up again, mails included."""
    _load_ses_state(data)
    ses._restore_regional_store(ses._sent_emails, data.get("_sent_emails", {}))  # noqa: SLF001
