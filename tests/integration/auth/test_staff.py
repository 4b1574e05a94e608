"""Appointing staff: only a super admin does, and it takes effect at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from common.adapters.identity.one_time_codes import codes_of
from common.domain.identity.roles import Role

from tests.factories.users import make_user
from tests.support import api_client, sign_in
from tests.support.identity import give_factor
from tests.support.people import Identity, bearer

if TYPE_CHECKING:
    from common.runtime.container.bootstrap import Container


async def test_staff_is_appointed_changed_and_dismissed(identity: Identity, container: Container) -> None:
    person = await identity.register("deputy@example.com")
    boss = make_user(roles=[Role.USER, Role.SUPER_ADMIN])
    headers = await sign_in(container, boss)
    async with api_client("admin", container) as client:
        client.headers.update(headers)
        body = {"email": "Deputy@example.com", "roles": ["moderator"]}
        made = await client.post("/v1/admin/staff", json=body)
        assert (made.status_code, made.json()["roles"]) == (201, ["user", "moderator"])
        assert (await identity.client.get("/v1/users/me", headers=bearer(person))).status_code == 401
        deputy = (await identity.log_in("deputy@example.com")).json()
        assert deputy["expires_in"] == 3600
        assert (await client.get("/v1/admin/providers", headers=bearer(deputy))).json()[
            "code"
        ] == "staff_factor_required"
        user = await container.users.get(made.json()["id"])
        assert user is not None
        secret = await give_factor(container, user)
        waiting = (await identity.log_in("deputy@example.com")).json()["challenge_token"]
        proof = {"challenge_token": waiting, "code": codes_of(secret, container.clock.now())[1][1]}
        deputy = (await identity.post("/v1/auth/factor", proof)).json()
        assert (await client.get("/v1/admin/providers", headers=bearer(deputy))).status_code == 200
        assert (await client.post("/v1/admin/staff", json=body)).json()["code"] == "already_staff"

        staff_id = made.json()["id"]
        assert staff_id in [each["id"] for each in (await client.get("/v1/admin/staff")).json()["items"]]
        dismissed = await client.patch(f"/v1/admin/staff/{staff_id}", json={"roles": []})
        assert dismissed.json()["roles"] == ["user"]
        assert (await client.get("/v1/admin/providers", headers=bearer(deputy))).status_code == 401
        assert (await client.patch(f"/v1/admin/staff/{staff_id}", json={"roles": ["admin"]})).status_code == 404
        assert (await client.patch(f"/v1/admin/staff/{boss.id}", json={"roles": []})).status_code == 403
        nobody = {"email": "nobody@example.com", "roles": ["admin"]}
        assert (await client.post("/v1/admin/staff", json=nobody)).status_code == 404
        wrong = {"email": "deputy@example.com", "roles": ["user"]}
        assert (await client.post("/v1/admin/staff", json=wrong)).status_code == 422
