# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes that read documents: one for many documents, none for two of our processes, and none of them left behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.pdf import readers
from ansible_collections.collectivites.antai.plugins.module_utils.pdf.confined import Limits, read_document
from tests.support.pdfs import Sheet
from tests.support.signing import NOW

# Six megabytes, in which the end of the document is out of sight.
LARGE = Sheet(lines=["lourd"]).pdf() + b"\n%" * 3_000_000
STARTED: list[int] = []


class Counted(readers._Reader):
    def __init__(self, command: list[str]) -> None:
        super().__init__(command)
        STARTED.append(self._process.pid)


@pytest.fixture(autouse=True)
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """The processes that this test starts."""
    readers.close()
    STARTED.clear()
    monkeypatch.setattr(readers, "_Reader", Counted)
    yield STARTED
    readers.close()


def text_of(words: str) -> str:
    return read_document(Sheet(lines=[words]).pdf(), NOW).text.strip()


def test_one_process_reads_many_documents(started: list[int]) -> None:
    assert [text_of(words) for words in ("un", "deux", "trois")] == ["un", "deux", "trois"]
    assert len(started) == 1


def test_what_one_document_exhausts_the_next_one_has(started: list[int]) -> None:
    heavy = read_document(LARGE, NOW, limits=Limits(memory_mib=16))
    assert (heavy.heavy, "16 MiB" in (heavy.unreadable or "")) == (True, True)
    assert text_of("léger") == "léger"
    assert len(started) == 1


def test_threads_get_their_own_answers_and_no_more_processes_than_processors(started: list[int]) -> None:
    words = [f"document {number}" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(text_of, words)) == words
    assert 1 <= len(started) <= readers.MOST


def test_a_large_document_passes_through_the_pipes(started: list[int]) -> None:
    assert read_document(LARGE, NOW).damage == "it is cut short: the end-of-file mark is missing"


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
    readers.close()
    assert not Path(f"/proc/{started[0]}").exists()
