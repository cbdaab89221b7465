"""Child processes that never outlive this one, however it ends."""

import subprocess
from typing import IO

# The shell starts the command and waits for it. Beside it a second shell reads from a pipe that nobody ever writes to:
# the read ends when the last writer is gone, which is this process, and SIGKILL cannot prevent that. (Linux could tell
# a child of its parent's end, but means the thread that started it, and other systems have nothing of the kind.)
_GUARD = """
exec 3<&0
"$@" </dev/null 3<&- &
child=$!
{ read -r _ <&3; kill -KILL $child; } 2>/dev/null &
guard=$!
exec 3<&-
wait $child
status=$?
kill $guard 2>/dev/null
exit $status
"""


class GuardedProcess:
    """A process that is killed at the latest when this process ends, also when that is killed itself."""

    def __init__(self, command: list[str], output: IO[bytes]) -> None:
        """Starts it; what it prints goes to `output`."""
        self._shell = subprocess.Popen(
            ["/bin/sh", "-c", _GUARD, "guard", *command], stdin=subprocess.PIPE, stdout=output, stderr=output
        )

    @property
    def end_status(self) -> int | None:
        """Its exit status, 128 and the signal if one ended it; None while it runs."""
        return self._shell.poll()

    def kill(self) -> None:
        """Ends it with SIGKILL and returns when it is gone."""
        self._shell.stdin.close()
        self._shell.wait(timeout=10)
