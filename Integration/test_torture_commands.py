"""How the torture finds out which attempt a command of an MQTT lock belongs to."""

from torture.mqtt_commands import assign
from torture.records import Attempt

LOCKS = {"device-1": "house_01"}


def attempt(
    name: str,
    dispatched_at: float | None,
    action: str = "UNLOCK_DOOR",
    device: str = "device-1",
    ended_at: float | None = None,
    error: str | None = None,
    kinds: tuple[str, ...] = (),
) -> Attempt:
    deadline = (dispatched_at or 0) + 5
    end = ended_at or deadline
    timeline = [{"kind": kind} for kind in kinds]
    return Attempt(name, 1, device, action, "success", 0, deadline, dispatched_at, end, None, error, timeline)


def command(
    number: int,
    at: float,
    action: str = "UNLOCK",
    is_given_again: bool = False,
    expiry: int | None = 3,
    can_be_kept: bool = True,
) -> dict:
    return {
        "number": number, "at": at, "action": action, "lock_id": "house_01", "is_given_again": is_given_again,
        "expiry": expiry, "can_be_kept": can_be_kept,
    }  # fmt: skip


def attempts_of(commands: list[dict], *attempts: Attempt, absences: tuple[dict, ...] = ()) -> list[str]:
    journal = {"commands": commands, "acts": [], "absences": list(absences)}
    return [one["custom_id"] for one in assign(journal, attempts, LOCKS)["commands"]]


def test_a_command_belongs_to_the_last_one_dispatched_before_it():
    commands = [command(0, 10.1), command(1, 20.1)]
    assert attempts_of(commands, attempt("first", 10), attempt("second", 20)) == ["first", "second"]


def test_one_that_is_sent_twice_has_the_same_attempt_twice_G4():
    assert attempts_of([command(0, 10.1), command(1, 10.2)], attempt("only", 10)) == ["only", "only"]


def test_a_late_one_is_not_taken_for_one_of_the_next_attempt_of_another_action_G3():
    attempts = attempt("late", 10), attempt("next", 20, "LOCK_DOOR")
    assert attempts_of([command(0, 20.1)], *attempts) == ["late"]


def test_one_whose_attempt_the_lock_ended_on_its_own_can_come_after_the_next_dispatch():
    attempts = attempt("overtaken", 10, ended_at=10.01), attempt("next", 10.011)
    assert attempts_of([command(0, 10.012), command(1, 10.013)], *attempts) == ["overtaken", "next"]
    assert attempts_of([command(0, 10.5), command(1, 10.6)], *attempts) == ["next", "next"], "too late for that"


def test_one_that_comes_after_a_later_attempts_command_is_not_an_earlier_ones():
    overtaken, between = attempt("never came", 10, ended_at=10.04), attempt("between", 10.041, "LOCK_DOOR", ended_at=10.05)
    commands = [command(0, 10.045, "LOCK"), command(1, 10.06)]
    assert attempts_of(commands, overtaken, between, attempt("next", 10.055)) == ["between", "next"]
    assert attempts_of(commands, overtaken, between) == ["between", "never came"], "out of order, for the checker to find"
    commands.append(command(2, 10.07))
    assert attempts_of(commands, overtaken, between, attempt("next", 10.055)) == ["between", "next", "next"]


def test_one_that_a_killed_server_never_sent_is_not_the_next_ones_command():
    attempts = attempt("never sent", 10, ended_at=11, kinds=("accepted", "recovered")), attempt("next", 11.001)
    assert attempts_of([command(0, 11.006)], *attempts) == ["next"]
    away = {"lock_id": "house_01", "at": 9.5, "seconds": 1.5}
    assert attempts_of([command(0, 11.006)], *attempts, absences=(away,)) == ["never sent"], "the broker may have had it"
    awake = command(0, 11.006, can_be_kept=False)
    assert attempts_of([awake], *attempts, absences=(away,)) == ["next"], "a broker keeps nothing for such a lock"


def test_one_that_the_broker_has_kept_too_long_is_not_taken_for_one_of_the_next_attempt_G3():
    attempts = attempt("late", 10, error="outcome_unknown"), attempt("next", 15.1)
    commands = [command(0, 15.4, expiry=None), command(1, 15.4)]
    assert attempts_of(commands, *attempts) == ["late", "next"]
    assert attempts_of([command(0, 11), *commands[1:]], *attempts) == ["late", "next"]
    assert attempts_of([command(0, 11), *commands], *attempts) == ["late", "next", "next"], "a third is one too many"


def test_one_that_nobody_dispatched_has_no_attempt():
    others = attempt("waits", None), attempt("later", 10.2), attempt("elsewhere", 9, device="device-2")
    assert attempts_of([command(0, 10.1)], *others) == ["unexplained-0"]


def test_what_the_broker_gives_again_is_no_command_of_keyways():
    assert attempts_of([command(0, 10.1), command(1, 10.4, is_given_again=True)], attempt("only", 10)) == ["only"]


def test_an_act_belongs_to_its_command():
    journal = {"commands": [command(0, 10.1), command(1, 20.1)], "acts": [{"command": 1, "at": 20.2}], "absences": []}
    [act] = assign(journal, [attempt("first", 10), attempt("second", 20)], LOCKS)["acts"]
    assert act["custom_id"] == "second"
