# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SECURITY.md names tests that are there."""

from __future__ import annotations

import re

import pytest

from tests.support.collection import ROOT

PROMISES = re.findall(r"`(tests/[a-z_/]+\.py)::(test_\w+)`", (ROOT / "SECURITY.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("file", "test"), PROMISES)
def test_each_promise_is_held_by_a_test_that_is_there(file: str, test: str) -> None:
    assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")


def test_each_line_of_the_table_names_one() -> None:
    table = (ROOT / "SECURITY.md").read_text(encoding="utf-8").partition("| what | against | tested by |")[2].partition("\n\n")[0]
    lines = table.splitlines()[2:]
    assert len(lines) > 15
    assert [line for line in lines if "::test_" not in line] == []
