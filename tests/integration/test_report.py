# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antai_report as a playbook uses it: the files it writes, and what it does not do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.support.collection import ROOT, returns
from tests.support.playbook import Played, play
from tests.support.statuses import CONTROL, DONE, status_of

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())
HOSTS = {
    "lyon": {"changed": False, "status": status_of(CONTROL, DONE, DONE, DONE), "waiting": [], "steps": []},
    "nice": {"changed": False, "failed": True, "msg": "boom", "status": None},
}


INVENTORY = """
all:
  hosts:
    lyon:
    nice:
      antai_siret: "{{ nic }}00018"
      antai_name: !unsafe Nice {{
      nic: "210600888"
"""


def reported(home: Path, *words: str, **options: Any) -> Played:
    tasks = [{"name": "Report", "collectivites.antai.antai_report": options, "run_once": True}]
    told = {"antai_fleet_result": {"hosts": HOSTS}}
    playbook = home / "report.yml"
    playbook.write_text(yaml.safe_dump([{"name": "Report", "hosts": "all", "gather_facts": False, "vars": told, "tasks": tasks}]))
    inventory = home / "hosts.yml"
    inventory.write_text(INVENTORY)
    return play(playbook, inventory, home / "home", *words)


def test_it_writes_both_files(tmp_path: Path) -> None:
    sheet, data = tmp_path / "out" / "report.csv", tmp_path / "out" / "report.json"
    played = reported(tmp_path, csv=str(sheet), json=str(data))
    (result,) = [each["result"] for each in played.results]
    assert (played.code, result["changed"], result["files"]) == (0, False, [str(sheet), str(data)])
    assert set(result) >= set(returns("antai_report"))
    told = json.loads(data.read_text())
    jsonschema.validate(told, SCHEMA)
    assert told == result["report"]
    assert [each["alert"] for each in told["collectivites"]] == ["failed", "waiting"]
    failed = told["collectivites"][0]
    assert (failed["name"], failed["siret"]) == ("Nice {{", "21060088800018")
    assert sheet.read_text(encoding="utf-8-sig").splitlines()[1].startswith("Nice {{;")
    assert sorted(each.name for each in sheet.parent.iterdir()) == ["report.csv", "report.json"]
    assert "boom" in played.stdout
    assert "ANTAI (espace numérique)" in played.stdout


def test_a_folder_gets_both_forms(tmp_path: Path) -> None:
    played = reported(tmp_path, folder=str(tmp_path / "out"))
    files = [str(tmp_path / "out" / name) for name in ("report.csv", "report.json")]
    assert (played.code, played.results[0]["result"]["files"]) == (0, files)
    assert json.loads(Path(files[1]).read_text()) == played.results[0]["result"]["report"]
    assert f"Dans des fichiers : {', '.join(files)}" in played.stdout
    assert [each["result"]["files"] for each in reported(tmp_path, "--check", folder=str(tmp_path / "other")).results] == [[]]
    assert not (tmp_path / "other").exists()


def test_check_mode_prints_and_writes_nothing(tmp_path: Path) -> None:
    played = reported(tmp_path, "--check", csv=str(tmp_path / "report.csv"))
    assert (played.code, played.results[0]["result"]["files"]) == (0, [])
    assert not (tmp_path / "report.csv").exists()
    assert "boom" in played.stdout


def test_many_get_a_summary(tmp_path: Path) -> None:
    played = reported(tmp_path, most_rows=1, language="en")
    assert "The 2 that need it most:" in played.stdout


@pytest.mark.parametrize("place", ["a-file/report.csv", "a-folder"])
def test_a_place_that_cannot_be_written_is_said(tmp_path: Path, place: str) -> None:
    (tmp_path / "a-file").write_text("")
    (tmp_path / "a-folder").mkdir()
    played = reported(tmp_path, csv=str(tmp_path / place))
    assert played.code != 0
    assert f"csv: {tmp_path / place} cannot be written" in played.stdout + played.stderr
    assert "boom" in played.stdout, "the table is told all the same"
    assert [each.name for each in (tmp_path / "a-folder").iterdir()] == []
