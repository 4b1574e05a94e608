"""What decides where a sweep is measured."""

from infra.bench.lifecycle import section
from infra.bench.results import Held
from infra.bench.targets import Target


def test_a_sweep_is_held_to_the_bare_writes_and_its_memory_to_the_first_firing() -> None:
    found = section(ours=[6.0, 8.0, 40.0], others=[2.0, 2.0, 9.0], held=[100.0, 130.0, 120.0], due=1_000)
    assert found.rows[1].figures == (Held(Target.SWEEP, 4.0, runs=3_000),)
    assert found.figures == (Held(Target.SWEEP_MEMORY, 1.2),)
    assert [each.is_met for each in (*found.rows[1].figures, *found.figures)] == [True, False]
