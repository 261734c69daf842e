# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents as files: read whole, but never more than anybody would upload."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf import document as documents
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document import read_document
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput


def test_a_document_is_its_name_and_its_content(tmp_path: Path) -> None:
    path = tmp_path / "signed.pdf"
    path.write_bytes(b"%PDF-")
    document = read_document(path)
    assert (document.name, document.content, document.sha256) == ("signed.pdf", b"%PDF-", hashlib.sha256(b"%PDF-").hexdigest())


def test_of_a_huge_file_only_so_much_is_read_that_it_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "MOST_MIB", 1)
    path = tmp_path / "huge.pdf"
    with path.open("wb") as file:
        file.truncate(3 * documents.MIB)
    assert len(read_document(path).content) == documents.MIB + 1


def test_a_file_that_cannot_be_read_names_its_option(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"^document: .*No such file"):
        read_document(tmp_path / "none.pdf")
