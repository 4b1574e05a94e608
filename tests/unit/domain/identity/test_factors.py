"""Second factors: codes by time, recovery codes, counters, and whom roles are withheld from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from common.adapters.identity.one_time_codes import TotpCodes, codes_of
from common.domain.identity.factors import (
    Factor,
    FactorKind,
    is_replayed_count,
    matching_step,
    new_recovery_codes,
    recovery_digest,
)
from common.domain.identity.roles import Principal, Role, without_staff_roles
from common.domain.shared.errors import Forbidden, Unavailable
from cryptography.fernet import Fernet

#: The secret of RFC 6238, appendix B, in base 32.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"


@pytest.mark.parametrize(("seconds", "code"), [(59, "287082"), (1111111109, "081804"), (20000000000, "353130")])
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    assert codes_of(SECRET, datetime.fromtimestamp(seconds, UTC))[1] == (seconds // 30, code)


def test_a_code_is_good_for_its_step_and_one_around_and_once() -> None:
    at = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
    step, code = codes_of(SECRET, at)[1]
    for late in (-30, 0, 30):
        seen = codes_of(SECRET, at + timedelta(seconds=late))
        assert matching_step(code, seen, last_step=0) == step
        assert matching_step(code, seen, last_step=step) is None, "used"
    for late in (-60, 60):
        assert matching_step(code, codes_of(SECRET, at + timedelta(seconds=late)), last_step=0) is None


def test_a_secret_opens_for_its_account_alone_and_after_a_change_of_keys() -> None:
    old, new = Fernet.generate_key().decode(), Fernet.generate_key().decode()
    at = datetime(2026, 11, 29, tzinfo=UTC)
    sealed = TotpCodes(lambda: old).seal("usr_1", SECRET)
    factor = Factor(id="fac", user_id="usr_1", kind=FactorKind.TOTP, name="App", created_at=at, sealed_secret=sealed)
    assert TotpCodes(lambda: f"{new},{old}").codes_at(factor, at) == codes_of(SECRET, at)
    with pytest.raises(Unavailable):
        TotpCodes(lambda: old).codes_at(factor.model_copy(update={"user_id": "usr_2"}), at)
    with pytest.raises(Unavailable):
        TotpCodes(lambda: new).codes_at(factor, at)


def test_recovery_codes_are_long_and_all_different() -> None:
    codes = new_recovery_codes()
    assert len({code.replace("-", "") for code in codes}) == 10
    assert {len(code.replace("-", "")) for code in codes} == {24}
    assert recovery_digest("usr_1", codes[0]) != recovery_digest("usr_2", codes[0])


def test_a_counter_must_rise_unless_nothing_is_counted() -> None:
    told = [(0, 0, False), (0, 1, False), (4, 5, False), (5, 5, True), (5, 4, True), (5, 0, True)]
    assert [is_replayed_count(stored, count) for stored, count, _ in told] == [wrong for _, _, wrong in told]


def test_staff_without_a_factor_are_like_everybody_and_told_so() -> None:
    boss = without_staff_roles(Principal("usr_1", frozenset({Role.USER, Role.SUPER_ADMIN})))
    assert boss.roles == {Role.USER}
    assert not boss.has(Role.OPERATOR)
    with pytest.raises(Forbidden) as refused:
        boss.refuse_withheld(Role.OPERATOR)
    assert refused.value.wire_code == "staff_factor_required"
    boss.refuse_withheld(Role.PROVIDER)
    person = Principal("usr_2")
    assert without_staff_roles(person) is person
