# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the chain of a journal finds, what only an anchor does, and what is nothing at all."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._store.chain import Head, digest, seal
from ansible_collections.collectivites.antai.plugins.module_utils._store.journal_check import check_anchors, check_chain
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.journal_proof.tampering import NOW, journal_of, missed
from tests.support.journal import note

SIRET = "21810004800014"


@pytest.fixture(scope="module")
def journal(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Head]:
    return journal_of(tmp_path_factory.mktemp("journal") / "store", 10)


def lines(content: bytes) -> list[bytes]:
    return content.splitlines(keepends=True)


def edited(content: bytes) -> bytes:
    return content.replace(b'"outcome": "done"', b'"outcome": "fail"', 1)


def written_anew(content: bytes, upto: int) -> bytes:
    """By somebody who knows how lines are sealed: one is changed, and all after it are sealed again."""
    records = [json.loads(line) for line in content.splitlines()]
    records[upto]["target"] = "another"
    previous, sealed = records[0]["previous"], []
    for record in records:
        del record["hash"]
        sealed.append(seal(record | {"previous": previous}))
        previous = json.loads(sealed[-1])["hash"]
    return b"\n".join(sealed) + b"\n"


def test_a_journal_as_it_was_written_is_whole(journal: tuple[bytes, Head]) -> None:
    check = check_chain(journal[0], journal[1].store)
    assert (check.problems, check.head, check.lines, check.cut, check.unfinished) == ([], journal[1], 10, 0, False)
    assert check_anchors(check, [journal[1], Head(journal[1].store, 4, check.hashes[4]), Head(journal[1].store, 0, "")]) == []


CHANGES: dict[str, tuple[Callable[[bytes], bytes], list[tuple[str, int]]]] = {
    "edited": (edited, [("edited", 2)]),
    "a space more": (lambda content: content.replace(b": ", b":  ", 1), [("edited", 1)]),
    "the last edited": (lambda content: edited(content[::-1].replace(b'"enod"', b'"liaf"', 1)[::-1]), [("edited", 2), ("edited", 10)]),
    "the first removed": (lambda content: b"".join(lines(content)[1:]), [("removed", 1)]),
    "two removed": (lambda content: b"".join(lines(content)[:3] + lines(content)[5:]), [("removed", 4)]),
    "one twice": (lambda content: b"".join(lines(content)[:3] + lines(content)[2:]), [("moved", 4)]),
    "a line of somebody else's": (lambda content: b'{"step": "x"}\n' + content, [("foreign", 1)]),
    "the same at the end": (lambda content: content + b'{"step": "x"}\n', [("foreign", 11)]),
    "sealed by somebody else": (
        lambda content: b"".join(
            [*lines(content)[:3], seal({"number": 4, "step": "x", "previous": "0" * 64}) + b"\n", *lines(content)[4:]]
        ),
        [("replaced", 4), ("replaced", 5)],
    ),
    "noise after the last line": (lambda content: content[:-1] + b"x", [("edited", 10)]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_chain_finds(journal: tuple[bytes, Head], name: str) -> None:
    change, findings = CHANGES[name]
    check = check_chain(change(journal[0]), journal[1].store)
    assert [(problem.code, problem.line) for problem in check.problems] == findings
    assert all(problem.text for problem in check.problems)


def test_a_journal_of_another_store_does_not_pass(journal: tuple[bytes, Head]) -> None:
    assert [problem.code for problem in check_chain(journal[0], "other").problems] == ["replaced"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda content: b"".join(lines(content)[:7]), "cut_tail"),
        (lambda content: b"", "cut_tail"),
        (lambda content: content[:-30], "cut_tail"),
        (lambda content: written_anew(content, 3), "rewritten"),
    ],
    ids=["cut", "emptied", "cut in a line", "written anew"],
)
def test_only_an_anchor_finds(journal: tuple[bytes, Head], change: Callable[[bytes], bytes], code: str) -> None:
    check = check_chain(change(journal[0]), journal[1].store)
    assert check.problems == []
    (problem,) = check_anchors(check, [journal[1]])
    assert (problem.code, problem.detail) == (code, "10")
    assert problem.text


def test_an_anchor_of_another_store_proves_nothing(journal: tuple[bytes, Head]) -> None:
    check = check_chain(journal[0], journal[1].store)
    assert [problem.code for problem in check_anchors(check, [Head("other", 10, journal[1].hash)])] == ["other_store"]


def test_what_a_kill_has_cut_is_no_problem(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "store"), SIRET)
    path = tmp_path / "store" / "journal.jsonl"
    note(store, NOW, "one")
    path.write_bytes(path.read_bytes()[:-100])
    note(store, NOW, "two")
    path.write_bytes(path.read_bytes() + b'{"number": 4\n{"numb')  # two kills, one after the other
    note(store, NOW, "three")
    path.write_bytes(path.read_bytes() + b'{"number": 9')
    identity = json.loads((tmp_path / "store" / "store.json").read_text())["id"]
    check = check_chain(path.read_bytes(), identity)
    assert (check.problems, check.cut, check.unfinished) == ([], 3, True)
    assert check_chain(path.read_bytes().replace(b'{"number": 4\n', b'{"number": 5\n'), identity).problems != []


@pytest.mark.parametrize("seed", range(3))
def test_random_changes_are_found(journal: tuple[bytes, Head], seed: int) -> None:
    """A few hundred; `make journal-proof` makes ten thousand in a journal of a thousand lines."""
    assert sum(missed(*journal, 210, random.Random(seed)).values()) == 0


def test_the_seal_is_of_every_byte_before_it() -> None:
    line = seal({"a": "é", "number": 1})
    body, _, rest = line.rpartition(b', "hash": "')
    assert (digest(body), rest[64:]) == (rest[:64].decode(), b'"}')
