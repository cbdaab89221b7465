"""How a lock of the scripted maker takes commands."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Behavior:
    """What happens to a command; every field can be set by itself over the control endpoint.

    Times are ranges in seconds, from which each command draws its own.
    """

    name: str
    # Of the request: `accept`, `refuse` (with `status` and `error_code`), or `hang_up` without an answer.
    answer: str = "accept"
    status: int = 200
    error_code: str = ""
    # How long the maker thinks about its answer.
    answer_after: tuple[float, float] = (0, 0)
    # Of the bolt: `move`, `jam`, or `none`; never later than `expires_at`.
    act: str = "move"
    act_after: tuple[float, float] = (0.01, 0.04)
    # Of the callback: `once`, `never`, `duplicated`, `reordered` (a random while later, and again in the middle of the
    # next command), or `late` (after the deadline; until then the maker does not know where the bolt is).
    callback: str = "once"
    late_by: tuple[float, float] = (2.5, 3.5)

    def with_options(self, options: dict) -> "Behavior":
        """The same with some fields set; lists become ranges."""
        return replace(self, **{key: tuple(v) if isinstance(v, list) else v for key, v in options.items()})


BEHAVIORS = {
    behavior.name: behavior
    for behavior in [
        Behavior("fast"),
        Behavior("slow", answer_after=(0.05, 0.4), act_after=(0.5, 1.6)),
        Behavior("silent", act="none", callback="never"),
        Behavior("jammed", act="jam"),
        Behavior("refuses", answer="refuse", status=409, error_code="REMOTE_ACCESS_OFF", act="none"),
        Behavior("offline", answer="refuse", status=409, error_code="DEVICE_OFFLINE", act="none"),
        Behavior("rate_limited", answer="refuse", status=429, error_code="SLOW_DOWN", act="none"),
        Behavior("server_error", answer="refuse", status=503, error_code="MAINTENANCE", act="none"),
        Behavior("hangs_up", answer="hang_up"),
        Behavior("hangs_up_idle", answer="hang_up", act="none", callback="never"),
        Behavior("duplicates", callback="duplicated"),
        Behavior("reorders", callback="reordered"),
        Behavior("late", callback="late"),
        Behavior("mute", callback="never"),
    ]
}
