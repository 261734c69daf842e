# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the cross-reference table leads to the objects: to the very ones that it names."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.inspector import _lost_objects

CONTENT = b"%PDF-1.7\n12 0 obj\n<< >>\nendobj\n7  3\nobj\n"
TWELVE, SEVEN = CONTENT.index(b"12 0"), CONTENT.index(b"7  3")


@pytest.mark.parametrize(
    ("generation", "number", "offset", "lost"),
    [
        (0, 12, TWELVE, False),
        (0, 12, TWELVE - 1, False),  # white space before it
        (0, 12, 0, False),  # says nothing
        (65535, 12, TWELVE, False),  # a free entry that is used
        (3, 7, SEVEN, False),
        (0, 12, TWELVE + 1, True),  # 2 0 obj
        (0, 2, TWELVE, True),
        (0, 12, SEVEN, True),
        (0, 7, SEVEN, True),  # another generation
        (0, 12, TWELVE + 9, True),  # in its midst
        (0, 12, len(CONTENT) + 9, True),
    ],
)
def test_each_object_is_where_the_table_says(generation: int, number: int, offset: int, lost: bool) -> None:
    damage = _lost_objects(SimpleNamespace(xref={generation: {number: offset}}), CONTENT)
    assert damage == ("1 of its objects are not where its cross-reference table says" if lost else None)
