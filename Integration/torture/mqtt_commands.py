"""Which attempt a command of an MQTT lock belongs to: the message itself does not say."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable

from .checks import CLOCK_TOLERANCE, was_kept
from .records import Attempt


def assign(
    journal: dict[str, list[dict]], attempts: Iterable[Attempt], locks: dict[str, str]
) -> dict[str, list[dict]]:
    """A copy of a house's journal in which each command, and each act that followed it, has its attempt as `custom_id`.

    A command belongs to the last attempt that was dispatched before it came, for the same lock and action: the dispatch
    mark is older than the command, and one attempt at a time is in flight. So one that is sent twice has the same
    attempt twice, and a late one comes after its attempt's deadline or end; both are for the checker to find. It is the
    attempt's before that one if that one's command has not come yet, and either the lock ended it on its own while the
    command was on its way, or the broker has kept the command until its expiry ran out; and only if nothing that was
    dispatched between has come before it, since a broker keeps the order in which Keyway publishes for a lock. So what
    comes out of order is for the checker to find too: as such if the attempt is the last one dispatched, and else as a
    second command of the last one. A command that no attempt explains has an id that does not exist. What a broker gives
    again, because it does not know whether it has come, is no command of Keyway's, and left out.

    - `locks`: the lock ids by device id.
    """
    dispatched: dict[tuple[str, str], list[Attempt]] = defaultdict(list)
    for attempt in attempts:
        if attempt.device_id in locks and attempt.dispatched_at is not None:
            dispatched[locks[attempt.device_id], attempt.action.removesuffix("_DOOR")].append(attempt)
    for lane in dispatched.values():
        lane.sort(key=lambda attempt: attempt.dispatched_at)
    ids: dict[int, str] = {}
    came: dict[str, float] = defaultdict(float)  # By lock, the latest dispatch mark of which a command has come.
    commands = []
    for command in sorted(journal["commands"], key=lambda command: command["at"]):
        if command["is_given_again"]:
            continue
        lane = dispatched[command["lock_id"], command["action"]]
        place = bisect_right(lane, command["at"], key=lambda attempt: attempt.dispatched_at)
        if place >= 2 and lane[place - 2].dispatched_at > came[command["lock_id"]]:
            place -= can_be_of(lane[place - 2], command, journal["absences"])
        ids[command["number"]] = lane[place - 1].id if place else f"unexplained-{command['number']}"
        if place:
            came[command["lock_id"]] = max(came[command["lock_id"]], lane[place - 1].dispatched_at)
        commands.append(command | {"custom_id": ids[command["number"]]})
    acts = [act | {"custom_id": ids[act["command"]]} for act in journal["acts"]]
    return journal | {"commands": commands, "acts": acts}


def can_be_of(attempt: Attempt, command: dict, absences: list[dict]) -> bool:
    """Whether a command can be an attempt's, though the next was dispatched before it came."""
    if attempt.ended_in_doubt:
        # Keyway sends each with an expiry; a broker that has kept it tells what is left of that, and here it is nothing.
        return command["can_be_kept"] and command["expiry"] is None
    if "recovered" in attempt.kinds() and not was_kept(command, attempt, absences):
        # What its server had not sent when it was killed is not on its way any more.
        return False
    is_ended_by_lock = attempt.error_type in (None, "lock_jammed") and attempt.resolved_at is not None
    return is_ended_by_lock and command["at"] <= attempt.resolved_at + CLOCK_TOLERANCE
