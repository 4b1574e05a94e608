"""``staff``: make somebody the first super admin, who appoints all others through the API.

Reads ``MONGODB_URI`` and ``MONGODB_DATABASE``. The person registers and confirms the address first, as everybody does,
and adds a second factor, without which staff may not act.

``--reset-factors`` removes every second factor and recovery code of somebody who has lost them, and ends their
sign-ins. Make sure who asks, by another way than mail: whoever reads the mails could sign in afterwards.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from common.application.admin.staff import appoint_first_super_admin, reset_factors
from common.domain.identity.clients import ClientInfo
from common.domain.identity.roles import Principal, Role
from common.domain.shared.errors import Conflict, GigstaError
from common.runtime.loop import run as run_async

from infra.ops.container import operating
from infra.ops.environment import DATABASE, required

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from common.domain.identity.users import User

    from infra.ops.environment import Commands

#: Who appoints, in the audit trail.
ACTOR = "infra.ops.staff"
_MOST = 1000


def add_to(commands: Commands) -> None:
    """Describe the command."""
    parser = commands.add_parser(
        "staff", help="make somebody the first super admin, or reset second factors", description=__doc__
    )
    parser.add_argument("email", metavar="EMAIL", help="mail address of a confirmed account")
    parser.add_argument(
        "--reset-factors", action="store_true", help="remove every second factor of the account instead"
    )
    parser.set_defaults(run=run)


def run(chosen: Namespace, environ: Mapping[str, str]) -> int:
    """Appoint the first super admin, or remove somebody's second factors."""
    required(environ, *DATABASE)
    try:
        if chosen.reset_factors:
            user = run_async(remove_factors(environ, chosen.email))
            print(f"{user.email} has no second factor now; every sign-in has ended.")
            return 0
        user = run_async(appoint_first(environ, chosen.email))
    except GigstaError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{user.email} is super admin now; earlier sign-ins have ended.")
    return 0


async def remove_factors(environ: Mapping[str, str], email: str) -> User:
    """Remove every second factor of an account.

    Args:
        environ: ``MONGODB_URI`` and ``MONGODB_DATABASE``.
        email: The account's address.

    Returns:
        The account after it.

    Raises:
        NotFound: The address has no account.
    """
    async with operating(environ) as container:
        return await reset_factors(container.admin, Principal(user_id=ACTOR), email, ClientInfo(user_agent=ACTOR))


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
    async with operating(environ) as container:
        staff = await container.admin.staff.list_staff(limit=_MOST, before=None)
        if any(Role.SUPER_ADMIN in each.roles and each.is_active for each in staff):
            raise Conflict("There is a super admin already; appoint others through the API.", code="super_admin_exists")
        boss = Principal(user_id=ACTOR)
        return await appoint_first_super_admin(container.admin, boss, email, ClientInfo(user_agent=ACTOR))
