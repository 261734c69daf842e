# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page docs/plug_in.md: its files are used, its commands are run, and its outputs are those that come."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.integration.conftest import OpenBench
from tests.support.bench import Bench
from tests.support.interfaces import INTERFACES, Interface
from tests.support.keys import get_issued
from tests.support.playbook import Played, play
from tests.support.sandbox_process import REPOSITORY
from tests.support.values import AGENT, SIRET

PAGE = (REPOSITORY / "docs" / "plug_in.md").read_text(encoding="utf-8")
# Of the server that the page tells to start.
PEOPLE = REPOSITORY / "tests/stand_in/lyon.yaml"
DOCTOR = REPOSITORY / "playbooks" / "doctor.yml"


def block(name: str) -> str:
    found = re.search(rf"<!-- plug_in: {name} -->\n```\w*\n(.*?)```", PAGE, re.DOTALL)
    assert found, name
    return found[1]


def merged(data: Any, change: Any) -> Any:
    """A mapping of states replaces the other whole, as whoever corrects it would."""
    if not isinstance(change, dict):
        return change
    return {**data, **{key: item if key == "states" else merged(data.get(key, {}), item) for key, item in change.items()}}


class Reader:
    """Who follows the page: writes its files, with the addresses of a real server in place of the made-up ones."""

    def __init__(self, here: Bench, folder: Path) -> None:
        self.folder = folder
        issued = get_issued(here.endpoints, folder / "issued", SIRET)
        inventory = yaml.safe_load(block("inventory"))
        variables = inventory["antai"]["vars"]
        for face, where in here.interface.faces(here.endpoints).items():
            variables |= {f"antai_{face}_url": where["url"], f"antai_{face}_ca_file": where["ca_file"]}
        variables["ansible_python_interpreter"] = "{{ ansible_playbook_python }}"
        variables |= {"antai_client_id": AGENT[0], "vault_client_secret": AGENT[1]}
        (certificate,) = inventory["antai"]["hosts"]["lyon"]["antai_certificates"]
        certificate |= {"certificate": str(issued.certificate_file), "private_key": str(issued.key_file)}
        self.inventory = folder / "inventory.yml"
        self.inventory.write_text(yaml.safe_dump(inventory), encoding="utf-8")

    def profile(self, content: Any) -> None:
        (self.folder / "profile.yml").write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")

    def run(self, *arguments: str) -> Played:
        return play(DOCTOR, self.inventory, self.folder / "home", *arguments)


def lines(text: str) -> list[str]:
    """Without what differs from one run to the next: numbers, and the spaces that line up with them."""
    return [re.sub(r"\s+", " ", re.sub(r"[0-9]+", "N", each)).strip() for each in text.splitlines() if each.strip()]


def shown_in(name: str, played: Played) -> None:
    """Every line of the page's output is in the real one, in this order; `...` stands for lines left out."""
    real = lines(played.stdout)
    for line in lines(block(name))[1:]:
        if line == "...":
            continue
        assert line in real, f"{name}: {line}\n{played.stdout}"
        real = real[real.index(line) + 1 :]


@pytest.mark.parametrize("interface", ["stand_in"], indirect=True)
def test_the_page(bench: OpenBench, interface: Interface, tmp_path: Path) -> None:
    assert interface is INTERFACES["stand_in"]
    here = bench(yaml.safe_load(PEOPLE.read_text(encoding="utf-8")))
    reader = Reader(here, tmp_path)
    first = yaml.safe_load(block("profile"))
    reader.profile(first)
    played = reader.run()
    assert played.code == 2, played.stdout + played.stderr
    shown_in("first run", played)
    reader.profile(merged(first, yaml.safe_load(block("correction"))))
    played = reader.run("-e", f"antai_doctor_json={tmp_path}/doctor.json", "-e", f"antai_doctor_record={tmp_path}")
    assert played.code == 0, played.stdout + played.stderr
    shown_in("second run", played)
    assert "0 writes" in str(played.results[-1]["result"])
    assert (tmp_path / "doctor.json").is_file() and (tmp_path / "lyon.json").is_file()
    assert here.writes() == []


def test_every_check_of_the_page_exists() -> None:
    named = set(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE))
    assert len(named) == 6
