# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The process that reads a document: bounded, alone, and never a traceback."""

from __future__ import annotations

import sys

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils import libraries
from ansible_collections.collectivites.antai.plugins.module_utils._pdf import process_pool
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.confined_inspection import Limits, inspect_document
from ansible_collections.collectivites.antai.plugins.module_utils.errors import DocumentError, MissingLibrary
from tests.support.pdfs import Sheet
from tests.support.signing import NOW, sign

PLAIN = Sheet(lines=["bonjour"]).pdf()


def test_a_document_is_read() -> None:
    found = inspect_document(PLAIN, NOW)
    assert (found.pages, found.text.strip(), found.unreadable) == (1, "bonjour", None)


def test_too_little_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "START", "import time; time.sleep(60) # {here}")
    found = inspect_document(PLAIN, NOW, limits=Limits(seconds=0.2))
    assert (found.heavy, "0.2 seconds" in (found.unreadable or "")) == (True, True)


def test_too_much_work(monkeypatch: pytest.MonkeyPatch) -> None:
    start = "import resource\nresource.setrlimit(resource.RLIMIT_CPU, (1, 2))\nwhile True: pass # {here}"
    monkeypatch.setattr(process_pool, "START", start)
    found = inspect_document(PLAIN, NOW)
    assert (found.heavy, "20 seconds of processor time" in (found.unreadable or "")) == (True, True)


@pytest.mark.parametrize("greed", ["bytearray(2**31)", "[bytearray(2**20) for _ in range(4000)]"])
def test_too_little_memory(monkeypatch: pytest.MonkeyPatch, greed: str) -> None:
    start = f"import resource; resource.setrlimit(resource.RLIMIT_AS, (2**28, 2**28)); {greed} # {{here}}"
    monkeypatch.setattr(process_pool, "START", start)
    found = inspect_document(PLAIN, NOW)
    assert (found.heavy, "640 MiB" in (found.unreadable or "")) == (True, True)


def test_a_killed_process_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "START", "import os; os.abort() # {here}")
    assert inspect_document(PLAIN, NOW).heavy


@pytest.mark.parametrize("said", ["b'no JSON\\n'", "b'x' * 100_000"], ids=["no JSON", "without an end"])
def test_a_process_that_says_what_we_never_taught_it_is_killed(monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setattr(process_pool, "MOST_ANSWER", 50_000)
    monkeypatch.setattr(process_pool, "START", f"import os, time; os.write(1, {said}); time.sleep(60) # {{here}}")
    found = inspect_document(PLAIN, NOW, limits=Limits(seconds=30))
    assert (found.heavy, "640 MiB" in (found.unreadable or "")) == (True, True)


def test_a_process_that_fails_by_itself_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_pool, "START", "raise SystemExit('no such thing') # {here}")
    with pytest.raises(DocumentError, match="no such thing"):
        inspect_document(PLAIN, NOW)


def test_no_process_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    with pytest.raises(DocumentError, match="no process can be started"):
        inspect_document(PLAIN, NOW)


def test_it_gets_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTAI_PASSWORD", "secret")
    monkeypatch.setattr(
        process_pool, "START", "import os; raise SystemExit(' '.join(each for each in os.environ if each[:2] != 'LC')) # {here}"
    )
    with pytest.raises(DocumentError, match=r"ended at once: PATH$"):
        inspect_document(PLAIN, NOW)


def test_without_pypdf_the_user_reads_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "installed_version", lambda library: None)
    with pytest.raises(MissingLibrary, match="pypdf is missing"):
        inspect_document(PLAIN, NOW)


def test_without_pyhanko_only_a_signed_document_needs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = "import sys, json; sys.path[:] = json.loads(sys.argv[1]); from importlib import metadata as m; v = m.version\n"
    hidden += "def version(name):\n    if name == 'pyHanko': raise m.PackageNotFoundError\n    return v(name)\n"
    hidden += "m.version = version; from {here} import main; main()"
    monkeypatch.setattr(process_pool, "START", hidden)
    assert inspect_document(PLAIN, NOW).unreadable is None
    with pytest.raises(MissingLibrary, match="pyHanko is missing"):
        inspect_document(sign(PLAIN), NOW)
