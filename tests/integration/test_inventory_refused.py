# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run whose inventory was not read whole, or holds nobody, ends with 2 and a report that says why, where Ansible by itself ends with 0."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
import yaml

from tests.support.playbook import Played
from tests.support.playbook import play as play_in_clone
from tests.support.sandbox_process import REPOSITORY

PLAYBOOKS = sorted((REPOSITORY / "playbooks").glob("*.yml"))
SPOILT = "siret;name\n21810004800015;Albi\n"  # the last digit is wrong
SOURCE = "plugin: collectivites.antai.collectivites\nfiles: [communes.csv]\n"
WHY = 'communes.csv, line 2, column "siret": 21810004800015 has a wrong key'
NOBODY_ELSE = {"all": {"hosts": {"paris": {"ansible_connection": "local"}}}}
ALBI = {"antai": {"hosts": {"albi": {"antai_siret": "21810004800014", "antai_name": "Albi", "ansible_connection": "local"}}}}


def spoilt(folder: Path) -> Path:
    (folder / "communes.csv").write_text(SPOILT, encoding="utf-8")
    source = folder / "collectivites.yml"
    source.write_text(SOURCE, encoding="utf-8")
    return source


def hosts(folder: Path, content: object, name: str = "hosts.yml") -> Path:
    path = folder / name
    path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return path


def play(playbook: str, inventory: Path, home: Path, *arguments: str, **variables: str) -> Played:
    """As somebody who has set nothing: the clone's ansible.cfg would stop the run."""
    configuration = home / "ansible.cfg"
    home.mkdir()
    configuration.touch()
    return play_in_clone(playbook, inventory, home, *arguments, ANSIBLE_CONFIG=str(configuration), **variables)


def refused(played: Played, *words: str) -> None:
    assert played.code == 2, played.stdout
    assert "no hosts matched" not in played.stdout
    for text in words:
        assert played.stdout.count(text) == 1, played.stdout


@pytest.mark.parametrize("playbook", PLAYBOOKS, ids=lambda path: path.stem)
def test_every_playbook_begins_with_the_check(playbook: Path) -> None:
    first = yaml.safe_load(playbook.read_text(encoding="utf-8"))[0]
    assert first["ansible.builtin.import_playbook"] == "checks/inventory.yml"


@pytest.mark.parametrize("name", ["doctor", "reconcile"])
def test_no_playbook_ends_well_with_an_inventory_that_could_not_be_read(tmp_path: Path, name: str) -> None:
    played = play(f"collectivites.antai.{name}", spoilt(tmp_path), tmp_path / "home", "-e", f"antai_report_folder={tmp_path / 'report'}")
    refused(played, WHY, "Ansible n'a pas pu lire une de ses sources")
    report = json.loads((tmp_path / "report/report.json").read_text(encoding="utf-8"))
    assert (report["totals"]["outcome"], report["totals"]["exit_code"]) == ("failed", 2)
    ((code, text),) = [(problem["code"], problem["text"]) for problem in report["problems"]]
    assert code == "inventory"
    assert WHY in text


def test_the_csv_says_it_too(tmp_path: Path) -> None:
    play("collectivites.antai.reconcile", spoilt(tmp_path), tmp_path / "home", "-e", f"antai_report_folder={tmp_path / 'report'}")
    with (tmp_path / "report/report.csv").open(encoding="utf-8-sig", newline="") as file:
        (row,) = csv.DictReader(file, delimiter=";")
    assert row["Alerte"] == "échec"
    assert WHY in row["Que faire"]


def test_half_a_fleet_is_not_taken_for_the_whole(tmp_path: Path) -> None:
    """The other source was read, and its host would have been managed."""
    spoilt(tmp_path)
    other = hosts(tmp_path, ALBI)
    played = play("collectivites.antai.onboard_fleet", spoilt(tmp_path), tmp_path / "home", "-i", str(other))
    refused(played, WHY)
    assert {each["task"] for each in played.results} == {
        "Is it whole, does it hold anybody, and everybody once",
        "Why nothing is done",
        "End the run",
    }


def test_a_folder_of_sources_is_looked_through(tmp_path: Path) -> None:
    folder = tmp_path / "inventory"
    (folder / "group_vars").mkdir(parents=True)
    (folder / "group_vars/antai.yml").write_text("antai_language: en\n", encoding="utf-8")
    hosts(folder, ALBI)
    (folder / "more.yml").write_text("antai: {hosts: [", encoding="utf-8")
    played = play("collectivites.antai.audit", folder, tmp_path / "home")
    refused(played, f"{folder}/more.yml: Ansible's warnings, at the very top, say why")


def test_a_source_that_is_not_there_is_told(tmp_path: Path) -> None:
    played = play("collectivites.antai.audit", hosts(tmp_path, ALBI), tmp_path / "home", "-i", str(tmp_path / "other.yml"))
    refused(played, f"{tmp_path}/other.yml: les avertissements d'Ansible")


@pytest.mark.parametrize(
    ("content", "arguments", "told"),
    [
        (NOBODY_ELSE, (), "ne correspond à « antai » :"),
        (ALBI, ("-e", "antai_hosts=communes"), "ne correspond à « communes » :"),
        (ALBI | NOBODY_ELSE, ("--limit", "paris"), "ne correspond à « antai » dans --limit paris :"),
    ],
)
def test_nobody_matches(tmp_path: Path, content: object, arguments: tuple[str, ...], told: str) -> None:
    refused(play("collectivites.antai.reconcile", hosts(tmp_path, content), tmp_path / "home", *arguments), told)


def test_the_demo_without_its_sandbox_says_how_to_start_it_once(tmp_path: Path) -> None:
    nowhere = str(tmp_path / "endpoints.json")
    played = play("collectivites.antai.onboard", REPOSITORY / "inventories/demo", tmp_path / "home", SANDBOX_ENDPOINTS=nowhere)
    refused(played, f"Le bac à sable ne tourne pas (il n'y a pas de {nowhere}). Lancez-le dans un autre terminal : make sandbox")


def test_one_whose_address_cannot_be_read_harms_no_other(tmp_path: Path) -> None:
    """Its own tasks tell it, later."""
    content = {
        "antai": {"hosts": {"laval": {"antai_siret": "21530130000012", "antai_portal_url": "{{ nowhere }}"}, **ALBI["antai"]["hosts"]}}
    }
    played = play("collectivites.antai.audit", hosts(tmp_path, content), tmp_path / "home", "-c", "local")
    assert "Why nothing is done" not in {each["task"] for each in played.results if not each["result"].get("skipped")}
