"""What is taken of several resources, put together for one service."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from common.domain.scheduling.slots import Busy


class Taken(NamedTuple):
    """An interval of one resource that is taken, buffers included, and whose booking takes it."""

    provider_id: str
    resource_id: str
    start_at: datetime
    end_at: datetime
    work_start_at: datetime | None
    booking_id: str


class Calendars:
    """Taken intervals by resource and by provider.

    Args:
        taken: every interval of the resources and providers that will be asked for.
    """

    def __init__(self, taken: Iterable[Taken] = ()) -> None:
        self._by_resource: dict[str, list[Taken]] = defaultdict(list)
        self._elsewhere: dict[str, list[Taken]] = defaultdict(list)
        for each in taken:
            self._by_resource[each.resource_id].append(each)
            if each.resource_id != each.provider_id:
                self._elsewhere[each.provider_id].append(each)

    def busy(self, provider_id: str, resource_ids: Sequence[str]) -> list[Busy]:
        """What stands in the way of a service that needs all of these resources, and what its provider's limits count.

        The limits count every booking of the provider, whatever it takes, and no booking of anybody else.

        Args:
            provider_id: whose service it is.
            resource_ids: what the service needs.
        """
        found = [
            Busy(
                each.start_at,
                each.end_at,
                each.work_start_at if each.provider_id == provider_id else None,
                each.booking_id,
            )
            for resource_id in resource_ids
            for each in self._by_resource.get(resource_id, ())
        ]
        others = [*self._elsewhere.get(provider_id, ()), *self._by_resource.get(provider_id, ())]
        found += [
            Busy(each.start_at, each.end_at, each.work_start_at, each.booking_id, in_the_way=False)
            for each in others
            if each.provider_id == provider_id and each.resource_id not in resource_ids
        ]
        return found
