# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Libraries that are missing or too old: told before anything is done, all at once, with what to install."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils import libraries
from ansible_collections.collectivites.antai.plugins.module_utils._doctor import local
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document import holds_document
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.tasks import Task, run_task
from ansible_collections.collectivites.antai.plugins.module_utils._resources.kinds import Needs
from ansible_collections.collectivites.antai.plugins.module_utils.errors import MissingLibrary
from ansible_collections.collectivites.antai.plugins.module_utils.libraries import CORE, is_older, misfits, require, require_for

Installed = Callable[..., None]


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> Installed:
    """Other versions than those that are there, by package (None: none)."""

    def instead(**versions: str | None) -> None:
        real = libraries.installed_version
        found = {name.replace("_", "-"): version for name, version in versions.items()}
        monkeypatch.setattr(libraries, "installed_version", lambda library: found.get(library.package, real(library)))

    return instead


@pytest.mark.parametrize(
    ("version", "floor", "older"),
    [
        ("45.0.1", "45.0.1", False),
        ("45.0.0", "45.0.1", True),
        ("43.0.3", "45.0.1", True),
        ("100.0", "45.0.1", False),
        ("2", "1.19", False),
        ("1.9", "1.19", True),
        ("45.0.1.post2", "45.0.1", False),
        ("46.0.0rc1", "45.0.1", False),
        ("unknown", "1.0", True),
    ],
)
def test_versions_are_compared_by_their_numbers(version: str, floor: str, older: bool) -> None:
    assert is_older(version, floor) is older


def test_what_is_installed_here_fits() -> None:
    assert misfits((*CORE, *libraries.DOCUMENTS)) == []


def test_all_that_does_not_fit_is_told_at_once(installed: Installed) -> None:
    installed(cryptography="43.0.3", jmespath=None)
    with pytest.raises(MissingLibrary) as raised:
        require()
    assert raised.value.sentence == (
        "Python packages where this task runs: cryptography 43.0.3 is installed, and 45.0.1 or newer is needed; jmespath is missing - "
        f"install them and run again: {sys.executable} -m pip install 'cryptography>=45.0.1' 'jmespath>=1.0.0'"
    )


def test_what_is_there_and_cannot_be_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "MISSING", ["requests"])
    with pytest.raises(MissingLibrary, match=r"requests [0-9.]+ is installed, and cannot be imported"):
        require()


@pytest.mark.parametrize(
    ("versions", "documents", "named"),
    [
        ({"pypdf": None}, False, None),
        ({"pypdf": None}, True, "pypdf is missing"),
        ({"pypdf": "5.9"}, True, r"pypdf 5.9 is installed, and 6.0.0 or newer is needed"),
        ({"pyHanko": None}, True, None),  # missed where a document is signed electronically
        ({"pyHanko": "0.35.0"}, True, "pyHanko 0.35.0 is installed, and 0.36.0 or newer is needed"),
        ({"pyHanko": "0.35.0"}, False, None),
    ],
)
def test_documents_need_more(installed: Installed, versions: dict[str, Any], documents: bool, named: str | None) -> None:
    installed(**versions)
    if named is None:
        require_for(documents)
        return
    with pytest.raises(MissingLibrary, match=named):
        require_for(documents)


@pytest.mark.parametrize(
    ("versions", "parameters"), [({"cryptography": "43.0.3"}, {}), ({"pypdf": "5.0.0"}, {"document_content": "JVBERi0="})]
)
def test_no_module_begins(installed: Installed, versions: dict[str, Any], parameters: dict[str, Any]) -> None:
    begun: list[bool] = []
    installed(**versions)
    result = run_task(Task({}, lambda *_arguments: begun.append(True) or {}, needs=Needs(documents=holds_document)), parameters, False)
    assert (begun, result["failed"], result["error"]["code"]) == ([], True, "missing_library")


def test_the_doctor_tells_of_what_documents_need(installed: Installed) -> None:
    assert local.document_libraries().outcome == "ok"
    installed(pypdf="5.0.0", pyHanko=None)
    finding = local.document_libraries().as_dict("en")
    assert (finding["outcome"], finding["what_to_do"]) == ("fail", f"{sys.executable} -m pip install 'pypdf>=6.0.0' 'pyHanko>=0.36.0'")
    assert "pypdf 5.0.0 is installed" in finding["what"]
    installed(pypdf=None, pyHanko=None)
    assert local.document_libraries().outcome == "skipped"
