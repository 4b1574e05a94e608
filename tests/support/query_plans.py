"""What the server would do for each command that was sent: recorded from the driver, explained, and judged.

Nothing is run for the plan's sake, and nothing depends on how many documents there are: a command is refused for what
it would do to a large collection, however small the test's is.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.database import Database

#: Commands that choose a plan, and under which name each holds several of them.
_EXPLAINED = {"find": None, "findAndModify": None, "aggregate": None, "count": None, "distinct": None}
_SEVERAL = {"update": "updates", "delete": "deletes"}
#: What goes around a command, which ``explain`` takes none of.
_ENVELOPE = frozenset(
    {
        *("lsid", "$clusterTime", "$db", "$readPreference", "txnNumber", "writeConcern", "readConcern"),
        *("startTransaction", "autocommit", "maxTimeMS"),
    }
)
_ADAPTERS = "/common/adapters/"
#: Read whole, once in a while: bounded by what the collection is.
SMALL = frozenset({"categories"})
_ENDS = ("MinKey", "MaxKey")


@dataclass
class Sent:
    """One command, on behalf of which call, and which functions of the adapters were at work."""

    call: str
    command: dict[str, Any]
    senders: frozenset[str]

    @property
    def method(self) -> str:
        """The method that was called, ``Class.method``."""
        return self.call.partition(":")[0]

    @property
    def name(self) -> str:
        """The command's name."""
        return next(iter(self.command))

    @property
    def collection(self) -> str:
        """The collection it is for."""
        return str(self.command[self.name])


@dataclass
class Explained:
    """The plan that the server has chosen for one command."""

    sent: Sent
    stages: list[dict[str, Any]] = field(default_factory=list)
    pipeline: list[str] = field(default_factory=list)

    @property
    def indexes(self) -> set[str]:
        """Names of the indexes it reads; none for a look-up by one id."""
        return {
            stage.get("indexName", "_id_") for stage in self.stages if stage["stage"] not in {"FETCH", "PROJECTION"}
        }

    def complaints(self) -> Iterator[str]:
        """What makes it slower with every document that is added."""
        command, names = self.sent.command, {stage["stage"] for stage in self.stages}
        if "COLLSCAN" in names and self.sent.collection not in SMALL:
            yield "reads the whole collection"
        if "SORT" in names or "$sort" in self.pipeline:
            yield "sorts in memory"
        if command.get("skip") or "SKIP" in names or _has_stage(command, "$skip"):
            yield "skips"
        if _has_stage(command, "$lookup"):
            yield "joins collections"
        if self.sent.name == "count" and not command.get("limit"):
            yield "counts without an end"
        if _is_count(command) and not _has_stage(command, "$limit"):
            yield "counts without an end"
        if self.sent.name == "find" and not command.get("limit") and not _is_by_id(command["filter"]):
            yield "reads without an end"
        if _has_filter(command):
            yield from (f"walks the whole index {each}" for each in self._walked_whole())

    def _walked_whole(self) -> Iterator[str]:
        """Indexes of the whole collection that are read on and on, to look at what each entry leads to."""
        for stage in self.stages:
            if stage["stage"] == "IXSCAN" and not stage.get("isPartial") and _is_whole(_first_bounds(stage)):
                yield stage["indexName"]
            inner = stage.get("inputStage", {})
            is_checked = stage["stage"] == "FETCH" and "filter" in stage and inner.get("indexName") == "_id_"
            if is_checked and not all(_is_point(each) for each in _first_bounds(inner)):
                yield "_id_"


class Recorder(CommandListener):
    """Keeps every command that chooses a plan, under the call that is being made."""

    def __init__(self) -> None:
        self.call = ""
        self.sent: list[Sent] = []

    def started(self, event: CommandStartedEvent) -> None:
        name = event.command_name
        command = {key: value for key, value in event.command.items() if key not in _ENVELOPE}
        if name in _EXPLAINED:
            self.sent.append(Sent(self.call, command, _senders()))
        elif several := _SEVERAL.get(name):
            # The server explains one of them at a time.
            for each in command[several]:
                self.sent.append(Sent(self.call, {name: command[name], several: [each]}, _senders()))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Of no interest."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Of no interest."""

    def explain(self, database: Database[dict[str, Any]]) -> list[Explained]:
        """The plan of everything that has been sent since the last time."""
        sent, self.sent = self.sent, []
        return [_explained(each, database) for each in sent]


def unused_indexes(database: Database[dict[str, Any]], plans: list[Explained]) -> dict[str, set[str]]:
    """Indexes that no plan has chosen, and that neither refuse duplicates nor remove what is old, by collection."""
    used: dict[str, set[str]] = defaultdict(set)
    for plan in plans:
        used[plan.sent.collection] |= plan.indexes
    unused: dict[str, set[str]] = {}
    for name in database.list_collection_names():
        known = [row for row in database[name].list_indexes() if row["name"] != "_id_"]
        idle = {row["name"] for row in known if not row.get("unique") and "expireAfterSeconds" not in row}
        if left := idle - used[name]:
            unused[name] = left
    return unused


def _senders() -> frozenset[str]:
    """Functions of the adapters on the stack, as ``file:qualified name``."""
    frame, found = sys._getframe(1), set()
    while frame is not None:
        code = frame.f_code
        if _ADAPTERS in code.co_filename:
            found.add(f"{code.co_filename.split(_ADAPTERS)[1]}:{code.co_qualname}")
        frame = frame.f_back  # type: ignore[assignment]
    return frozenset(found)


def _explained(sent: Sent, database: Database[dict[str, Any]]) -> Explained:
    answer = database.command("explain", sent.command, verbosity="queryPlanner")
    stages, pipeline = list(_stages(answer)), [next(iter(each)) for each in answer.get("stages", [])]
    return Explained(sent, stages, pipeline)


def _stages(part: Any) -> Iterator[dict[str, Any]]:
    """All stages of the winning plan."""
    if isinstance(part, dict):
        if isinstance(part.get("stage"), str):
            yield part
        for key, value in part.items():
            if key not in {"rejectedPlans", "command", "parsedQuery", "slotBasedPlan"}:
                yield from _stages(value)
    elif isinstance(part, list):
        for value in part:
            yield from _stages(value)


def _first_bounds(stage: dict[str, Any]) -> list[str]:
    """The intervals of an index's first field that are read."""
    bounds: list[str] = next(iter(stage["indexBounds"].values()))
    return bounds


def _is_whole(intervals: list[str]) -> bool:
    """Whether they reach from one end of an index to the other, but for single values between."""
    first, last = intervals[0][1:], intervals[-1][:-1]
    return first.startswith(_ENDS) and last.endswith(_ENDS)


def _is_point(interval: str) -> bool:
    """Whether an interval is one value, ``[x, x]``."""
    value = interval[1 : 1 + (len(interval) - 4) // 2]
    return interval == f"[{value}, {value}]"


def _has_stage(command: dict[str, Any], name: str) -> bool:
    return any(name in stage for stage in command.get("pipeline", []))


def _is_count(command: dict[str, Any]) -> bool:
    """Whether it is what the driver makes of ``count_documents``."""
    return {"$group": {"_id": 1, "n": {"$sum": 1}}} in command.get("pipeline", [])


def _is_by_id(wanted: dict[str, Any]) -> bool:
    """Whether a filter names the documents one by one."""
    key = wanted.get("_id", {})
    return not isinstance(key, dict) or "$in" in key


def _has_filter(command: dict[str, Any]) -> bool:
    """Whether something is looked for, rather than all of it listed in the index's order."""
    if "pipeline" in command:
        return not command["pipeline"] or bool(command["pipeline"][0].get("$match"))
    for several in _SEVERAL.values():
        if several in command:
            return bool(command[several][0]["q"])
    return bool(command.get("filter") or command.get("query"))
