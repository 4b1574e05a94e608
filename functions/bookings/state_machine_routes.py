"""The state machine's table, for people and programs."""

from enum import StrEnum
from typing import Annotated, Any

from common.domain.bookings.state_machine import to_json, to_mermaid
from fastapi import APIRouter, Query, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from functions.bookings.container import ContainerDep

#: The table changes with a release, and its windows with the settings of a stage.
_CACHE = {"Cache-Control": "public, max-age=300"}

router = APIRouter(prefix="/v1/bookings", tags=["bookings"])


class MachineFormat(StrEnum):
    """How the table is written."""

    JSON = "json"
    MERMAID = "mermaid"


@router.get(
    "/state-machine",
    response_model=dict[str, Any],
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def get_state_machine(
    container: ContainerDep,
    written_as: Annotated[MachineFormat, Query(alias="format", description="`mermaid`: text")] = MachineFormat.JSON,
) -> Response:
    """Every action with its guards, timers and consequences, and the values of each axis."""
    if written_as is MachineFormat.MERMAID:
        return PlainTextResponse(to_mermaid(), headers=_CACHE)
    return JSONResponse(to_json(container.booking_settings), headers=_CACHE)
