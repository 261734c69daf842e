# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes that read documents: one for many documents, none for two of our processes, and none of them left behind.

What one document may leave to the next: nothing that changes what is said of it.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.confined_inspection import Limits, inspect_document
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.inspection import Inspection
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.process_pool import (
    START,
    InspectionProcess,
    PoolSettings,
    ProcessPool,
)
from tests.support.bench import eventually
from tests.support.pdfs import Sheet
from tests.support.signing import NOW, ca, page_changed, sign

# Six megabytes, in which the end of the document is out of sight.
LARGE = Sheet(lines=["lourd"]).pdf() + b"\n%" * 3_000_000
# A third of a second of processor time, and many times as much.
LONG, ENDLESS = (Sheet(lines=["une ligne parmi d'autres"] * lines).pdf() for lines in (12_000, 200_000))
ACTIVE = Sheet(lines=["actif"], catalog="/OpenAction << /S /JavaScript /JS (app.beep) >>").pdf()


class Pool:
    """A pool, and the processes that it started."""

    def __init__(self, **settings: Any) -> None:
        self.started: list[int] = []
        self.pool = ProcessPool(PoolSettings(**settings), self._start)

    def _start(self, settings: PoolSettings) -> InspectionProcess:
        process = InspectionProcess(settings)
        self.started.append(process.pid)
        return process

    def inspect(self, content: bytes, anchors: tuple[str, ...] = (), **limits: float) -> Inspection:
        return inspect_document(content, NOW, anchors, Limits(**limits), self.pool)  # type: ignore[arg-type]

    def text_of(self, words: str) -> str:
        return self.inspect(Sheet(lines=[words]).pdf()).text.strip()

    def child(self) -> str:
        """Who reads the next document for its first process."""
        process = self.started[0]

        def children() -> str:
            return Path(f"/proc/{process}/task/{process}/children").read_text().strip()

        eventually(lambda: children() != "")
        return children()


@pytest.fixture
def pools() -> Iterator[Callable[..., Pool]]:
    open_pools: list[Pool] = []

    def pool(**settings: Any) -> Pool:
        open_pools.append(Pool(**settings))
        return open_pools[-1]

    yield pool
    for open_pool in open_pools:
        open_pool.pool.close()


@pytest.fixture
def pool(pools: Callable[..., Pool]) -> Pool:
    return pools()


def test_one_process_reads_many_documents(pool: Pool) -> None:
    assert [pool.text_of(words) for words in ("un", "deux", "trois")] == ["un", "deux", "trois"]
    assert len(pool.started) == 1


def test_what_one_document_exhausts_the_next_one_has(pool: Pool) -> None:
    heavy = pool.inspect(LARGE, memory_mib=16)
    assert (heavy.heavy, "16 MiB" in (heavy.unreadable or "")) == (True, True)
    assert pool.text_of("léger") == "léger"
    assert len(pool.started) == 1


def test_threads_get_their_own_answers_and_no_more_processes_than_processors(pools: Callable[..., Pool]) -> None:
    pool = pools(most_processes=2, worth_waiting=0.0)
    words = [f"document {number}" for number in range(24)]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(pool.text_of, words)) == words
    assert 1 <= len(pool.started) <= 2


def test_many_short_documents_need_no_second_process(pools: Callable[..., Pool]) -> None:
    pool = pools(worth_waiting=60.0)
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(pool.text_of, map(str, range(24))))) == 24
    assert len(pool.started) == 1


def test_a_long_document_lets_the_others_pass(pools: Callable[..., Pool]) -> None:
    pool = pools(most_processes=2)
    pool.text_of("un")
    with pool.pool.process():
        assert pool.text_of("deux") == "deux"
    assert (pool.text_of("trois"), len(pool.started)) == ("trois", 2)


def test_a_large_document_passes_through_the_pipes(pool: Pool) -> None:
    assert pool.inspect(LARGE).damage == "it is cut short: the end-of-file mark is missing"


def test_a_process_that_was_forked_from_ours_has_its_own(pool: Pool) -> None:
    assert pool.text_of("avant") == "avant"
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(theirs, pool.text_of("dans le fils").encode())
        os._exit(len(pool.started))
    os.close(theirs)
    with os.fdopen(ours, "rb") as pipe:
        assert pipe.read() == b"dans le fils"
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 2
    assert (pool.text_of("après"), len(pool.started)) == ("après", 1)


def test_none_is_left_when_the_pool_is_closed(pool: Pool) -> None:
    pool.text_of("un")
    assert Path(f"/proc/{pool.started[0]}").exists()
    pool.pool.close()
    assert not Path(f"/proc/{pool.started[0]}").exists()


def test_who_has_read_a_plain_document_reads_the_next(pool: Pool) -> None:
    pool.text_of("un")
    child = pool.child()
    assert [pool.text_of(words) for words in ("deux", "trois")] == ["deux", "trois"]
    assert pool.child() == child


def test_who_has_read_a_whole_signature_reads_the_next_but_not_after_a_broken_one(pool: Pool) -> None:
    signed, children = sign(Sheet(lines=["signé"]).pdf()), []
    for _turn in range(3):
        signature = pool.inspect(signed, (ca().pem,)).signatures[0]
        assert (signature.intact, signature.valid, signature.distrust) == (True, True, None)
        children.append(pool.child())
    assert children[1] == children[2]
    assert pool.inspect(page_changed(signed)).signatures[0].altered
    eventually(lambda: pool.child() != children[2])


@pytest.mark.parametrize(
    "remarkable",
    [ACTIVE, Sheet(lines=["abîmé"]).pdf() + b"\n%" * 1000, b"%PDF-1.7\nno PDF\n"],
    ids=["active content", "damaged", "unreadable"],
)
def test_after_a_remarkable_document_another_child_reads(pool: Pool, remarkable: bytes) -> None:
    pool.text_of("un")
    child = pool.child()
    pool.inspect(remarkable)
    eventually(lambda: pool.child() != child)
    assert (pool.text_of("deux"), len(pool.started)) == ("deux", 1)


@pytest.mark.parametrize("bound", ["MOST_DOCUMENTS = 1", "MOST_GROWTH = -1"])
def test_nobody_reads_too_many_documents_nor_grows_with_them(pools: Callable[..., Pool], bound: str) -> None:
    pool = pools(start=START.replace("from {module} import main; main()", f"import {{module}} as h; h.{bound}; h.main()"))
    pool.text_of("un")
    child = pool.child()
    assert pool.text_of("deux") == "deux"
    eventually(lambda: pool.child() != child)


def test_each_document_has_all_the_time_of_the_limit(pool: Pool) -> None:
    children = []
    for _turn in range(5):
        assert pool.inspect(LONG, cpu_seconds=1).unreadable is None
        children.append(pool.child())
    assert len(set(children)) == 1


def test_where_the_child_is_killed_the_next_document_has_a_new_process(pool: Pool) -> None:
    pool.text_of("un")
    assert pool.inspect(ENDLESS, cpu_seconds=1).unreadable
    assert (pool.text_of("deux"), len(pool.started)) == ("deux", 2)


def test_one_that_died_in_between_is_not_asked(pool: Pool) -> None:
    pool.text_of("un")
    os.kill(int(pool.child()), signal.SIGKILL)
    eventually(lambda: "Z" in Path(f"/proc/{pool.started[0]}/stat").read_text().split()[2])
    assert (pool.text_of("deux"), len(pool.started)) == ("deux", 2)
