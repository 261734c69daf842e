# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which heads a report keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.journal_heads import journal_heads
from tests.support.journal import journal_lines, note

SIRET = "21810004800014"


def test_one_head_of_each_store_that_was_written_to(tmp_path: Path) -> None:
    store = Store(str(tmp_path / "a"), SIRET)
    note(store, datetime(2026, 3, 2, tzinfo=UTC), "one")
    (tmp_path / "b").mkdir()
    (tmp_path / "c").mkdir()
    (tmp_path / "c" / "store.json").write_text("{")
    heads, problems = journal_heads([store.top, store.top, str(tmp_path / "b"), str(tmp_path / "c"), str(tmp_path / "none"), None])
    assert [(head["number"], head["hash"]) for head in heads] == [(2, journal_lines(store)[-1]["hash"])]
    assert [problem.partition(" cannot")[0] for problem in problems] == [str(tmp_path / "c" / "store.json")]
