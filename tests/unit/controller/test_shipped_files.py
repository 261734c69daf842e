# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What options name on the controller: the shipped by name, a user's by path; nothing that fills the memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.plugin_utils._controller import profile_file, trust_store
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.shipped_files import (
    FORMS,
    PROFILES,
    TRUST_STORES,
    UnreadableFile,
    read_yaml,
)

LEVELS = [f"l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 10)}]" for level in range(1, 9)]
BOMB = "\n".join(["l0: &l0 lol", *LEVELS])


@pytest.mark.parametrize(("files", "name"), [(PROFILES, "sandbox"), (FORMS, "sandbox"), (TRUST_STORES, "france")])
def test_shipped_by_name(files: object, name: str) -> None:
    assert isinstance(files, type(PROFILES))
    path = files.find(name)
    assert path is not None
    assert path.is_file()
    assert name in files.hint()
    assert files.find(f"../{files.folder}/{name}") is None
    assert files.find("mine") is None


@pytest.mark.parametrize("load", [profile_file.load, trust_store.load, read_yaml])
@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (BOMB, "more than 200000 parts"),
        ("a: &a [*a]", "contains itself"),
        ("[" * 100_000, "not YAML"),
        ("\tx: [", "not YAML"),
        (b"\xff\xfe", "no text file"),
    ],
    ids=["alias bomb", "loop", "depth", "no YAML", "no text"],
)
def test_what_cannot_be_read_says_so(tmp_path: Path, load: object, content: str | bytes, reason: str) -> None:
    path = tmp_path / "mine.yml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    assert callable(load)
    with pytest.raises(UnreadableFile, match=reason) as refused:
        load(path)
    assert str(path) in str(refused.value)


@pytest.mark.parametrize("load", [profile_file.load, trust_store.load, read_yaml])
@pytest.mark.parametrize(("name", "reason"), [("/dev/zero", "no regular file"), ("/dev", "Is a directory")])
def test_a_device_is_no_file(load: object, name: str, reason: str) -> None:
    assert callable(load)
    with pytest.raises(UnreadableFile, match=reason):
        load(Path(name))
