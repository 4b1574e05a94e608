"""Telling operators: a few in the message of the event itself, of many each by a message of their own."""

from collections.abc import Awaitable, Callable

from common.application.notifications.deps import DeliveryDeps
from common.domain.identity.roles import Role
from common.domain.identity.users import User
from common.domain.shared.events import Event
from common.domain.shared.ids import new_id

#: Staff beyond this number find their work in the lists alone.
_MOST_STAFF = 100
#: So many mails fit easily into the time of one message.
_MOST_AT_ONCE = 5
#: What the message for one operator carries: who it is for, and the id of the event, by which each is told once.
_FOR, _OF = "for_operator", "of_event"


def original(event: Event) -> Event:
    """The event that is told: a message for one operator stands for the one it was made of."""
    return event.model_copy(update={"id": str(event.payload[_OF])}) if _OF in event.payload else event


def is_for_one(event: Event) -> bool:
    """Whether it is the message for one operator, and concerns nobody else."""
    return _FOR in event.payload


async def tell_operators(deps: DeliveryDeps, event: Event, tell: Callable[[User], Awaitable[None]]) -> None:
    """Tell every operator of an event, each at most once if ``tell`` sees to that by the event's id.

    Where they are many, each gets a message, which the sweep of the outbox sends: one mail that cannot be sent keeps
    nobody else from hearing of it, and no message outlasts its time.

    Args:
        deps: ports.
        event: what happened, or the message for one of them.
        tell: tells one.
    """
    chosen = await _operators(deps)
    if is_for_one(event):
        chosen = [user for user in chosen if user.id == event.payload[_FOR]]
    elif len(chosen) > _MOST_AT_ONCE:
        now = deps.clock.now()
        fields = [{_FOR: user.id, _OF: event.id} for user in chosen]
        await deps.outbox.insert(
            [
                event.model_copy(update={"id": new_id("evt", now), "payload": {**event.payload, **each}})
                for each in fields
            ]
        )
        return
    for user in chosen:
        await tell(user)


async def _operators(deps: DeliveryDeps) -> list[User]:
    """Active operators; where there are none, the super admins."""
    staff = [each for each in await deps.staff.list_staff(limit=_MOST_STAFF, before=None) if each.is_active]
    chosen = [each for each in staff if Role.OPERATOR in each.roles]
    return chosen or [each for each in staff if Role.SUPER_ADMIN in each.roles]
