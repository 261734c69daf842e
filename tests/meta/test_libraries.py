# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The floors of libraries stand in one table; what users read elsewhere says the same."""

from __future__ import annotations

import re

import pytest
import yaml

from ansible_collections.collectivites.antai.plugins.module_utils.libraries import CORE, DOCUMENTS, is_older
from tests.support.collection import PLUGINS, ROOT

TABLE = {library.package: library.floor for library in (*CORE, *DOCUMENTS)}
DOCUMENTED = sorted([*(PLUGINS / "modules").glob("*.py"), *(PLUGINS / "doc_fragments").glob("*.py")])


def test_requirements_are_the_table() -> None:
    lines = [line.partition("#")[0].strip() for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()]
    assert dict(line.split(">=") for line in lines if line) == TABLE


def test_development_has_nothing_older() -> None:
    pinned = dict(re.findall(r"^([\w-]+)(?:\[\w+\])?==([\w.]+)$", (ROOT / "requirements-dev.in").read_text(encoding="utf-8"), re.MULTILINE))
    assert not {package for package, floor in TABLE.items() if is_older(pinned[package], floor)}


@pytest.mark.parametrize("path", DOCUMENTED, ids=lambda path: str(path.stem))
def test_a_floor_in_the_documentation_is_that_of_the_table(path: object) -> None:
    text = path.read_text(encoding="utf-8")  # type: ignore[attr-defined]
    blocks = re.findall(r"^requirements:\n((?:  - .*\n)+)", text, re.MULTILINE)
    for line in (line for block in blocks for line in yaml.safe_load(block)):
        package, _sign, rest = line.partition(" >= ")
        if rest:
            assert re.match(r"[0-9.]+", rest)[0].rstrip(".") == TABLE[package], line  # type: ignore[index]
