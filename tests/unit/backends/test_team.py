"""Ranks simulated in one process, and what they agree on."""

import numpy as np
import pytest

from w2vcore.backends.agreement import ALONE, TAGS, Agreement
from w2vcore.backends.team import Alone, Gone, RankError, SimulatedTeam, simulate, simulated

pytestmark = pytest.mark.timeout(60)  # ranks that wait for each other for ever are the fault to be found


def crews(size, program):
    """What `program(crew)` returns on each rank."""
    return simulate(size, lambda rank: program(Agreement(simulated.get())))


@pytest.mark.parametrize("size", [1, 2, 3, 7])
def test_all_ranks_get_the_same_sum_in_the_order_of_the_ranks(size):
    rng = np.random.default_rng(1)
    rows = rng.normal(size=(size, 5, 3)).astype(np.float32)
    expected = rows[0].copy()
    for part in rows[1:]:
        expected += part

    def program(rank):
        mine = rows[rank].copy()
        for _ in range(3):  # several exchanges: nobody may overtake
            simulated.get().allreduce(mine)
            result, mine = mine.copy(), rows[rank].copy()
        return result

    for result in simulate(size, program):
        np.testing.assert_array_equal(result, expected)


def test_a_broadcast_gives_all_what_one_has():
    def program(rank):
        data = np.full(4, rank, np.uint8)
        simulated.get().broadcast(data, 2)
        return data.tolist()

    assert simulate(4, program) == [[2] * 4] * 4


def test_ranks_run_one_at_a_time_and_in_order():
    running, seen = [], []

    def program(rank):
        for _ in range(3):
            running.append(rank)
            seen.append(rank)
            assert len(running) == 1
            running.remove(rank)
            simulated.get().allreduce(np.zeros(1))

    simulate(3, program)
    assert seen == [0, 1, 2] * 3


def test_outside_of_a_simulation_there_is_none():
    simulate(2, lambda rank: None)
    assert simulated.get() is None


def test_a_team_of_one_leaves_everything_as_it_is():
    rows = np.arange(3.0)
    Alone().allreduce(rows)
    assert rows.tolist() == [0, 1, 2]
    assert ALONE.size == 1
    assert ALONE.any("portion", True)


def test_who_waits_for_a_rank_that_has_ended_is_told():
    def program(rank):
        if rank:
            simulated.get().allreduce(np.zeros(1))

    with pytest.raises(Gone, match="rank 0 has ended, and rank 1 waits for it"):
        simulate(3, program)


def test_the_error_of_the_rank_that_failed_comes_out():
    def program(rank):
        if rank == 1:
            raise ZeroDivisionError("in rank 1")
        simulated.get().allreduce(np.zeros(1))

    with pytest.raises(ZeroDivisionError, match="in rank 1"):
        simulate(3, program)


def test_all_meet_and_see_all_numbers():
    tables = crews(3, lambda crew: crew.exchange("training", [crew.rank, 2.5]).tolist())
    assert all(table == tables[0] for table in tables)
    assert [row[:2] for row in tables[0]] == [[0, 2.5], [1, 2.5], [2, 2.5]]


@pytest.mark.parametrize("failing", [0, 1, 2])
def test_a_rank_that_fails_stops_the_others_wherever_they_are(failing):
    heard = []

    def program(crew):
        try:
            with crew.guard():
                crew.exchange("start")
                if crew.rank == failing:
                    raise KeyError("the corpus of this rank")
                list(crew.gather("vocabulary", b"text"))
        except RankError as error:
            heard.append((crew.rank, error.rank, str(error)))
            assert crew.was_broadcast(error)
        except KeyError as error:
            assert crew.was_broadcast(error)
            raise

    with pytest.raises(KeyError, match="the corpus of this rank"):
        crews(3, program)
    message = f"rank {failing}: KeyError: 'the corpus of this rank'"
    assert sorted(heard) == [(rank, failing, message) for rank in range(3) if rank != failing]


def test_an_error_is_told_once_by_nested_guards():
    def program(crew):
        with crew.guard(), crew.guard():
            if crew.rank == 0:
                raise ValueError("once")
            crew.exchange("start")

    with pytest.raises(ValueError, match="once"):
        crews(2, program)


def test_two_that_fail_at_once_both_raise_their_own():
    raised = []

    def program(crew):
        try:
            with crew.guard():
                raise ValueError(f"of rank {crew.rank}")
        except ValueError as error:
            raised.append(str(error))

    crews(2, program)
    assert sorted(raised) == ["of rank 0", "of rank 1"]


def test_ranks_at_different_places_are_named():
    with pytest.raises(RankError, match="rank 1 is at 'training' where rank 0 is at 'vocabulary'"):
        crews(3, lambda crew: crew.exchange("training" if crew.rank == 1 else "vocabulary"))


@pytest.mark.parametrize("sizes", [[0, 0], [3, 0, 100_000], [1]])
def test_bytes_of_all_ranks_are_gathered(sizes):
    texts = [bytes([65 + rank]) * size for rank, size in enumerate(sizes)]
    assert crews(len(sizes), lambda crew: list(crew.gather("vocabulary", texts[crew.rank]))) == [texts] * len(sizes)


@pytest.mark.parametrize("rank", [1, 2])
@pytest.mark.parametrize("field", ["window", "version of w2vcore"])
def test_a_rank_that_differs_is_named_with_the_field_on_all_ranks(rank, field):
    messages = []

    def program(crew):
        fields = {"window": 5, "version of w2vcore": "1.0", "seed": 1}
        if crew.rank == rank:
            fields[field] = "other"
        try:
            with crew.guard():
                crew.check_alike(fields)
        except ValueError as error:
            messages.append(str(error))

    crews(3, program)
    assert len(messages) == 3
    assert all(f"rank {rank} has {field}=other, rank 0 has {field}=" in message for message in messages)


def test_any_asks_all():
    assert crews(3, lambda crew: crew.any("portion", crew.rank == 2)) == [True] * 3
    assert crews(3, lambda crew: crew.any("portion", False)) == [False] * 3


def test_a_tag_has_one_number():
    assert len(set(TAGS)) == len(TAGS)


def test_a_simulated_rank_is_a_team():
    teams = simulate(2, lambda rank: simulated.get())
    assert [(type(team), team.rank, team.size) for team in teams] == [(SimulatedTeam, 0, 2), (SimulatedTeam, 1, 2)]
