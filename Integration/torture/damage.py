"""Proof that the checker can fail: each kind of damage, planted into a copy of a run's records, must be found."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from .checks import NEVER_SENT, Evidence, check
from .records import Attempt, Records


class Damage(NamedTuple):
    """Something that Keyway must never do, as it would look in the records."""

    name: str
    guarantee: str
    # The finding's `what`.
    found_as: str
    # Damages the records; raises StopIteration if they hold nothing to damage.
    plant: Callable[[Records], None]
    # What the devices must have noted for it, such as `commands`.
    needs: str | None = None


def attempts(records: Records, is_wanted: Callable[[Attempt], bool] = lambda _: True) -> Iterator[Attempt]:
    return (attempt for attempt in records.attempts.values() if is_wanted(attempt))


def sent(records: Records) -> dict:
    """A command that the lock received, with no broker to keep it, of an attempt with a long time to its deadline."""
    return next(
        command
        for command in records.devices["commands"]
        if (attempt := records.attempts[command["custom_id"]]).resolved_at + 0.5 < attempt.deadline_at
        and not command.get("can_be_kept", False)
    )


def lose_an_attempt(records: Records) -> None:
    del records.attempts[next(iter(records.accepted & records.attempts.keys()))]


def leave_one_pending(records: Records) -> None:
    attempt = next(attempts(records))
    attempt.status, attempt.resolved_at = "pending", None


def resolve_one_late(records: Records) -> None:
    attempt = next(attempts(records))
    attempt.resolved_at = max(life.listening_at or 0 for life in records.lives) + 600


def resolve_one_twice(records: Records) -> None:
    attempt = next(attempts(records))
    attempt.timeline.append(attempt.timeline[-1] | {"kind": "resolved"})


def change_an_outcome(records: Records) -> None:
    seen = next(call for call in records.calls if call.seen and call.seen["status"] == "success")
    records.api[seen.attempt_id]["result"] = {"was_confirmed_by_device": "changed"}


def revive_a_cancelled_one(records: Records) -> None:
    attempt = next(attempts(records, lambda attempt: attempt.error_type == "cancelled"))
    attempt.error_type = "timed_out"


def double_an_event(records: Records) -> None:
    event = next(event for event in records.events if event.is_outcome)
    last = max(other.sequence for other in records.events if other.workspace_id == event.workspace_id)
    records.events.append(replace(event, sequence=last + 1))


def lose_an_event(records: Records) -> None:
    event = next(event for event in records.events if event.is_outcome)
    for other in records.events:
        if other.workspace_id == event.workspace_id and other.sequence > event.sequence:
            other.sequence -= 1
    records.events.remove(event)


def leave_a_gap(records: Records) -> None:
    for event in records.events[len(records.events) // 2 :]:
        event.sequence += 1


def invent_attempts(records: Records) -> None:
    # As many as there were calls, and one: more than any crash can explain.
    model = next(attempts(records))
    for number in range(len(records.calls) + 1):
        records.attempts[f"invented-{number}"] = replace(model, id=f"invented-{number}")


def give_a_key_two_attempts(records: Records) -> None:
    call = next(call for call in records.calls if call.kind == "act" and call.key and call.status == 200)
    other = next(attempts(records, lambda attempt: attempt.id != call.attempt_id))
    records.calls.append(replace(call, attempt_id=other.id))


def take_another_body_for_a_key(records: Records) -> None:
    call = next(call for call in records.calls if call.kind == "reuse" and call.status == 422)
    call.status, call.error_type = 200, None


def answer_with_500(records: Records) -> None:
    call = next(call for call in records.calls if call.kind == "act")
    call.status, call.error_type = 500, "internal_error"


def end_by_itself(records: Records) -> None:
    records.lives[0].own_end = -6


def send_twice(records: Records) -> None:
    records.devices["commands"].append(sent(records) | {"is_repeat": True})


def send_again_after_a_crash(records: Records) -> None:
    command = sent(records)
    records.lives[0].ended_at = records.attempts[command["custom_id"]].dispatched_at + 0.001
    command["at"] += 0.2


def send_what_was_never_sent(records: Records) -> None:
    attempt = next(attempts(records, lambda attempt: attempt.error_type in NEVER_SENT))
    records.devices["commands"].append(sent(records) | {"custom_id": attempt.id})


def send_after_the_deadline(records: Records) -> None:
    command = sent(records)
    command["at"] = records.attempts[command["custom_id"]].deadline_at + 0.1


def send_after_the_resolution(records: Records) -> None:
    command = sent(records)
    command["at"] = records.attempts[command["custom_id"]].resolved_at + 0.1


def send_two_at_once(records: Records) -> None:
    last: dict[str, dict] = {}
    for command in records.devices["commands"]:
        before = last.get(command["lock_id"])
        if before and records.attempts[before["custom_id"]].resolved_at > before["at"] + 0.2:
            command["at"] = before["at"] + 0.05
            return
        last[command["lock_id"]] = command
    raise StopIteration


def confirm_what_nobody_said(records: Records) -> None:
    evidence = Evidence(records)

    def is_told(one: Attempt) -> bool:
        return bool(one.was_confirmed) and one.device_id in records.locks and evidence.of(one) in ("callback", "report")

    attempt = next(attempts(records, is_told))
    lock_id = records.locks[attempt.device_id]
    devices = records.devices
    devices["acts"] = [act for act in devices["acts"] if act["custom_id"] != attempt.id]
    for kind in ("reads", "reports"):
        devices[kind] = [entry for entry in devices[kind] if entry["lock_id"] != lock_id]


def confirm_without_a_report(records: Records) -> None:
    attempt = next(attempts(records, lambda attempt: bool(attempt.was_confirmed)))
    attempt.timeline = [entry for entry in attempt.timeline if entry["kind"] != "report"]


def forget_a_late_truth(records: Records) -> None:
    told = {
        delivery["custom_id"]
        for delivery in records.devices["deliveries"]
        if delivery["status"] == "success" and delivery["http_status"] // 100 == 2
    }
    attempt = next(attempts(records, lambda one: "late_report" in one.kinds() and one.id in told))
    attempt.timeline = [entry for entry in attempt.timeline if entry["kind"] != "late_report"]


DAMAGES = [
    Damage("an accepted attempt is lost", "G1", "lost", lose_an_attempt),
    Damage("an attempt stays pending", "G2", "unresolved", leave_one_pending),
    Damage("an attempt is resolved long after its deadline", "G2", "resolved late", resolve_one_late),
    Damage("an attempt is resolved twice", "G2", "timeline", resolve_one_twice),
    Damage("a resolved attempt changes", "G2", "changed", change_an_outcome),
    Damage("a cancelled attempt goes on", "G2", "cancelled", revive_a_cancelled_one),
    Damage("an event is doubled", "G7", "event", double_an_event),
    Damage("an event is missing", "G7", "event", lose_an_event),
    Damage("the events' numbers have a gap", "G7", "gap", leave_a_gap),
    Damage("there are attempts that nobody asked for", "G9", "invented", invent_attempts),
    Damage("a retry gets a second attempt", "G9", "two attempts", give_a_key_two_attempts),
    Damage("a key is taken with another body", "G9", "other body", take_another_body_for_a_key),
    Damage("a request is answered with 500", "HTTP", "answer", answer_with_500),
    Damage("the server ends by itself", "G1", "ended", end_by_itself),
    Damage("a confirmation without a report", "G6", "unconfirmed", confirm_without_a_report),
    Damage("a command is sent twice", "G4", "sent twice", send_twice, "commands"),
    Damage("a command is sent again after a crash", "G4", "sent again", send_again_after_a_crash, "commands"),
    Damage("a command is sent for what was never sent", "G3", "unsent", send_what_was_never_sent, "commands"),
    Damage("a command is sent after its deadline", "G3", "late command", send_after_the_deadline, "commands"),
    Damage("a command is sent after its attempt's end", "G3", "late command", send_after_the_resolution, "commands"),
    Damage("two commands are in flight at one lock", "G5", "overlap", send_two_at_once, "commands"),
    Damage("a confirmation that the lock never gave", "G6", "unconfirmed", confirm_what_nobody_said, "commands"),
    Damage("a late truth is forgotten", "G8", "forgotten", forget_a_late_truth, "deliveries"),
]


def undetected(records: Records, say: Callable[[str], None]) -> list[str]:
    """Plants every damage into a copy; returns the names of those that the checker did not report."""
    missed: list[str] = []
    for damage in DAMAGES:
        if damage.needs and not records.devices[damage.needs]:
            say(f"  –  {damage.guarantee:4} {damage.name}: needs devices with {damage.needs}")
            continue
        copied = copy.deepcopy(records)
        before = set(check(copied))
        try:
            damage.plant(copied)
        except StopIteration:
            say(f"  ✘  {damage.guarantee:4} {damage.name}: the run left nothing to plant it in")
            missed.append(damage.name)
            continue
        new = [finding for finding in check(copied) if finding not in before]
        found = [f for f in new if (f.guarantee, f.what) == (damage.guarantee, damage.found_as)]
        if found:
            say(f"  ✔  {damage.guarantee:4} {damage.name}: {found[0].text}")
        else:
            say(f"  ✘  {damage.guarantee:4} {damage.name}: NOT FOUND by the checker")
            missed.append(damage.name)
    return missed
