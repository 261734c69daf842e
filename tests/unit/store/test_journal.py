# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal, written and read back."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._store.journal import JournalEntry, parse_entry
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store

SIRET = "21810004800014"
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"), SIRET)


def test_history_is_the_last_first_of_one_target_or_of_all(store: Store) -> None:
    store.note(NOW, "install_certificate", "a")
    store.note(NOW, "make_request", "acme")
    store.note(NOW, "activate_certificate", "a")
    assert list(store.history("a")) == [JournalEntry(NOW, "activate_certificate", "a"), JournalEntry(NOW, "install_certificate", "a")]
    assert [entry.step for entry in store.history()] == ["activate_certificate", "make_request", "install_certificate"]


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ('{"at": "2026-03-02T10:00:00+00:00", "what": "one", "target": "t"}', JournalEntry(NOW, "one", "t")),
        ('{"at": "2026-03-02T10:00:00Z", "what": "one"}', JournalEntry(NOW, "one", "")),
        ('{"what": "one", "target": 3}', JournalEntry(None, "one", "")),
        ('{"at": "yesterday", "what": "one", "target": "t"}', JournalEntry(None, "one", "t")),
        ('{"at": "2026-03-02T10:00:00Z", "target": "t"}', None),
        ('{"at": "2026-03-02T10:', None),
        ("[]", None),
        ("", None),
    ],
)
def test_a_line_is_read_for_what_it_says(line: str, entry: JournalEntry | None) -> None:
    assert parse_entry(line) == entry


def test_lines_that_are_no_entries_are_passed_over(store: Store) -> None:
    store.note(NOW, "one", "t")
    with (store.root / "journal.jsonl").open("ab") as file:
        file.write(b'{"at": "2026-03-02T10:00:00Z"}\n{"at": "20\xff\n')
    store.note(NOW, "two", "t")
    assert [entry.step for entry in store.history("t")] == ["two", "one"]
