# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that reads a document: bounded, alone, and never a traceback."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils import libraries
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.confined_inspection import Limits, inspect_document
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.process_pool import InspectionProcess, PoolSettings, ProcessPool
from ansible_collections.collectivites.antai.plugins.module_utils.errors import DocumentError, MissingLibrary
from tests.support.pdfs import Sheet
from tests.support.signing import NOW, sign

PLAIN = Sheet(lines=["bonjour"]).pdf()


@pytest.fixture
def starting() -> Iterator[Callable[..., ProcessPool]]:
    """Pools whose processes begin as a test says."""
    pools: list[ProcessPool] = []

    def pool(start: str, **settings: int) -> ProcessPool:
        pools.append(ProcessPool(PoolSettings(start=start, **settings)))  # type: ignore[arg-type]
        return pools[-1]

    yield pool
    for process_pool in pools:
        process_pool.close()


def test_a_document_is_read() -> None:
    inspection = inspect_document(PLAIN, NOW)
    assert (inspection.pages, inspection.text.strip(), inspection.unreadable) == (1, "bonjour", None)


def test_too_little_time(starting: Callable[..., ProcessPool]) -> None:
    pool = starting("import time; time.sleep(60) # {module}")
    inspection = inspect_document(PLAIN, NOW, pool=pool, limits=Limits(seconds=0.2))
    assert (inspection.heavy, "0.2 seconds" in (inspection.unreadable or "")) == (True, True)


def test_too_much_work(starting: Callable[..., ProcessPool]) -> None:
    start = "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass # {module}"
    pool = starting(start)
    inspection = inspect_document(PLAIN, NOW, pool=pool)
    assert (inspection.heavy, "20 seconds of processor time" in (inspection.unreadable or "")) == (True, True)


@pytest.mark.parametrize("greed", ["bytearray(2**31)", "[bytearray(2**20) for _ in range(4000)]"])
def test_too_little_memory(starting: Callable[..., ProcessPool], greed: str) -> None:
    start = f"import resource; resource.setrlimit(resource.RLIMIT_AS, (2**28, 2**28)); {greed} # {{module}}"
    pool = starting(start)
    inspection = inspect_document(PLAIN, NOW, pool=pool)
    assert (inspection.heavy, "640 MiB" in (inspection.unreadable or "")) == (True, True)


def test_a_killed_process_is_a_finding(starting: Callable[..., ProcessPool]) -> None:
    pool = starting("import os; os.abort() # {module}")
    assert inspect_document(PLAIN, NOW, pool=pool).heavy


@pytest.mark.parametrize("said", ["b'no JSON\\n'", "b'x' * 100_000"], ids=["no JSON", "without an end"])
def test_a_process_that_says_what_we_never_taught_it_is_killed(starting: Callable[..., ProcessPool], said: str) -> None:
    pool = starting(f"import os, time; os.write(1, {said}); time.sleep(60) # {{module}}", most_answer=50_000)
    inspection = inspect_document(PLAIN, NOW, pool=pool, limits=Limits(seconds=30))
    assert (inspection.heavy, "640 MiB" in (inspection.unreadable or "")) == (True, True)


def test_a_process_that_fails_by_itself_is_an_error(starting: Callable[..., ProcessPool]) -> None:
    pool = starting("raise SystemExit('no such thing') # {module}")
    with pytest.raises(DocumentError, match="no such thing"):
        inspect_document(PLAIN, NOW, pool=pool)


def test_no_process_at_all() -> None:
    def refuse(_settings: PoolSettings) -> InspectionProcess:
        raise FileNotFoundError(2, "No such file or directory")

    with pytest.raises(DocumentError, match="no process can be started"):
        inspect_document(PLAIN, NOW, pool=ProcessPool(start=refuse))


def test_it_gets_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch, starting: Callable[..., ProcessPool]) -> None:
    monkeypatch.setenv("ANTAI_PASSWORD", "secret")
    pool = starting("import os; raise SystemExit(' '.join(each for each in os.environ if each[:2] != 'LC')) # {module}")
    with pytest.raises(DocumentError, match=r"ended at once: PATH$"):
        inspect_document(PLAIN, NOW, pool=pool)


def test_without_pypdf_the_user_reads_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "installed_version", lambda library: None)
    with pytest.raises(MissingLibrary, match="pypdf is missing"):
        inspect_document(PLAIN, NOW)


def test_without_pyhanko_only_a_signed_document_needs_it(starting: Callable[..., ProcessPool]) -> None:
    hidden = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from importlib import metadata as m; v = m.version\n"
    hidden += "def version(name):\n    if name == 'pyHanko': raise m.PackageNotFoundError\n    return v(name)\n"
    hidden += "m.version = version; from {module} import main; main()"
    pool = starting(hidden)
    assert inspect_document(PLAIN, NOW, pool=pool).unreadable is None
    with pytest.raises(MissingLibrary, match="pyHanko is missing"):
        inspect_document(sign(PLAIN), NOW, pool=pool)
