"""What the checks of the Swift sources share: finding files, taking comments and strings out, telling the result."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Finding(NamedTuple):
    """One thing that is wrong, and where."""

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


def swift_files(*folders: str) -> dict[str, str]:
    """The text of every Swift file in these folders, by its path from the root of the repository."""
    paths = sorted(path for folder in folders for path in (ROOT / folder).rglob("*.swift"))
    return {str(path.relative_to(ROOT)): path.read_text(encoding="utf-8") for path in paths}


def code_only(text: str) -> str:
    """The text with comments and the words in string literals blanked; offsets and line breaks stay.

    What stands in an interpolation is code, and stays.
    """
    return _Blanker(text).run()


def line_of(text: str, offset: int) -> int:
    """The number of the line that an offset is in, from 1."""
    return text.count("\n", 0, offset) + 1


def main(check: Callable[[], list[Finding]], self_test: Callable[[], None]) -> None:
    """Runs a check, or with `--self-test` its self-test, and exits with 1 if anything was found."""
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    if sys.argv[1:]:
        sys.exit(f"usage: {sys.argv[0]} [--self-test]")
    findings = check()
    for finding in findings:
        print(finding, file=sys.stderr)
    if findings:
        sys.exit(1)


class _Blanker:
    """Walks through Swift source once, knowing only comments, string literals and parentheses.

    Regex literals between bare slashes are not known: write `#/…/#`, or keep quotes out of them.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.out = list(text)
        self.at = 0

    def run(self) -> str:
        while self.at < len(self.text):
            self._code(ends_with_parenthesis=False)
        return "".join(self.out)

    def _blank(self, end: int) -> None:
        for index in range(self.at, min(end, len(self.text))):
            if self.text[index] != "\n":
                self.out[index] = " "
        self.at = end

    def _code(self, ends_with_parenthesis: bool) -> None:
        depth = 0
        while self.at < len(self.text):
            if self.text.startswith("//", self.at):
                end = self.text.find("\n", self.at)
                self._blank(len(self.text) if end < 0 else end)
            elif self.text.startswith("/*", self.at):
                self._block_comment()
            elif self._hashes_before_quote() is not None:
                self._string(self._hashes_before_quote() or 0)
            else:
                character = self.text[self.at]
                self.at += 1
                depth += {"(": 1, ")": -1}.get(character, 0)
                if ends_with_parenthesis and depth < 0:
                    return

    def _block_comment(self) -> None:
        depth, end = 0, self.at
        while end < len(self.text):
            if self.text.startswith("/*", end):
                depth, end = depth + 1, end + 2
            elif self.text.startswith("*/", end):
                depth, end = depth - 1, end + 2
                if depth == 0:
                    break
            else:
                end += 1
        self._blank(end)

    def _hashes_before_quote(self) -> int | None:
        end = self.at
        while self.text.startswith("#", end):
            end += 1
        return end - self.at if self.text.startswith('"', end) else None

    def _string(self, hashes: int) -> None:
        self.at += hashes
        quote = '"""' if self.text.startswith('"""', self.at) else '"'
        self.at += len(quote)
        close, escape = quote + "#" * hashes, "\\" + "#" * hashes
        while self.at < len(self.text):
            if self.text.startswith(close, self.at):
                self.at += len(close)
                return
            if self.text.startswith(escape + "(", self.at):
                self.at += len(escape) + 1
                self._code(ends_with_parenthesis=True)
            elif self.text.startswith(escape, self.at):
                self._blank(self.at + len(escape) + 1)
            elif quote == '"' and self.text[self.at] == "\n":
                return  # Not valid Swift; the compiler will say so.
            else:
                self._blank(self.at + 1)
