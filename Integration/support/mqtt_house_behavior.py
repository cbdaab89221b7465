"""How a lock of the scripted house takes commands."""

from dataclasses import dataclass


@dataclass(frozen=True)
class MQTTBehavior:
    """What follows a command; times are ranges in seconds, from which each command draws its own."""

    name: str
    # Of the bolt: `move`, `jam` or `none`.
    act: str = "move"
    act_after: tuple[float, float] = (0.01, 0.04)
    # Of the new state: `once`, `never`, `twice`, or `late` (after the message's expiry, which is the deadline).
    report: str = "once"
    late_by: tuple[float, float] = (1.5, 2.5)
    # Whether it answers each command at once with where the bolt still is: true, and no confirmation.
    says_old_state: bool = False


BEHAVIORS = {
    behavior.name: behavior
    for behavior in [
        MQTTBehavior("fast"),
        MQTTBehavior("slow", act_after=(0.5, 1.6)),
        MQTTBehavior("silent", act="none", report="never"),
        MQTTBehavior("stuck", act="none", report="never", says_old_state=True),
        MQTTBehavior("jammed", act="jam"),
        MQTTBehavior("mute", report="never"),
        MQTTBehavior("repeats", report="twice"),
        MQTTBehavior("hesitates", act_after=(0.1, 0.6), says_old_state=True),
        MQTTBehavior("late", report="late"),
    ]
}
