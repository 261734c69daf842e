# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that a user names: regular, of bounded size, and read at once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document import read_document
from ansible_collections.collectivites.antai.plugins.module_utils._store.files import read_file
from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput
from ansible_collections.collectivites.antai.plugins.module_utils.user_files import read_beginning, read_regular


def test_a_regular_file_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "key.pem").write_bytes(b"12345")
    assert read_regular(tmp_path / "key.pem", 5) == b"12345"
    assert read_beginning(tmp_path / "key.pem", 3) == b"123"


@pytest.mark.parametrize("read", [read_file, read_document])
@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/dev/zero", "no regular file"),
        ("/proc/self/fd", "Is a directory"),
        ("pipe", "no regular file"),
        ("none", "No such file"),
        ("a" * 5000, "File name too long"),
        ("nul\0", "no path"),
    ],
)
def test_what_is_none_is_refused_by_its_name(tmp_path: Path, name: str, reason: str, read: object) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert callable(read)
    with pytest.raises(InvalidInput, match=reason) as refused:
        read(tmp_path / name, "certificate")
    assert refused.value.details["field"] == "certificate"


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    with (tmp_path / "disk.img").open("wb") as file:
        file.truncate(10**12)
    with pytest.raises(InvalidInput, match="more than"):
        read_file(tmp_path / "disk.img", "private_key")
