# shellcheck shell=bash
# What the shell scripts share: where the repository is, how they speak, and how they run a long command.
# A script sources this file first.

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$ROOT" || exit 1

if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'
else
    BOLD='' DIM='' RED='' GREEN='' PLAIN=''
fi

say() { printf '%s\n' "$*"; }
heading() { printf '\n%s%s%s\n' "$BOLD" "$*" "$PLAIN"; }
detail() { printf '%s  %s%s\n' "$DIM" "$*" "$PLAIN"; }
good() { printf '%s✔ %s%s\n' "$GREEN" "$*" "$PLAIN"; }
bad() { printf '%s✘ %s%s\n' "$RED" "$*" "$PLAIN" >&2; }
die() {
    bad "$*"
    exit 1
}

# The process that `with_progress` started, so that a script's exit trap can end it.
PROGRESS_PID=''

# with_progress LOG COMMAND…: runs a command with its output in LOG and shows its last line while it runs: in place on
# a terminal, every 30 seconds elsewhere. Returns the command's status.
with_progress() {
    local log=$1 next=30 started=$SECONDS status=0 elapsed last
    shift
    mkdir -p "$(dirname "$log")"
    "$@" >"$log" 2>&1 </dev/null &
    PROGRESS_PID=$!
    while kill -0 "$PROGRESS_PID" 2>/dev/null; do
        sleep 0.2
        elapsed=$((SECONDS - started))
        if [[ -t 1 ]]; then
            last=$(tail -n 1 "$log" | tr -d '\r' | cut -c 1-90)
            printf '\r\e[K%s  %4d s  %s%s' "$DIM" "$elapsed" "$last" "$PLAIN"
        elif ((elapsed >= next)); then
            last=$(tail -n 1 "$log" | tr -d '\r' | cut -c 1-90)
            printf '  … %d s: %s\n' "$elapsed" "$last"
            next=$((next + 30))
        fi
    done
    wait "$PROGRESS_PID" || status=$?
    PROGRESS_PID=''
    if [[ -t 1 ]]; then printf '\r\e[K'; fi
    return "$status"
}

# For exit traps: ends the command that `with_progress` runs, if any.
stop_progress() {
    if [[ -n $PROGRESS_PID ]]; then kill "$PROGRESS_PID" 2>/dev/null || true; fi
}
