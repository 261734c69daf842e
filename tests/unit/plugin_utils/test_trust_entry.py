# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that adds an entry, and the reading of a store's files."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import read_store
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.shipped_files import TRUST_STORES, UnreadableFile
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.trust_store import load
from ansible_collections.collectivites.antai.plugins.plugin_utils.trust_entry import main

CA = TRUST_STORES.path / "certigna_services_ca.pem"


def add(store: Path, name: str = "mine", *more: str) -> int:
    return main([str(store), str(CA), "--name", name, "--source", 'the "PC", page 10', *more])


def test_a_new_store_then_a_second_entry(tmp_path: Path) -> None:
    store = tmp_path / "mine.yml"
    assert add(store, "one", "--policy", "1.2.250.1", "--policy", "1.2.250.2", "--level", "RGS*", "--valid-to", "2030-01-01") == 0
    store.write_text(store.read_text().replace("entries:", "# kept\nentries:"))
    assert add(store, "two", "--usage", "server", "--usage", "client", "--doubts", "all: of it") == 0
    one, two = read_store(load(store)).entries
    assert (one.policies, one.usage, one.level, str(one.valid_to)) == (("1.2.250.1", "1.2.250.2"), ("client",), "RGS*", "2030-01-01")
    assert (two.usage, two.doubts, two.source) == (("server", "client"), "all: of it", 'the "PC", page 10')
    assert one.ca == two.ca
    assert "# kept" in store.read_text()


@pytest.mark.parametrize("before", ["---\nversion: 1\nentries: []\n", "version: 1\nentries:\n"])
def test_an_empty_store(tmp_path: Path, before: str) -> None:
    store = tmp_path / "mine.yml"
    store.write_text(before)
    assert add(store) == 0
    assert len(read_store(load(store)).entries) == 1


@pytest.mark.parametrize(
    ("before", "more"),
    [
        ("version: 1\nentries: []\nnote: after\n", ()),
        ("version: 1\nentries:\n- x\n", ()),
        ("[1, 2]\n", ()),
        ("version: 1\nentries: [\n", ()),
        (None, ("--policy", "one")),
        (None, ("--valid-from", "soon")),
    ],
)
def test_nothing_is_written_that_cannot_be_used(
    tmp_path: Path, before: str | None, more: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "mine.yml"
    if before is not None:
        store.write_text(before)
    assert add(store, "mine", *more) == 1
    assert "nothing was added" in capsys.readouterr().err
    assert (store.read_text() if store.exists() else None) == before


def test_the_shipped_store_is_whole() -> None:
    path = TRUST_STORES.find("france")
    assert path
    assert {each.name for each in read_store(load(path)).entries} >= {"certigna-services-server", "chambersign-ac-2-etoiles"}
    assert TRUST_STORES.find("nowhere") is None
    assert TRUST_STORES.find("../trust/france") is None


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"entries: [{certificate: gone.pem}]", b"entries: {"])
def test_unreadable_files_are_named(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "s.yml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=str(tmp_path)):
        load(path)


def test_what_is_no_store_is_left_to_the_reader(tmp_path: Path) -> None:
    path = tmp_path / "s.yml"
    path.write_text("entries: [1]")
    assert load(path) == {"entries": [1]}
    path.write_text("x")
    assert load(path) == "x"
