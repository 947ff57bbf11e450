"""Which lines of a log tell why it failed: a rule on text alone, without a model and without a network.

The rule:

1. Colours, progress that overwrites itself, time stamps and the markers of groups are taken off; empty lines, exact
   repetitions and all but the first two frames of a stack trace are dropped.
2. A line is *harmless*, whatever else it says, when it counts nothing ("0 errors", "0 failed"), reports a success
   ("PASSED", "ok"), is a warning, a mere name ("error-prone", "errors.py", "--fail-fast"), or a failure that is tried
   again: it says so ("retrying", "attempt 1 of 3") or one of the two lines after it does.
3. Every other line is weighed: 3 for a *verdict*, the form in which a known tool states one error (``file:line:
   error``, ``E   assert``, ``--- FAIL:``, ``error TS2322:``, a killed process ...); 2 for an error in
   general words ("error:", "...Exception:", "connection refused"); 1 for the mere end ("exit code 1", "BUILD FAILED").
4. The *first* line of the heaviest weight is the telling one: what follows is mostly its consequence. Shown are up to
   5 lines before it and 9 after it, without harmless ones; 15 at most, and at least 5 where the log has them.
5. Without any such line there is no error to tell, and the last lines are shown as what they are.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

BEFORE, AFTER, FEWEST = 5, 9, 5
_LONGEST = 400  # characters of a line: enough for any message, too short for a minified bundle

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CLOCK = r"\d\d:\d\d:\d\d(?:[.,]\d+)?"
_STAMP = re.compile(
    rf"^\ufeff?\s*\[?(?:\d{{4}}[-/]\d\d[-/]\d\d[T ]{_CLOCK}(?:Z|[+-]\d\d:?\d\d)?|{_CLOCK})\]?(?: |$)"  # of any tool
    r"|^#\d+ \d+\.\d+ "  # docker's steps
)
_MARKER = re.compile(
    r"^(?:##\[(?:group|endgroup|section|command|debug)\]|::(?:group|endgroup|debug)|section_(?:start|end):)"
    r"|^(?:\[(?:INFO|ERROR|info|error)\]|npm (?:error|ERR!))\s*$"
)
_NOTE = re.compile(r"^(?:##\[(?:error|warning)\]|::(?:error|warning)[^:]*::)")
_FRAME = re.compile(r"\s+at \S.*[):\d]$|\s*\.\.\. \d+ more$|\s+from \S+:\d+:in |\s+\d+: +0x[0-9a-f]+|goroutine \d+ ")

_OF = r" ?(?:of|/) ?\d+\)"
_NAME = r"[\w-]*(?:error|fail|exception)[\w-]*"
_HARMLESS = re.compile(
    r"\b(?:no|0|zero|without) (?:\w+ )?(?:errors?|failures?|failed|failing|problems|vulnerabilities)\b"
    r"|\b(?:errors?|failures?|failed)\s*[:=]\s*0\b(?!.*(?:errors?|failures?|failed)\s*[:=]\s*[1-9])"
    r"|(?-i:\bPASS(?:ED)?\b)|[✓✔√]|\.\.\. ok$|\bok$|\[\s*OK\s*\]|^ok\s"
    r"|\bwarn(?:ing)?s?\b(?!.*\berror:)|^npm notice|deprecat|\berror-?prone\b"
    rf"|--?{_NAME}|{_NAME}\.(?:py|js|ts|log|html|txt|xml|jar|tgz|rb|h)\b(?!:\d)"
    rf"|\b(?:retry|retrying|retries|try(?:ing)? again|re-attempt\w*|attempt #?\d+)\b|\((?:attempt )?\d+{_OF}"
    r"|\b(?:ignor(?:ed|ing)|expected|handled|recovered|continue-on-error|fail-fast)\b.{0,40}\b(?:error|fail|exception)"
    r"|\.\.\.ignoring|^(?:\+|\$|>) \S|^Run ",
    re.IGNORECASE,
)
_AGAIN = re.compile(
    rf"\bretry(?:ing)?\b|\btry(?:ing)? again\b|\battempt #?[2-9]\b|\((?:attempt )?[2-9]{_OF}|\.\.\.ignoring",
    re.IGNORECASE,
)
_GAVE_UP = re.compile(
    r"\b(?:giving up|gave up|no more retries|exhausted|after \d+ (?:attempts|retries|tries)|timed out retry)",
    re.IGNORECASE,
)

_SOURCE = (
    r"[\w./\\@+-]+\.(?:java|kts?|[ch](?:pp|c|h|xx)?|mm?|swift|cs|go|rs|tsx?|jsx?|vue|scala|tf|py|rb|php|sh|ya?ml|proto)"
)
# At the beginning of a line; tried with match, which is what keeps a log of 2 MB below a second.
_VERDICT_FIRST = re.compile(
    "|".join(
        (
            r"E {3,}\S",  # pytest
            r"(?:FAIL|ERROR): \w+ \(",  # unittest
            r"\s*--- FAIL: |panic: |# \S+ \[build failed\]",  # go
            r"\s+● \S|\s*FAIL +\S+\.[cm]?[jt]sx?|\s*× \S|⎯+ Failed Tests",  # jest, vitest
            r"error(?:\[E\d+\])?: (?!could not compile|aborting|test failed)",  # cargo, swift, kubectl
            r"thread '.*' (?:\(\d+\) )?panicked at",
            r"\[ERROR\] +\S+\.\w+:\[\d+,\d+\]|\[ERROR\] +(?:\w+\.)*\w+(?:Test|Tests|IT)\.\w+",  # maven
            r"\S.* > .* FAILED$|e: |\* What went wrong:",  # gradle, kotlin
            rf"(?:\S+/)?{_SOURCE}:\d+(?::\d+)?: (?:fatal )?(?:error|undefined|syntax error|expected|cannot)",
            rf"{_SOURCE}:\d+:\d+: \S",  # go, and compilers at large
            rf"(?:\S+/)?{_SOURCE}(?:\(\d+,\d+\):|:\d+:\d+ -) error \w+",  # tsc, csc
            r" +\d+:\d+ +error ",  # eslint
            r"ERROR in |Module not found: ",  # webpack
            r"npm (?:ERR!|error) (?:code (?!ELIFECYCLE)|404 |ERESOLVE |`npm ci`)",  # npm
            r"ERROR: (?!Job failed)\S",  # pip, docker build
            r"│ Error: |Error: (?!Process completed)\S|Error from server",  # terraform, helm, kubectl and many others
            r"fatal: ",  # ansible, git
            r"\s*CMake Error",
            r"\s+Failure/Error: |Could not find (?:gem )?\S|Bundler could not find",  # rspec, bundler
            r"\d+\) [\w\\]+::\w+",  # phpunit
            r"\[error\] (?!\()\S",  # sbt
            r"In \S+ line \d+:$",  # shellcheck
            r"\s+(?:X|Failed) [\w.]+ ?\[[\d<]",  # dotnet test
        )
    )
)
_VERDICT = re.compile(
    r"undefined reference to |<<< (?:FAILURE|ERROR)!|CrashLoopBackOff|ImagePullBackOff"
    r"|\bOOMKilled\b|\bKilled(?:\s|$)|exit(?:ed with)? (?:code|status) 137\b"
    r"|OutOfMemoryError|heap out of memory|Cannot allocate memory"
    r"|Segmentation fault|SIGSEGV|core dumped|AddressSanitizer"
    r"|[Nn]o space left on device|EADDRINUSE|[Aa]ddress already in use|port is already allocated"
    r"|has exceeded the maximum execution time|[Tt]he operation was canceled|received a shutdown signal"
)
_GENERAL = re.compile(
    r"\b(?:error|fatal|critical)\b\s*[:!\]]|^\s*(?:ERROR|FATAL|FAILED|Error)\b"
    r"|^\s*(?:\w+[.:]+)*\w+(?:Error|Exception|Failure)(?::| \(|$)|^Exception in thread|^Caused by: "
    r"|could not resolve host|name resolution|ECONNREFUSED|ETIMEDOUT|ENOTFOUND|connection (?:refused|timed out|reset)"
    r"|i/o timeout|x509: |command not found|no such file or directory|permission denied|\bunauthorized\b|\bdenied: ",
    re.IGNORECASE,
)
_ENDS = re.compile(
    r"exit(?:ed with|) (?:code|status) [1-9]|process completed with|build failed|compilation failed|\bELIFECYCLE\b"
    r"|^make(?:\[\d+\])?: \*\*\*|^FAILURE: |tests? failed|\b[1-9]\d* (?:failed|errors?|failures?)\b"
    r"|returned a non-zero code|aborted",
    re.IGNORECASE,
)
# One of these is in every line that the patterns of words can find; looking for them first is ten times as fast.
_HINTS = (
    *("error", "fail", "fatal", "critical", "exception", "caused", "undefined", "backoff", "kill", "exit", "memory"),
    *("segm", "sigsegv", "dumped", "sanit", "space", "addr", "allocated", "exceeded", "cancel", "signal", "resol"),
    *("econn", "etime", "enotf", "connection", "timeout", "x509", "found", "such", "denied", "unauthorized", "abort"),
    *("make", "elifecycle", "completed", "non-zero"),
)


@dataclass(frozen=True)
class Telling:
    """The lines to show, and the part of the log (``first`` up to and with ``last``) that they stand in.

    ``error`` is False when they are merely the last ones.
    """

    lines: tuple[str, ...]
    error: bool
    first: int = 0
    last: int = -1


def telling_lines(raw: Sequence[str]) -> Telling:
    """The 5 to 15 lines of a log that tell why it failed, by the rule above; fewer only when it has fewer."""
    lines = _legible(raw)
    at = _telling([text for _, text in lines])
    if at is None:
        return last_lines(raw)
    before = [line for line in lines[max(0, at - 2 * BEFORE) : at] if not _HARMLESS.search(line[1])][-BEFORE:]
    after = [line for line in lines[at + 1 : at + 1 + 2 * AFTER] if not _HARMLESS.search(line[1])][:AFTER]
    if len(before) + 1 + len(after) < FEWEST:
        before = lines[max(0, at - BEFORE) : at]
    return _shown([*before, lines[at], *after], error=True)


def last_lines(raw: Sequence[str]) -> Telling:
    """The last lines of a log in which nothing is wrong."""
    return _shown(_legible(raw)[-(AFTER + 1) :], error=False)


def _shown(lines: Sequence[tuple[int, str]], error: bool) -> Telling:
    if not lines:
        return Telling((), error)
    return Telling(tuple(text for _, text in lines), error, lines[0][0], lines[-1][0])


def _legible(raw: Sequence[str]) -> list[tuple[int, str]]:
    """Step 1: what is left when everything but the words is taken off, each with its place in ``raw``."""
    lines: list[tuple[int, str]] = []
    frames, last = 0, ""
    for place, one in enumerate(raw):
        line = _plain(one)
        frames = frames + 1 if _FRAME.match(line) else 0
        if line and line != last and frames <= 2:
            lines.append((place, line))
            last = line
    return lines


def _plain(line: str) -> str:
    if "\x1b" in line:
        line = _ANSI.sub("", line)
    line = line.rstrip().rpartition("\r")[2]
    line = _STAMP.sub("", line, count=1)
    return "" if _MARKER.match(line) else _NOTE.sub("", line)[:_LONGEST].rstrip()


def _telling(lines: Sequence[str]) -> int | None:
    """Steps 2 to 4: the place of the first line of the heaviest weight."""
    heaviest, place = 0, None
    for number, line in enumerate(lines):
        weight = _weight(line)
        if weight > heaviest and not _harmless(lines, number):
            heaviest, place = weight, number
    return place


def _weight(line: str) -> int:
    if _VERDICT_FIRST.match(line):
        return 3
    low = line.lower()
    if not any(hint in low for hint in _HINTS):
        return 0
    if _VERDICT.search(line):
        return 3
    return 2 if _GENERAL.search(line) else 1 if _ENDS.search(line) else 0


def _harmless(lines: Sequence[str], number: int) -> bool:
    if _HARMLESS.search(lines[number]) and not _GAVE_UP.search(lines[number]):
        return True
    following = lines[number + 1 : number + 3]
    return any(_AGAIN.search(line) and not _GAVE_UP.search(line) for line in following)
