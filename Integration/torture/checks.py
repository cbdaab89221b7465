"""The checker: compares what clients were told with the database, the API and what the devices noted.

Each check is a function from records to findings, and knows nothing of how the run went. `damage.py` proves that each
of them can fail.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from .records import Attempt, Records

# Keyway and the devices read the same machine's clock. A command that left in time is noted by a device when its thread
# has read all of it, which on a busy machine takes a moment.
CLOCK_TOLERANCE = 0.05
# How much later than deadline + grace a resolution may be, on a machine that runs all of this on two cores.
RESOLUTION_SLACK = 1.0
# How long a lock that comes back may need until it listens again.
RETURN_SECONDS = 1.0
PUBLIC_KEYS = ("action_attempt_id", "action_type", "status", "result", "error")
NEVER_SENT = ("cancelled", "superseded", "action_attempt_expired")
# 0 is no answer at all.
EXPECTED_STATUSES = {
    "act": {0, 200, 409, 429, 503}, "reuse": {0, 422, 503}, "cancel": {0, 200, 409, 503}, "read": {0, 200, 503},
}  # fmt: skip


class Finding(NamedTuple):
    """Something that must not be."""

    guarantee: str
    what: str
    text: str


def check(records: Records) -> list[Finding]:
    """Everything that is wrong with the records."""
    return [Finding(*finding) for one in CHECKS for finding in one(records)]


Findings = Iterator[tuple[str, str, str]]


# --- Accepted and resolved


def nothing_is_lost(records: Records) -> Findings:
    for call in records.calls:
        if call.kind != "act" or call.status != 200:
            continue
        attempt = records.attempts.get(call.attempt_id)
        if attempt is None:
            yield "G1", "lost", f"{call.attempt_id} was accepted and is not in the database"
        elif (attempt.device_id, attempt.action) != (call.device_id, call.action):
            yield "G1", "mixed up", f"{call.attempt_id} is not for the device and action that were asked for"
    for attempt_id in records.attempts.keys() ^ records.api.keys():
        yield "G1", "API", f"{attempt_id} is not both in the database and in the API"


def nothing_is_invented(records: Records) -> Findings:
    """An attempt that nobody was promised must come from a call that got no answer, one for each at most."""
    unanswered: Counter[tuple[str, str]] = Counter()
    accepted = records.accepted
    seen_keys = {call.key for call in records.calls if call.key and call.status == 200}
    for call in records.calls:
        if call.kind == "act" and call.status in (0, 503) and call.key not in seen_keys:
            unanswered[call.device_id, call.action] += 1
            if call.key:
                seen_keys.add(call.key)
    unknown = Counter(
        (attempt.device_id, attempt.action)
        for attempt_id, attempt in records.attempts.items()
        if attempt_id not in accepted
    )
    for (device_id, action), count in unknown.items():
        if count > unanswered[device_id, action]:
            calls = unanswered[device_id, action]
            yield "G9", "invented", f"{count} attempts of {action} on {device_id}, which {calls} calls could explain"


def everything_is_resolved_once(records: Records) -> Findings:
    for attempt in records.attempts.values():
        kinds = Counter(attempt.kinds())
        if attempt.status == "pending" or attempt.resolved_at is None:
            yield "G2", "unresolved", f"{attempt.id} is {attempt.status} at the end"
        elif kinds["accepted"] != 1 or kinds["resolved"] != 1 or kinds["dispatched"] > 1:
            yield "G2", "timeline", f"{attempt.id} was accepted, sent or resolved more than once: {dict(kinds)}"
        elif attempt.resolved_at > latest_resolution(attempt, records) + RESOLUTION_SLACK:
            late = attempt.resolved_at - latest_resolution(attempt, records)
            yield "G2", "resolved late", f"{attempt.id} was resolved {late:.2f} s too late"


def latest_resolution(attempt: Attempt, records: Records) -> float:
    """Its deadline and the grace; or after a time without a server, its return and the grace."""
    latest = attempt.deadline_at + records.grace
    for before, after in zip(records.lives, records.lives[1:], strict=False):
        back_at = after.listening_at or after.ended_at
        if attempt.created_at < back_at and before.ended_at < latest:
            latest = max(latest, back_at + records.grace)
    return latest


def nothing_resolved_ever_changes(records: Records) -> Findings:
    for attempt_id, shown in records.api.items():
        attempt = records.attempts.get(attempt_id)
        cause = (shown["error"] or {}).get("type")
        if attempt and (attempt.status, attempt.error_type) != (shown["status"], cause):
            yield "G2", "API", f"{attempt_id} is {attempt.status} in the database and {shown['status']} in the API"
    for call in records.calls:
        if call.seen is None or call.seen["status"] == "pending":
            continue
        now = records.api.get(call.attempt_id, {})
        changed = [key for key in PUBLIC_KEYS if call.seen[key] != now.get(key)]
        if changed:
            yield "G2", "changed", f"{call.attempt_id} was seen resolved, and then changed its {', '.join(changed)}"


def a_cancelled_attempt_stays_cancelled(records: Records) -> Findings:
    for call in records.calls:
        attempt = records.attempts.get(call.attempt_id or "")
        if call.kind == "cancel" and call.status == 200 and attempt and attempt.error_type != "cancelled":
            yield "G2", "cancelled", f"{attempt.id} was taken back and ended as {attempt.error_type or attempt.status}"


# --- Events


def each_outcome_has_one_event(records: Records) -> Findings:
    outcomes, late_reports = defaultdict(list), Counter()
    for event in records.events:
        if event.is_outcome:
            outcomes[event.attempt_id].append(event.event_type)
        elif event.event_type == "action_attempt.late_report":
            late_reports[event.attempt_id] += 1
    for attempt in records.attempts.values():
        suffix = "succeeded" if attempt.status == "success" else "failed"
        wanted = f"action_attempt.{attempt.action.lower()}.{suffix}"
        if attempt.status != "pending" and outcomes[attempt.id] != [wanted]:
            yield "G7", "event", f"{attempt.id} is {attempt.status} and was announced as {outcomes[attempt.id]}"
        if attempt.kinds().count("late_report") != late_reports[attempt.id]:
            yield "G7", "late report", f"{attempt.id}: its timeline and the late_report events disagree"
    for attempt_id in (outcomes.keys() | late_reports.keys()) - records.attempts.keys():
        yield "G7", "event", f"{attempt_id} has events and does not exist"


def sequences_have_no_gaps(records: Records) -> Findings:
    sequences = defaultdict(list)
    for event in records.events:
        sequences[event.workspace_id].append(event.sequence)
    for workspace_id, numbers in sequences.items():
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            yield "G7", "gap", f"the {len(numbers)} events of {workspace_id} are not numbered 1 to {len(numbers)}"


# --- Commands, by what the devices noted


def no_command_is_sent_twice(records: Records) -> Findings:
    counts = Counter(command["custom_id"] for command in records.devices["commands"])
    for custom_id, count in counts.items():
        if count > 1:
            yield "G4", "sent twice", f"the lock received {custom_id} {count} times"
    deaths = [life.ended_at for life in records.lives]
    for command in records.devices["commands"]:
        attempt = records.attempts.get(command["custom_id"])
        if attempt is None:
            yield "G1", "command", f"the lock received {command['custom_id']}, which does not exist"
        elif attempt.dispatched_at is None or attempt.error_type in NEVER_SENT:
            yield "G3", "unsent", f"the lock received {attempt.id}, which ended as {attempt.error_type}, never sent"
        elif was_kept(command, attempt, records.devices["absences"]):
            continue
        elif any(attempt.dispatched_at < death < command["at"] - CLOCK_TOLERANCE for death in deaths):
            yield "G4", "sent again", f"the lock received {attempt.id} after a crash that followed its dispatch mark"


def was_kept(command: dict, attempt: Attempt, absences: list[dict]) -> bool:
    """Whether the broker can have kept a command, which left Keyway long before, because the lock was away."""
    return command.get("can_be_kept", False) and any(
        absence["lock_id"] == command["lock_id"]
        and absence["at"] <= command["at"]
        and attempt.dispatched_at <= absence["at"] + absence["seconds"] + RETURN_SECONDS
        for absence in absences
    )


def no_command_is_late(records: Records) -> Findings:
    for command in records.devices["commands"]:
        attempt = records.attempts.get(command["custom_id"])
        if attempt is None:
            continue
        if command["at"] > attempt.deadline_at + CLOCK_TOLERANCE:
            late = command["at"] - attempt.deadline_at
            yield "G3", "late command", f"the lock received {attempt.id} {late * 1000:.0f} ms after its deadline"
        if attempt.resolved_at is not None and command["at"] > attempt.resolved_at + CLOCK_TOLERANCE:
            late = command["at"] - attempt.resolved_at
            yield "G3", "late command", f"the lock received {attempt.id} {late * 1000:.0f} ms after it was resolved"


def one_command_at_a_time(records: Records) -> Findings:
    lanes = defaultdict(list)
    for command in records.devices["commands"]:
        if command["custom_id"] in records.attempts:
            lanes[command["lock_id"]].append((command["at"], records.attempts[command["custom_id"]]))
    for lock_id, lane in lanes.items():
        lane.sort(key=lambda entry: entry[0])
        for (_, first), (received_at, second) in zip(lane, lane[1:], strict=False):
            if first is second or first.resolved_at is None:
                continue
            if received_at < first.resolved_at - CLOCK_TOLERANCE:
                yield "G5", "overlap", f"{lock_id} received {second.id} while {first.id} was in flight"
            if second.sequence < first.sequence:
                yield "G5", "order", f"{lock_id} received {second.id} after {first.id}, which was accepted later"


# --- What the device said


def confirmed_means_that_the_device_said_so(records: Records) -> Findings:
    evidence = Evidence(records)
    for attempt in records.attempts.values():
        if not attempt.was_confirmed:
            continue
        kinds = attempt.kinds()
        reports = [entry.get("detail") for entry in attempt.timeline if entry["kind"] == "report"]
        if "dispatched" not in kinds or attempt.wanted_state not in reports:
            yield "G6", "unconfirmed", f"{attempt.id} is confirmed, and its timeline holds no report that says so"
        elif attempt.device_id in records.locks and evidence.of(attempt) is None:
            yield "G6", "unconfirmed", f"{attempt.id} is confirmed, and the lock never said so"


class Evidence:
    """What the devices told Keyway about a lock after a command."""

    def __init__(self, records: Records) -> None:
        devices = records.devices
        self._locks = records.locks
        self._acts = {act["custom_id"]: act for act in devices["acts"]}
        self._commands = {command["custom_id"]: command["at"] for command in devices["commands"]}
        self._told, self._reads, self._reports = defaultdict(list), defaultdict(list), defaultdict(list)
        for delivery in devices["deliveries"]:
            if delivery["status"] == "success":
                self._told[delivery["custom_id"]].append(delivery["at"])
        for read in devices["reads"]:
            self._reads[read["lock_id"]].append((read["at"], read["lock_state"]))
        for report in devices["reports"]:
            self._reports[report["lock_id"]].append((report["at"], report["state"].lower()))

    def of(self, attempt: Attempt) -> str | None:
        """How the device confirmed; None if it did not.

        That is `callback`, `reading` or `report`; `already there` if it said so and did not have to move; or `crossing`
        if an MQTT lock said so, without being asked, while the command was on its way.
        """
        end = (attempt.resolved_at or math.inf) + CLOCK_TOLERANCE
        act = self._acts.get(attempt.id)
        has_acted = act is not None and self._commands[attempt.id] <= act["at"] <= end
        if has_acted and any(act["at"] <= at <= end for at in self._told[attempt.id]):
            return "callback"
        begin = attempt.dispatched_at - CLOCK_TOLERANCE
        lock_id = self._locks[attempt.device_id]
        if any(begin <= at <= end and state == attempt.wanted_state for at, state in self._reads[lock_id]):
            return "reading" if has_acted else "already there"
        said = [at for at, state in self._reports[lock_id] if begin <= at <= end and state == attempt.wanted_state]
        if not said:
            return None
        if has_acted and said[-1] >= act["at"]:
            return "report"
        return "already there" if said[-1] >= self._commands.get(attempt.id, math.inf) else "crossing"


def a_late_truth_is_kept(records: Records) -> Findings:
    """What the maker got a 2xx for is durable: it is the outcome, or a late report on the timeline."""
    taken: dict[str, float] = {}
    for delivery in records.devices["deliveries"]:
        if delivery["custom_id"] and delivery["status"] == "success" and delivery["http_status"] // 100 == 2:
            taken.setdefault(delivery["custom_id"], delivery["answered_at"])
    for custom_id in taken:
        attempt = records.attempts.get(custom_id)
        if attempt is None or attempt.status != "error":
            continue
        if attempt.ended_in_doubt and "late_report" not in attempt.kinds():
            yield "G8", "forgotten", f"{attempt.id}, {attempt.error_type}: Keyway took the late success and forgot it"
    for attempt in records.attempts.values():
        if "late_report" in attempt.kinds() and not attempt.ended_in_doubt:
            yield "G8", "late report", f"{attempt.id} has one, and ended as {attempt.error_type or attempt.status}"


# --- Retries


def a_retry_gets_the_same_attempt(records: Records) -> Findings:
    ids = defaultdict(set)
    for call in records.calls:
        if call.key and call.kind == "act" and call.status == 200:
            ids[call.key].add(call.attempt_id)
        if call.kind == "reuse" and call.status not in (0, 503):
            if (call.status, call.error_type) != (422, "idempotency_key_reused"):
                yield "G9", "other body", f"key {call.key} with another body: {call.status} {call.error_type}"
    for key, attempts in ids.items():
        if len(attempts) > 1:
            yield "G9", "two attempts", f"key {key} and one body got {len(attempts)} attempts"
        elif records.keys.get(key) not in attempts:
            yield "G9", "key", f"the database does not say that key {key} means {attempts}"


# --- The server as such


def every_answer_is_an_expected_one(records: Records) -> Findings:
    for call in records.calls:
        if call.status not in EXPECTED_STATUSES[call.kind]:
            yield "HTTP", "answer", f"a call to {call.kind} was answered {call.status} {call.error_type}"


def the_server_lives_until_it_is_killed(records: Records) -> Findings:
    for number, life in enumerate(records.lives, 1):
        if life.own_end is not None:
            yield "G1", "ended", f"server {number} ended by itself with status {life.own_end}"


CHECKS = [
    nothing_is_lost, nothing_is_invented, everything_is_resolved_once, nothing_resolved_ever_changes,
    a_cancelled_attempt_stays_cancelled, each_outcome_has_one_event, sequences_have_no_gaps, no_command_is_sent_twice,
    no_command_is_late, one_command_at_a_time, confirmed_means_that_the_device_said_so, a_late_truth_is_kept,
    a_retry_gets_the_same_attempt, every_answer_is_an_expected_one, the_server_lives_until_it_is_killed,
]  # fmt: skip
