# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents to upload: that each is a whole PDF of a reasonable size."""

from __future__ import annotations

import hashlib

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.documents import MAX_SIZE, check_pdf
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from tests.support.observed import PDF


def test_pdf() -> None:
    document = check_pdf("a.pdf", PDF)
    assert (document.name, document.content, document.sha256) == ("a.pdf", PDF, hashlib.sha256(PDF).hexdigest())


@pytest.mark.parametrize("after", [b"", b"\r\n", b"\0" * 1000])
def test_what_follows_the_end_mark(after: bytes) -> None:
    check_pdf("a.pdf", PDF + after)


def padded(size: int) -> bytes:
    return b"%PDF-" + b" " * (size - 10) + b"%%EOF"


def test_largest() -> None:
    assert len(check_pdf("a.pdf", padded(MAX_SIZE)).content) == MAX_SIZE


@pytest.mark.parametrize(
    ("content", "said"),
    [
        pytest.param(b"", "a.pdf is empty", id="empty"),
        pytest.param(padded(MAX_SIZE + 1), f"a.pdf has {MAX_SIZE + 1} bytes, more than {MAX_SIZE}", id="too large"),
        pytest.param(b"PK\x03\x04", "a.pdf is not a PDF", id="docx"),
        pytest.param(b"\n" + PDF, "a.pdf is not a PDF", id="something before"),
        pytest.param(b"%PDF-1.7 and no end", "a.pdf is cut short (no end-of-file mark)", id="cut short"),
        pytest.param(PDF + b"\0" * 1100, "a.pdf is cut short (no end-of-file mark)", id="end mark too far"),
    ],
)
def test_refused(content: bytes, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_pdf("a.pdf", content, "convention")
    assert caught.value.message == f"convention: {said}"
    assert caught.value.hint
