"""``python -m infra.ops.staff EMAIL``: make somebody the first super admin, who appoints all others through the API.

Reads ``MONGODB_URI`` and ``MONGODB_DATABASE``. The person registers and confirms the address first, as everybody does.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from common.application.admin.staff import appoint_first_super_admin
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal, Role
from common.domain.shared.errors import Conflict, GigstaError
from common.runtime.container.bootstrap import Container
from common.runtime.loop import run
from common.runtime.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from common.domain.identity.users import User

#: Who appoints, in the audit trail.
ACTOR = "infra.ops.staff"
_NEEDED = ("MONGODB_URI", "MONGODB_DATABASE")
_MOST = 1000


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Appoint, and return the process's exit code."""
    parser = argparse.ArgumentParser(prog="python -m infra.ops.staff", description=__doc__)
    parser.add_argument("email", help="mail address of a confirmed account")
    chosen = parser.parse_args(arguments)
    missing = [name for name in _NEEDED if not environ.get(name)]
    if missing:
        print(f"missing in the environment: {', '.join(missing)}", file=sys.stderr)
        return 2
    try:
        user = run(appoint_first(environ, chosen.email))
    except GigstaError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{user.email} is super admin now; earlier sign-ins have ended.")
    return 0


async def appoint_first(environ: Mapping[str, str], email: str) -> User:
    """Make a confirmed account the first super admin.

    Args:
        environ: ``MONGODB_URI`` and ``MONGODB_DATABASE``.
        email: The account's address.

    Returns:
        The account after it.

    Raises:
        Conflict: There is a super admin already (``super_admin_exists``).
        NotFound: The address has no confirmed account.
    """
    container = Container(load_settings(environ={"STAGE": "operations", **environ}))
    try:
        staff = await container.admin.staff.list_staff(limit=_MOST, before=None)
        if any(Role.SUPER_ADMIN in each.roles and each.is_active for each in staff):
            raise Conflict("There is a super admin already; appoint others through the API.", code="super_admin_exists")
        boss = Principal(user_id=ACTOR)
        return await appoint_first_super_admin(container.admin, boss, email, ClientInfo(user_agent=ACTOR))
    finally:
        await container.close()


if __name__ == "__main__":
    sys.exit(main())
