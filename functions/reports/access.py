"""Who calls: somebody who is signed in, somebody with a report's edit token, or anybody."""

from typing import Annotated

from common.application.reports.access import Viewer
from common.runtime.http.dependencies import OptionalUser
from fastapi import Depends, Header, Path, Query

from functions.reports.schemas import MAX_TOKEN_LENGTH

Id = Annotated[str, Path(max_length=64)]
EditTokenHeader = Annotated[
    str | None,
    Header(alias="X-Edit-Token", max_length=MAX_TOKEN_LENGTH, description="Of an author without an account"),
]
EditTokenQuery = Annotated[
    str | None,
    Query(alias="edit_token", max_length=MAX_TOKEN_LENGTH, description="The same, where no header can be sent"),
]


async def viewer(caller: OptionalUser, header: EditTokenHeader = None, query: EditTokenQuery = None) -> Viewer:
    """Who calls, by the access token or the report's edit token."""
    return Viewer(caller, header or query)


AnyViewer = Annotated[Viewer, Depends(viewer)]
