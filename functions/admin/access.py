"""Who may call which of these routes."""

from typing import Annotated

from common.domain.identity.permissions import Permission
from common.domain.identity.roles import Principal
from common.runtime.http import permit
from fastapi import Depends, Path

_MAX_ID_LENGTH = 64

ProviderApprover = Annotated[Principal, Depends(permit(Permission.APPROVE_PROVIDERS))]
ActivityReader = Annotated[Principal, Depends(permit(Permission.SEE_ACTIVITY))]
AuditReader = Annotated[Principal, Depends(permit(Permission.SEE_AUDIT_LOG))]
ContentModerator = Annotated[Principal, Depends(permit(Permission.MODERATE_CONTENT))]
BanProposer = Annotated[Principal, Depends(permit(Permission.PROPOSE_BANS))]
PeopleReader = Annotated[Principal, Depends(permit(Permission.SEE_PEOPLE))]
Suspender = Annotated[Principal, Depends(permit(Permission.SUSPEND))]
DisputeDecider = Annotated[Principal, Depends(permit(Permission.DECIDE_DISPUTES))]
BookingReader = Annotated[Principal, Depends(permit(Permission.SEE_ALL_BOOKINGS))]
StaffManager = Annotated[Principal, Depends(permit(Permission.MANAGE_STAFF))]
Id = Annotated[str, Path(max_length=_MAX_ID_LENGTH)]
