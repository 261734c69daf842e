# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which SIRET each host had before."""

from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.errors import InvalidInput, StoreError
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.earlier_sirets import EarlierSirets, read_all

ONE, OTHER = "21690123100011", "21310555400017"


def test_nothing_is_made_by_reading(tmp_path: Path) -> None:
    assert EarlierSirets(str(tmp_path / "store")).read() == {}
    assert not (tmp_path / "store").exists()


def test_hosts_of_another_run_stay(tmp_path: Path) -> None:
    known = EarlierSirets(str(tmp_path))
    known.record({"lyon": ONE, "toulouse": OTHER})
    known.record({"lyon": OTHER})
    assert EarlierSirets(str(tmp_path)).read() == {"lyon": OTHER, "toulouse": OTHER}


def test_what_is_known_is_not_written_again(tmp_path: Path) -> None:
    known = EarlierSirets(str(tmp_path))
    known.record({"lyon": ONE})
    file = tmp_path / ".hosts" / "sirets.json"
    written = file.stat().st_ino
    known.record({"lyon": ONE})
    assert file.stat().st_ino == written
    assert file.stat().st_mode & 0o777 == 0o600


def test_a_damaged_file_is_said_and_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / ".hosts").mkdir()
    (tmp_path / ".hosts" / "sirets.json").write_text("{", encoding="utf-8")
    with pytest.raises(StoreError):
        EarlierSirets(str(tmp_path)).read()
    found, problems = read_all({str(tmp_path)})
    assert (found, len(problems)) == ({}, 1)


def test_a_relative_store_is_refused() -> None:
    with pytest.raises(InvalidInput):
        EarlierSirets("store")
