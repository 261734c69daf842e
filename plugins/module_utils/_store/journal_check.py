# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What speaks against a journal: lines that were edited, removed, added or moved, by its chain; a cut tail or a chain written anew, by an anchor alone.

Pure: bytes in, findings out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from .chain import SEALED, Head, digest, origin

EDITED, REMOVED, MOVED, REPLACED, FOREIGN = "edited", "removed", "moved", "replaced", "foreign"
CUT_TAIL, REWRITTEN, OTHER_STORE = "cut_tail", "rewritten", "other_store"
# What a sealed line says of its place: its first and its last key.
LINKS = re.compile(rb'\{"number": (\d{1,15}), .*"previous": "([0-9a-f]{64})"')
TEXTS = {
    EDITED: "line {line} is not as it was written",
    REMOVED: "before line {line}, {detail} missing",
    MOVED: "line {line} does not stand where it was written ({detail})",
    REPLACED: "line {line} does not follow the line before it",
    FOREIGN: "line {line} was not written by this collection",
    CUT_TAIL: "the anchor knows line number {detail}, and the journal ends before it: its end was cut off, or an older copy was restored",
    REWRITTEN: "line number {detail} is not the one that the anchor knows: the chain was written anew",
    OTHER_STORE: "the anchor is of another store ({detail})",
}


@dataclass(frozen=True)
class JournalProblem:
    """code: a key of TEXTS. line: of the file, from 1; 0 where an anchor says so. detail: numbers, as text."""

    code: str
    line: int = 0
    detail: str = ""

    @property
    def text(self) -> str:
        return TEXTS[self.code].format(line=self.line, detail=self.detail)


@dataclass
class JournalCheck:
    """What was read of a journal. head: of its last line that is sealed. cut: lines that a killed run has begun, and that the chain knows of.

    unfinished: whether the last line has no end: a run was killed while it wrote, or writes at this moment. hashes: number -> hash.
    """

    head: Head
    lines: int = 0
    cut: int = 0
    unfinished: bool = False
    problems: list[JournalProblem] = field(default_factory=list)
    hashes: dict[int, str] = field(default_factory=dict)


def check_chain(content: bytes, store_id: str) -> JournalCheck:
    """Of all that stands in the file, against the chain alone."""
    lines = content.split(b"\n")
    rest = lines.pop()
    check = JournalCheck(Head(store_id, 0, origin(store_id)), len(lines))
    pending: list[tuple[int, bytes]] = []  # lines that are not sealed: the next one may know of them
    for position, line in enumerate(lines, 1):
        sealed = SEALED.fullmatch(line)
        if sealed is None:
            pending.append((position, line))
            continue
        _follow(check, position, sealed[1], sealed[2].decode("ascii"), pending)
        pending = []
    check.problems += [JournalProblem(FOREIGN, position) for position, _line in pending]
    check.unfinished = bool(rest)
    if rest and SEALED.match(rest) and not SEALED.fullmatch(rest):  # more than a line that was cut
        check.problems.append(JournalProblem(EDITED, len(lines) + 1))
    return check


def _follow(check: JournalCheck, position: int, body: bytes, seal: str, pending: Sequence[tuple[int, bytes]]) -> None:
    """Compare one sealed line with what stands before it, and go on from it."""
    links = LINKS.fullmatch(body)
    if digest(body) != seal or links is None:
        check.problems.append(JournalProblem(EDITED, position))
        # By its seal, which the next line repeats, it is known whether only this line was touched.
        check.head = Head(check.head.store, check.head.number + 1, seal)
        return
    number, previous = int(links[1]), links[2].decode("ascii")
    if pending and _cut(body) == digest(b"\n".join(line for _position, line in pending)):
        check.cut += len(pending)
    else:
        check.problems += [JournalProblem(FOREIGN, line) for line, _content in pending]
    expected = check.head.number + 1
    if number > expected:
        missing = f"number {expected} is" if number == expected + 1 else f"numbers {expected} to {number - 1} are"
        check.problems.append(JournalProblem(REMOVED, position, missing))
    elif number < expected:
        check.problems.append(JournalProblem(MOVED, position, f"number {number} after {expected - 1}"))
    elif previous != check.head.hash:
        check.problems.append(JournalProblem(REPLACED, position))
    check.head = Head(check.head.store, number, seal)
    check.hashes[number] = seal


def _cut(body: bytes) -> object:
    """The hash of what a killed run had begun before this line; None where there was nothing."""
    try:
        return json.loads(body + b"}").get("cut")
    except (ValueError, AttributeError):
        return None


def check_anchors(check: JournalCheck, anchors: Iterable[Head]) -> list[JournalProblem]:
    """What anchors kept elsewhere say against a journal whose chain holds together."""
    problems = []
    for anchor in anchors:
        if anchor.store != check.head.store:
            problems.append(JournalProblem(OTHER_STORE, 0, anchor.store))
        elif anchor.number > max(check.hashes, default=0):
            problems.append(JournalProblem(CUT_TAIL, 0, str(anchor.number)))
        elif anchor.number and check.hashes.get(anchor.number) != anchor.hash:
            problems.append(JournalProblem(REWRITTEN, 0, str(anchor.number)))
    return problems
