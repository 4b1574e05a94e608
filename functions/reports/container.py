"""What the reports function is made of."""

from typing import Annotated

from common.runtime.container.http import HttpContainer
from common.runtime.container.report_jobs import ReportJobContainer
from common.runtime.http import get_container
from fastapi import Depends


class ReportsFunction(ReportJobContainer, HttpContainer):
    """The parts that its routes use."""


ContainerDep = Annotated[ReportsFunction, Depends(get_container)]
