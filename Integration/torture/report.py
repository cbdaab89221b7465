"""The final report of a run."""

from collections import Counter

from .checks import CLOCK_TOLERANCE, Evidence, Finding, latest_resolution, was_kept
from .records import Records


def report(records: Records, findings: list[Finding], kills: int) -> list[str]:
    """The lines to print, verdict excluded."""
    found = Counter(finding.what for finding in findings)
    acts = [call for call in records.calls if call.kind == "act"]
    statuses = Counter(call.status for call in acts)
    young = sum(life.listening_at is None for life in records.lives)
    answers = ", ".join(f"{count} × {status or 'no answer'}" for status, count in sorted(statuses.items()))
    recovered = sum("recovered" in attempt.kinds() for attempt in records.attempts.values())
    lines = [
        f"kills                      {kills}, of which {young} before the server listened",
        f"requests to act            {len(acts)}: {answers}",
        f"attempts accepted          {len(records.accepted)} promised to a client, {len(records.attempts)} stored",
        f"attempts resolved          {sum(a.status != 'pending' for a in records.attempts.values())}",
        f"  taken up after a crash   {recovered}",
        *(f"  {outcome:24} {count}" for outcome, count in outcomes(records).most_common()),
        f"latest resolution          {latest(records)}",
        f"lost                       {found['lost']}",
        f"resolved twice             {found['timeline'] + found['changed']}",
        f"retries with a key         {retries(records)}; second attempts {found['two attempts'] + found['invented']}",
        f"taken back                 {sum(c.kind == 'cancel' and c.status == 200 for c in records.calls)} cancels",
        f"events                     {len(records.events)}; gaps {found['gap']}, doubled or missing {found['event']}",
        f"late reports               {sum(e.event_type == 'action_attempt.late_report' for e in records.events)};"
        f" forgotten {found['forgotten']}",
    ]
    return lines + (device_lines(records, found) if records.devices["commands"] else [])


def outcomes(records: Records) -> Counter[str]:
    def name(status: str, confirmed: bool | None, cause: str | None) -> str:
        if status != "success":
            return cause or status
        return "success, confirmed" if confirmed else "success, unconfirmed"

    return Counter(name(a.status, a.was_confirmed, a.error_type) for a in records.attempts.values())


def latest(records: Records) -> str:
    late = [a.resolved_at - latest_resolution(a, records) for a in records.attempts.values() if a.resolved_at]
    worst = max(late, default=0) * 1000
    side = "after" if worst > 0 else "before"
    return f"{abs(worst):.0f} ms {side} deadline + grace, times without a server not counted"


def retries(records: Records) -> int:
    keyed = Counter(call.key for call in records.calls if call.kind == "act" and call.key)
    return sum(count - 1 for count in keyed.values())


def device_lines(records: Records, found: Counter[str]) -> list[str]:
    received = records.devices["commands"]
    commands = [c for c in received if c["custom_id"] in records.attempts]
    margins = [c["at"] - records.attempts[c["custom_id"]].deadline_at for c in commands]
    evidence = Evidence(records)
    confirmed = Counter(
        evidence.of(a) for a in records.attempts.values() if a.was_confirmed and a.device_id in records.locks
    )
    latest_command = f"{max(margins) * 1000:.0f} ms after its deadline"
    ways = ", ".join(f"{count} × {way}" for way, count in confirmed.most_common() if way)
    return [
        f"commands at the locks      {len(received)}",
        f"  received twice           {found['sent twice'] + found['sent again']}",
        f"  late or unwanted         {found['late command'] + found['unsent']}; the latest came {latest_command}"
        f" (tolerance {CLOCK_TOLERANCE * 1000:.0f} ms)",
        f"  overlapping, disordered  {found['overlap'] + found['order']}",
        f"confirmed by the lock      {ways or 'none'}; without evidence {found['unconfirmed']}",
        *(cloud_lines(records) if records.devices["deliveries"] else []),
        *(mqtt_lines(records) if records.devices["reports"] else []),
    ]


def cloud_lines(records: Records) -> list[str]:
    deliveries = records.devices["deliveries"]
    failed = sum(delivery["http_status"] // 100 != 2 for delivery in deliveries)
    refused = sum(delivery["http_status"] // 100 == 4 for delivery in deliveries)
    return [f"callbacks tried            {len(deliveries)}, {failed - refused} without a server, {refused} refused"]


def mqtt_lines(records: Records) -> list[str]:
    kept = sum(
        was_kept(command, records.attempts[command["custom_id"]], records.devices["absences"])
        for command in records.devices["commands"]
        if "expiry" in command and command["custom_id"] in records.attempts
    )
    return [
        f"MQTT reports, absences     {len(records.devices['reports'])}, {len(records.devices['absences'])};"
        f" {kept} commands came to a lock that had been away; the broker was killed {len(records.broker_kills)} times",
    ]
