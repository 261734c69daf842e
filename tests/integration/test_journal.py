# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antai_journal, run as a module: whole, tampered with, exported, forgotten."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Step
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.journal import journal_lines, note
from tests.support.run_module import run_module

ALBI, LYON = "21810004800014", "21690123100011"
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = Store(str(tmp_path / "store"), ALBI)
    note(made, NOW, "request_account")
    note(Store(made.top, LYON), NOW + timedelta(days=1), "request_account")
    made.announce(NOW + timedelta(days=2), Step("update_account", "", ""), ({"name": "Albi"}, {"name": "Ville d'Albi"}))
    return made


def audit(store: Store, *, check: bool = False, **options: Any) -> dict[str, Any]:
    result = run_module("antai_journal", {"store": store.top, **options}, check=check)
    assert result["exit_code"] == (1 if result.get("failed") else 0)
    return result


def test_a_journal_as_it_was_written(store: Store) -> None:
    result = audit(store)
    assert (result["changed"], result["journal"]["whole"], result["journal"]["lines"], result["journal"]["proved_to"]) == (
        False,
        True,
        5,
        None,
    )
    assert [(entry["siret"], entry["step"]) for entry in result["unfinished"]] == [(ALBI, "update_account")]
    assert result["entries"] == []
    anchored = audit(store, anchors=[result["journal"]["head"]])
    assert anchored["journal"]["proved_to"] == 5


def test_tampering_fails_the_task(store: Store) -> None:
    head = audit(store)["journal"]["head"]
    path = Path(store.top) / "journal.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:1] + lines[2:]))
    result = audit(store)
    assert (result["error"]["code"], [problem["code"] for problem in result["journal"]["problems"]]) == ("journal", ["removed"])
    assert result["msg"].startswith("before line 2, number 2 is missing - ")
    path.write_bytes(b"".join(lines[:3]))
    assert audit(store)["journal"]["whole"], "without an anchor, nobody can tell"
    assert audit(store, anchors=[head])["msg"].startswith("the anchor knows line number 5, and the journal ends before it")


def test_entries_of_a_collectivite_or_a_period(store: Store, tmp_path: Path) -> None:
    assert [entry["event"] for entry in audit(store, sirets=[LYON])["entries"]] == ["intent", "outcome"]
    assert [entry["number"] for entry in audit(store, since="2026-03-03", until="2026-03-04T10:00:00Z")["entries"]] == [3, 4]
    (store.root / "journal.jsonl").write_text('{"at": "2025-03-02T10:00:00+00:00", "what": "make_request", "target": "acme"}\n')
    result = audit(store, sirets=[ALBI], export=str(tmp_path / "out" / "albi.jsonl"))
    exported = [json.loads(line) for line in (tmp_path / "out" / "albi.jsonl").read_text().splitlines()]
    assert [(entry["step"], entry["chained"]) for entry in exported] == [
        ("make_request", False),
        *[("request_account", True)] * 2,
        ("update_account", True),
    ]
    assert (result["entries"], result["journal"]["unchained_entries"], (tmp_path / "out" / "albi.jsonl").stat().st_mode & 0o777) == (
        [],
        1,
        0o600,
    )


def test_personal_values_are_forgotten(store: Store) -> None:
    hashed = journal_lines(store)[-1]["after"]["name"]
    assert hashed.startswith("hmac-sha256:")
    assert (audit(store, forget=[ALBI], check=True)["changed"], (store.root / "journal.salt").exists()) == (True, True)
    assert (audit(store, forget=[ALBI])["changed"], (store.root / "journal.salt").exists()) == (True, False)
    result = audit(store, forget=[ALBI], sirets=[ALBI])
    assert (result["changed"], result["journal"]["whole"]) == (False, True)
    assert [entry["step"] for entry in result["entries"]][-2:] == ["destroy_salt"] * 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"since": "yesterday"}, "since: 'yesterday' is no date"),
        ({"sirets": ["218100048"]}, "siret: '218100048' is not a SIRET"),
        ({"forget": ["x"]}, "siret: 'x' is not a SIRET"),
    ],
)
def test_what_cannot_be_right_is_refused(store: Store, options: dict[str, Any], message: str) -> None:
    assert audit(store, **options)["msg"].startswith(message)


def test_a_folder_that_is_no_store(tmp_path: Path) -> None:
    result = run_module("antai_journal", {"store": str(tmp_path)})
    assert result["msg"] == f"{tmp_path} is no store: it has no store.json - give the folder that antai_store declares"
