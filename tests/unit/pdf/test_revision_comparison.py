# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as a change of a document beyond its annotations and its form fields."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.revision_comparison import differ_in_annotations_only
from tests.convention_proof.special import nested, own_reference
from tests.support.pdfs import Field, Raw, Sheet
from tests.support.signing import annotated, field_changed, mayor, page_changed, sign

BEFORE = Sheet(lines=["Convention"], fields=[Field("nom")], image=True).pdf()


def doubling(raw: Raw) -> None:
    """Thirty objects, each of which names the next one twice."""
    below = raw.add(b"(end)")
    for _level in range(30):
        below = raw.add(b"[%d 0 R %d 0 R]" % (below, below))
    raw.objects[raw.root - 1] = raw.objects[raw.root - 1][:-2] + b"/PieceInfo %d 0 R >>" % below


@pytest.mark.parametrize(
    ("after", "alike"),
    [
        pytest.param(BEFORE, True, id="nothing"),
        pytest.param(annotated(BEFORE), True, id="a drawing"),
        pytest.param(annotated(BEFORE, "Stamp"), True, id="a stamp"),
        pytest.param(field_changed(BEFORE, "nom", "Lyon"), True, id="a field"),
        pytest.param(sign(BEFORE, mayor()), True, id="a signature"),
        pytest.param(page_changed(BEFORE), False, id="the page"),
        pytest.param(BEFORE.replace(b"(Convention)", b"(Conventian)"), False, id="a letter"),
        pytest.param(BEFORE.replace(b"[0 0 595 842]", b"[0 0 595 800]"), False, id="the size of the page"),
        pytest.param(Sheet(lines=["Convention"], fields=[Field("nom")], image=True, pages=2).pdf(), False, id="a page more"),
        pytest.param(BEFORE.replace(b"/Width 60", b"/Width 30"), False, id="an image"),
        pytest.param(own_reference(), False, id="what refers to itself"),
        pytest.param(nested(b"[", b"]"), False, id="what is nested too deep"),
        pytest.param(b"%PDF-", False, id="what cannot be read"),
    ],
)
def test_only_annotations_and_fields_may_differ(after: bytes, alike: bool) -> None:
    assert differ_in_annotations_only(BEFORE, after) is alike


def test_an_object_that_is_met_often_is_looked_at_once() -> None:
    content = Sheet(change=doubling).pdf()
    assert differ_in_annotations_only(content, content)
