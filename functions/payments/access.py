"""Who may call which of these routes."""

from typing import Annotated

from common.domain.identity.permissions import Permission
from common.domain.identity.roles import Principal, Role
from common.runtime.http import permit, require
from fastapi import Depends, Path

_MAX_ID_LENGTH = 64

Provider = Annotated[Principal, Depends(require(Role.PROVIDER))]
MoneyMover = Annotated[Principal, Depends(permit(Permission.MOVE_MONEY))]
#: Who may look at the books: figures and differences, which change nothing.
Auditor = Annotated[Principal, Depends(permit(Permission.SEE_MONEY))]
Id = Annotated[str, Path(max_length=_MAX_ID_LENGTH)]
