"""Round trips, counted from when commands were sent and answered."""

from infra.bench.trips import Command, Trace, sequential, typical


def _command(started: float, ended: float, name: str = "find") -> Command:
    return Command(name, "bookings", started, ended)


def test_commands_one_after_another_are_so_many_trips() -> None:
    assert sequential([_command(0, 1), _command(1, 2), _command(3, 4)]) == 3


def test_commands_that_overlap_are_one_trip() -> None:
    assert sequential([_command(0, 3), _command(1, 2), _command(2.5, 4)]) == 2
    assert sequential([_command(0, 2), _command(0.1, 2.1), _command(0.2, 1.9)]) == 1


def test_the_order_in_which_commands_are_given_does_not_matter() -> None:
    commands = [_command(5, 6), _command(0, 1), _command(2, 4), _command(3, 5)]

    assert sequential(commands) == sequential(commands[::-1]) == 3


def test_what_is_asked_while_somebody_outside_is_asked_keeps_nobody_waiting() -> None:
    stripe = Command("Stripe", "", 2, 8)

    assert sequential([_command(0, 1), _command(3, 4), _command(5, 7), _command(9, 10)], [stripe]) == 2
    assert sequential([_command(0, 1), _command(7, 9)], [stripe]) == 2
    assert sequential([_command(0, 1), _command(1.5, 2.5)], [stripe]) == 1


def test_what_somebody_outside_is_asked_after_was_waited_for() -> None:
    assert sequential([_command(0, 1), _command(1, 2)], [Command("Stripe", "", 2, 8)]) == 2


def test_a_request_without_commands_makes_no_trip() -> None:
    assert sequential([]) == 0


def test_transactions_are_counted_by_their_commits() -> None:
    commands = [_command(0, 1, "insert"), _command(1, 2, "commitTransaction"), _command(2, 3, "abortTransaction")]

    cost = Trace(commands, [], 0, 4).cost

    assert (cost.commands, cost.trips, cost.transactions) == (3, 3, 1)


def test_the_typical_request_is_the_median_one() -> None:
    traces = [Trace([_command(at, at + 1) for at in range(number)], [], 0, 10) for number in (9, 2, 3, 3, 1)]

    assert typical(traces).cost.trips == 3
