# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes that read documents: one for many documents, none for two of our processes, and none of them left behind.

What one document may leave to the next: nothing that changes what is said of it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf import process_pool
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.confined_inspection import Limits, inspect_document
from tests.support.bench import eventually
from tests.support.pdfs import Sheet
from tests.support.signing import NOW, ca, page_changed, sign

# Six megabytes, in which the end of the document is out of sight.
LARGE = Sheet(lines=["lourd"]).pdf() + b"\n%" * 3_000_000
# A third of a second of processor time, and many times as much.
LONG, ENDLESS = (Sheet(lines=["une ligne parmi d'autres"] * lines).pdf() for lines in (12_000, 200_000))
ACTIVE = Sheet(lines=["actif"], catalog="/OpenAction << /S /JavaScript /JS (app.beep) >>").pdf()
STARTED: list[int] = []


class Counted(process_pool._InspectionProcess):
    def __init__(self, command: list[str]) -> None:
        super().__init__(command)
        STARTED.append(self._process.pid)


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The processes that this test starts."""
    process_pool.close()
    STARTED.clear()
    monkeypatch.setattr(process_pool, "_InspectionProcess", Counted)
    yield STARTED
    process_pool.close()


def text_of(words: str) -> str:
    return inspect_document(Sheet(lines=[words]).pdf(), NOW).text.strip()


def test_one_process_reads_many_documents(started: list[int]) -> None:
    assert [text_of(words) for words in ("un", "deux", "trois")] == ["un", "deux", "trois"]
    assert len(started) == 1


def test_what_one_document_exhausts_the_next_one_has(started: list[int]) -> None:
    heavy = inspect_document(LARGE, NOW, limits=Limits(memory_mib=16))
    assert (heavy.heavy, "16 MiB" in (heavy.unreadable or "")) == (True, True)
    assert text_of("léger") == "léger"
    assert len(started) == 1


def test_threads_get_their_own_answers_and_no_more_processes_than_processors(monkeypatch: pytest.MonkeyPatch, started: list[int]) -> None:
    monkeypatch.setattr(process_pool, "MOST", 2)
    monkeypatch.setattr(process_pool, "WORTH_WAITING", 0.0)
    words = [f"document {number}" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(text_of, words)) == words
    assert 1 <= len(started) <= 2


def test_many_short_documents_need_no_second_process(monkeypatch: pytest.MonkeyPatch, started: list[int]) -> None:
    monkeypatch.setattr(process_pool, "WORTH_WAITING", 60.0)
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(text_of, map(str, range(24))))) == 24
    assert len(started) == 1


def test_a_long_document_lets_the_others_pass(monkeypatch: pytest.MonkeyPatch, started: list[int]) -> None:
    monkeypatch.setattr(process_pool, "MOST", 2)
    text_of("un")
    with process_pool._pool().reader():
        assert text_of("deux") == "deux"
    assert (text_of("trois"), len(started)) == ("trois", 2)


def test_a_large_document_passes_through_the_pipes(started: list[int]) -> None:
    assert inspect_document(LARGE, NOW).damage == "it is cut short: the end-of-file mark is missing"


def test_a_process_that_was_forked_from_ours_has_its_own(started: list[int]) -> None:
    assert text_of("avant") == "avant"
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(theirs, text_of("dans le fils").encode())
        os._exit(len(started))
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        assert pipe.read() == b"dans le fils"
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert (text_of("après"), len(started)) == ("après", 1)


def test_none_is_left_when_the_pool_is_closed(started: list[int]) -> None:
    text_of("un")
    assert Path(f"/proc/{started[0]}").exists()
    process_pool.close()
    assert not Path(f"/proc/{started[0]}").exists()


def child_of(process: int) -> str:
    """Who reads the next document for it."""

    def children() -> str:
        return Path(f"/proc/{process}/task/{process}/children").read_text().strip()

    eventually(lambda: children() != "")
    return children()


def reads(content: bytes, **limits: float) -> bool:
    return inspect_document(content, NOW, limits=Limits(**limits)).unreadable is None  # type: ignore[arg-type]


def test_who_has_read_a_plain_document_reads_the_next(started: list[int]) -> None:
    text_of("un")
    child = child_of(started[0])
    assert [text_of(words) for words in ("deux", "trois")] == ["deux", "trois"]
    assert child_of(started[0]) == child


def test_who_has_read_a_whole_signature_reads_the_next_but_not_after_a_broken_one(started: list[int]) -> None:
    signed, children = sign(Sheet(lines=["signé"]).pdf()), []
    for _turn in range(3):
        found = inspect_document(signed, NOW, [ca().pem]).signatures[0]
        assert (found.intact, found.valid, found.distrust) == (True, True, None)
        children.append(child_of(started[0]))
    assert children[1] == children[2]
    assert inspect_document(page_changed(signed), NOW).signatures[0].altered
    eventually(lambda: child_of(started[0]) != children[2])


@pytest.mark.parametrize(
    "remarkable",
    [ACTIVE, Sheet(lines=["abîmé"]).pdf() + b"\n%" * 1000, b"%PDF-1.7\nno PDF\n"],
    ids=["active content", "damaged", "unreadable"],
)
def test_after_a_remarkable_document_another_child_reads(started: list[int], remarkable: bytes) -> None:
    text_of("un")
    child = child_of(started[0])
    inspect_document(remarkable, NOW)
    eventually(lambda: child_of(started[0]) != child)
    assert (text_of("deux"), len(started)) == ("deux", 1)


@pytest.mark.parametrize("bound", ["MOST_DOCUMENTS = 1", "MOST_GROWTH = -1"])
def test_nobody_reads_too_many_documents_nor_grows_with_them(monkeypatch: pytest.MonkeyPatch, started: list[int], bound: str) -> None:
    monkeypatch.setattr(
        process_pool, "START", process_pool.START.replace("from {here} import main; main()", f"import {{here}} as h; h.{bound}; h.main()")
    )
    text_of("un")
    child = child_of(started[0])
    assert text_of("deux") == "deux"
    eventually(lambda: child_of(started[0]) != child)


def test_each_document_has_all_the_time_of_the_limit(started: list[int]) -> None:
    children = []
    for _turn in range(5):
        assert reads(LONG, cpu_seconds=1)
        children.append(child_of(started[0]))
    assert len(set(children)) == 1


def test_where_the_child_is_killed_the_next_document_has_a_new_process(started: list[int]) -> None:
    text_of("un")
    assert not reads(ENDLESS, cpu_seconds=1)
    assert (text_of("deux"), len(started)) == ("deux", 2)


def test_one_that_died_in_between_is_not_asked(started: list[int]) -> None:
    text_of("un")
    os.kill(int(child_of(started[0])), signal.SIGKILL)
    eventually(lambda: "Z" in Path(f"/proc/{started[0]}/stat").read_text().split()[2])
    assert (text_of("deux"), len(started)) == ("deux", 2)
