# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A journal, and what somebody does to it who may write the file but knows no line that was never written: edits, removals, additions, swaps, cut tails."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Step
from ansible_collections.collectivites.antai.plugins.module_utils._store.chain import Head, read_head
from ansible_collections.collectivites.antai.plugins.module_utils._store.journal import Intent, write_intent, write_outcome
from ansible_collections.collectivites.antai.plugins.module_utils._store.journal_check import check_anchors, check_chain

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
Tampering = Callable[[bytes, random.Random], bytes]


def journal_of(folder: Path, lines: int) -> tuple[bytes, Head]:
    """(content, head) of a journal of so many lines."""
    for number in range(lines // 2):
        step = Step("install_certificate", "", f"{number:064x}")
        intent = Intent(f"2181000480{number % 9:04}", step.code, step.target, {"state": "absent"}, {"state": "inactive"})
        write_intent(folder, NOW, intent)
        write_outcome(folder, NOW, intent, "done")
    head = read_head(str(folder))
    assert head is not None
    return (folder / "journal.jsonl").read_bytes(), head


def edit_byte(content: bytes, dice: random.Random) -> bytes:
    """One byte becomes another one, wherever it stands."""
    position = dice.randrange(len(content))
    return content[:position] + bytes([content[position] ^ dice.randrange(1, 256)]) + content[position + 1 :]


def insert_bytes(content: bytes, dice: random.Random) -> bytes:
    position = dice.randrange(len(content))
    return content[:position] + dice.choice((b" ", b"0", b"\n", b'"', b"x\n", b'{"number": 1}\n')) + content[position:]


def remove_bytes(content: bytes, dice: random.Random) -> bytes:
    """Not at the end: that is a cut tail."""
    start = dice.randrange(len(content) - 60)
    return content[:start] + content[start + dice.randrange(1, 40) :]


def remove_lines(content: bytes, dice: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    start = dice.randrange(len(lines) - 1)
    del lines[start : min(start + dice.choice((1, 1, 2, 10)), len(lines) - 1)]
    return b"".join(lines)


def swap_lines(content: bytes, dice: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    first, second = dice.sample(range(len(lines)), 2)
    lines[first], lines[second] = lines[second], lines[first]
    return b"".join(lines)


def repeat_line(content: bytes, dice: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    lines.insert(dice.randrange(len(lines) + 1), dice.choice(lines))
    return b"".join(lines)


def cut_tail(content: bytes, dice: random.Random) -> bytes:
    """Anywhere, in the middle of a line too."""
    return content[: dice.randrange(len(content))]


TAMPERINGS: tuple[Tampering, ...] = (edit_byte, insert_bytes, remove_bytes, remove_lines, swap_lines, repeat_line)


def found_by_chain(content: bytes, head: Head) -> bool:
    return bool(check_chain(content, head.store).problems)


def found_by_anchor(content: bytes, head: Head) -> bool:
    check = check_chain(content, head.store)
    return bool(check.problems or check_anchors(check, [head]))


def missed(content: bytes, head: Head, tries: int, dice: random.Random) -> dict[str, int]:
    """Of so many random changes: how many the chain did not find, of cut tails how many the anchor did not. {kind: misses}"""
    misses = {tampering.__name__: 0 for tampering in (*TAMPERINGS, cut_tail)}
    for number in range(tries):
        tampering = (*TAMPERINGS, cut_tail)[number % (len(TAMPERINGS) + 1)]
        changed = tampering(content, dice)
        if changed == content:
            continue
        finds = found_by_anchor if tampering is cut_tail or content.startswith(changed) else found_by_chain
        misses[tampering.__name__] += not finds(changed, head)
    return misses
