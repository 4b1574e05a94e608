"""The table of permissions: what the page says, and what the table of routes and callers is held against."""

from __future__ import annotations

import pytest
from common.domain.identity.permissions import RULES, Permission, may, roles_with
from common.domain.identity.roles import Principal, Role, without_staff_roles

from infra.docs import roles
from tests.integration.access.test_roles import CALLERS, read_table

STAFF_ROUTES = "/v1/admin/"


def test_the_page_is_current(capsys: pytest.CaptureFixture[str]) -> None:
    assert roles.main(["--check"]) == 0, capsys.readouterr().out


def test_every_route_of_staff_asks_for_one_permission() -> None:
    asked = [route for routes in roles.routes_by_permission().values() for route in routes]
    assert len(asked) == len(set(asked))
    assert set(asked) == {route for route in read_table() if route.partition(" ")[2].startswith(STAFF_ROUTES)}


def test_the_table_of_callers_lets_in_who_has_the_permission_and_nobody_else() -> None:
    table = read_table()
    for permission, routes in roles.routes_by_permission().items():
        let_in = roles_with(permission)
        cells = ["401", *("in" if Role(caller) in let_in else "403" for caller in CALLERS[1:])]
        for route in routes:
            assert table[route] == cells, f"{route} asks for {permission}"


@pytest.mark.parametrize(
    ("permission", "has_it"),
    [
        (Permission.SEE_MONEY, {Role.OPERATOR, Role.ADMIN}),
        (Permission.BAN, {Role.ADMIN}),
        (Permission.MODERATE_CONTENT, {Role.MODERATOR, Role.ADMIN}),
        (Permission.APPROVE_PROVIDERS, {Role.MODERATOR, Role.OPERATOR, Role.ADMIN}),
        (Permission.MOVE_MONEY, {Role.OPERATOR}),
        (Permission.MANAGE_STAFF, set()),
    ],
)
def test_a_moderator_sees_no_money_and_an_operator_bans_nobody(permission: Permission, has_it: set[Role]) -> None:
    for role in Role:
        caller = Principal("usr_1", frozenset({Role.USER, role}))
        assert may(caller, permission) is (role in has_it | {Role.SUPER_ADMIN})
        assert not may(without_staff_roles(caller), permission)


def test_no_permission_is_for_people_who_are_no_staff() -> None:
    assert not any({Role.USER, Role.PROVIDER} & set(rule.roles) for rule in RULES.values())
