"""Who may call which of these routes."""

from typing import Annotated

from common.domain.identity.roles import Principal, Role
from common.runtime.http import require
from fastapi import Depends, Path

_MAX_ID_LENGTH = 64

Provider = Annotated[Principal, Depends(require(Role.PROVIDER))]
Operator = Annotated[Principal, Depends(require(Role.OPERATOR))]
#: Who may look at the books: figures and differences, which change nothing.
Auditor = Annotated[Principal, Depends(require(Role.OPERATOR, Role.ADMIN))]
Id = Annotated[str, Path(max_length=_MAX_ID_LENGTH)]
