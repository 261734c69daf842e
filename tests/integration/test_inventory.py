# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The inventory plugin through `ansible-inventory`, the national inventory, and the guard against two hosts that are one collectivité."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.collectivites.antai.plugins.module_utils.siret import check_siret
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.reference import disagreements
from tests.conftest import StartSandbox
from tests.support.playbook import play
from tests.support.sandbox_process import REPOSITORY, SandboxProcess

LYON, NICE, ALBI = "21690123100011", "21060088800015", "21810004800014"
NATIONAL = REPOSITORY / "inventories/national"
CSV = f"\ufeffN° SIRET;Nom officiel;Département;Prestataire;Lot\r\n{LYON};Lyon;69;acme|horodat;Nord\r\n{NICE};Nice;06;acme;Sud\r\n"
SOURCE: dict[str, Any] = {"plugin": "collectivites.antai.collectivites", "files": ["fleet.csv"], "columns": {"siret": "N° SIRET"}}


def source(folder: Path, content: bytes, **options: Any) -> Path:
    (folder / "fleet.csv").write_bytes(content)
    path = folder / "collectivites.yml"
    path.write_text(yaml.safe_dump(SOURCE | options, allow_unicode=True), encoding="utf-8")
    return path


def inventory(path: Path, home: Path, *, fatal: bool = True, words: tuple[str, ...] = ("--list",)) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("ansible-inventory")), "-i", str(path), *words],
        cwd=home,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LC_ALL": "C.UTF-8",
            "ANSIBLE_HOME": str(home / "ansible"),
            "ANSIBLE_COLLECTIONS_PATH": str(REPOSITORY / "build/collections"),
            "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": str(fatal),
            "ANSIBLE_NOCOLOR": "1",
        },
        text=True,
        capture_output=True,
        timeout=120,
        check=False,
    )


def listed(path: Path, home: Path) -> dict[str, Any]:
    done = inventory(path, home)
    assert (done.returncode, done.stderr) == (0, "")
    content: dict[str, Any] = json.loads(done.stdout, object_hook=_plain)
    return content


def _plain(value: dict[str, Any]) -> Any:
    """ansible-core from 2.19 on marks every text that must not be templated, as are all those of a CSV."""
    return value.get("__ansible_unsafe", value)


def test_a_fleet(tmp_path: Path) -> None:
    constructed = {
        "compose": {"antai_convention_document": "'/srv/' ~ antai_siret ~ '.pdf'"},
        "groups": {"bilingual": "antai_certificates | length > 1"},
        "keyed_groups": [{"key": "csv_lot", "prefix": "zone"}],
        "group_by": ["departement", "provider", "Lot"],
        "defaults": {"cycle": "partiel"},
    }
    told = listed(source(tmp_path, CSV.encode(), **constructed), tmp_path)
    lyon, nice = f"lyon-{LYON}", f"nice-{NICE}"
    assert told["_meta"]["hostvars"][lyon] == {
        "antai_siret": LYON,
        "antai_name": "Lyon",
        "antai_departement": "69",
        "antai_certificates": [{"provider": "acme"}, {"provider": "horodat"}],
        "antai_cycle": "partiel",
        "antai_convention_document": f"/srv/{LYON}.pdf",
        "csv_lot": "Nord",
    }
    members = {name: group.get("hosts") for name, group in told.items() if name not in ("_meta", "all")}
    assert members == {
        "antai": None,
        "antai_departement_69": [lyon],
        "antai_departement_06": [nice],
        "antai_provider_acme": [lyon, nice],
        "antai_provider_horodat": [lyon],
        "antai_lot_nord": [lyon],
        "antai_lot_sud": [nice],
        "bilingual": [lyon],
        "zone_Nord": [lyon],
        "zone_Sud": [nice],
    }
    assert set(told["antai"]["children"]) == {name for name in members if name.startswith("antai_")}


def test_what_is_wrong_is_told_and_no_host_comes_out_of_it(tmp_path: Path) -> None:
    path = source(tmp_path, CSV.replace(NICE, "2,17E+13").replace("69", "6").encode("cp1252", "ignore"))
    done = inventory(path, tmp_path)
    assert done.returncode != 0
    assert "fleet.csv, line 2, column \"Département\": '6' is not two digits" in done.stderr
    assert "fleet.csv, line 3, column \"N° SIRET\": '2,17E+13': a spreadsheet has turned it into a number" in done.stderr
    only_warned = inventory(path, tmp_path, fatal=False)
    assert only_warned.returncode == 0, "Ansible's own way, and why the documentation says how to make it fatal"
    assert json.loads(only_warned.stdout)["_meta"]["hostvars"] == {}


def test_an_option_that_there_is_none_of_is_told_and_no_host_comes_out_of_it(tmp_path: Path) -> None:
    done = inventory(source(tmp_path, CSV.encode(), default={"cycle": "partiel"}), tmp_path)
    assert done.returncode != 0
    assert "default is no option of this plugin - did you mean defaults?" in done.stderr


def test_those_without_a_provider_are_told_where_others_have_one(tmp_path: Path) -> None:
    """It is no error: antai_certificates may stand in group_vars."""
    path = source(tmp_path, CSV.replace("06;acme", "06;").encode())
    done = inventory(path, tmp_path)
    assert done.returncode == 0
    told = " ".join(done.stderr.split())
    assert f"1 of 2 collectivités name no provider of a certificate: nice-{NICE} (fleet.csv, line 3)" in told
    none = source(tmp_path, CSV.replace("06;acme", "06;").replace("69;acme|horodat", "69;").encode())
    assert inventory(none, tmp_path).stderr == ""


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    other = source(tmp_path, CSV.encode()).rename(tmp_path / "other.yml")
    assert inventory(other, tmp_path).returncode != 0
    (tmp_path / "fleet.csv").unlink()
    missing = inventory(other.rename(tmp_path / "my_collectivites.yaml"), tmp_path)
    assert "files: fleet.csv cannot be read (No such file or directory)" in missing.stderr


def test_the_cache_never_shows_a_fleet_of_yesterday(tmp_path: Path) -> None:
    cached = {"cache": True, "cache_plugin": "ansible.builtin.jsonfile", "cache_connection": str(tmp_path / "cache")}
    first = listed(source(tmp_path, CSV.encode(), **cached), tmp_path)
    (file,) = (tmp_path / "cache").iterdir()
    held = file.read_text(encoding="utf-8")
    assert listed(tmp_path / "collectivites.yml", tmp_path) == first
    file.write_text(held.replace("Lyon", "From the cache"), encoding="utf-8")
    assert "From the cache" in json.dumps(listed(tmp_path / "collectivites.yml", tmp_path))
    changed = listed(source(tmp_path, CSV.replace(";Lyon", ";Lyon 2").encode(), **cached), tmp_path)
    assert changed["_meta"]["hostvars"][f"lyon-2-{LYON}"]["antai_name"] == "Lyon 2"
    assert "From the cache" not in json.dumps(listed(source(tmp_path, CSV.encode(), hostname="siret", **cached), tmp_path))


# inventories/national


def test_the_national_inventory(tmp_path: Path) -> None:
    told = listed(NATIONAL / "collectivites.yml", tmp_path)
    hosts = told["_meta"]["hostvars"]
    assert len(hosts) == 622
    assert Counter(each["antai_cycle"] for each in hosts.values()) == {"complet": 613, "partiel": 9}
    for each in hosts.values():
        check_siret(each["antai_siret"])
        assert disagreements(each["antai_siret"], each["antai_name"], each["antai_departement"]) == []
        assert "bac à sable uniquement" in each["csv_avertissement"]
    providers = Counter(each["provider"] for entry in hosts.values() for each in entry["antai_certificates"])
    assert len(providers) >= 10
    assert providers.most_common(1)[0][1] > 622 / 4, "skewed"
    agents = Counter(each["csv_agent"] for each in hosts.values())
    assert 50 < agents["propre"] < 400, "some have their own agent"
    for group in (NATIONAL / "group_vars").glob("antai_agent_*.yml"):
        assert told[group.stem]["hosts"], f"{group.name} is of use to nobody"
    assert set(agents) == {group.stem.removeprefix("antai_agent_") for group in (NATIONAL / "group_vars").glob("antai_agent_*.yml")}


def make(*words: str) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, str(NATIONAL / "make.py"), *words]
    return subprocess.run(script, text=True, capture_output=True, timeout=120, check=False)


def test_the_script_makes_what_is_committed(tmp_path: Path) -> None:
    """From the facts in the committed file itself; the table with all the populations is not shipped."""
    with (NATIONAL / "communes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    table = [
        f"{row['SIRET'][:9]};{row['Nom officiel']};{row['Département']};{row['Code postal']} 99999;{row['Population']}" for row in rows
    ]
    head = "siren;nom;departement;codes_postaux;population"
    (tmp_path / "table.csv").write_text("\n".join([head, *reversed(table), "217500016;Petite;75;75001;"]), encoding="utf-8")
    done = make("--communes", str(tmp_path / "table.csv"), "--to", str(tmp_path))
    assert done.returncode == 0, done.stderr
    for name in ("communes.csv", "people.yaml"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (NATIONAL / name).read_text(encoding="utf-8")


def test_the_script_makes_any_size_from_what_is_shipped(tmp_path: Path) -> None:
    assert make("--size", "34875", "--to", str(tmp_path)).returncode == 0
    with (tmp_path / "communes.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert len({row["SIRET"] for row in rows}) == 34875
    assert {len(row["Code postal"]) for row in rows} == {5}
    assert sum(row["Cycle de la convention"] == "partiel" for row in rows) == 505
    too_many = make("--size", "34876", "--to", str(tmp_path))
    assert (too_many.returncode, too_many.stderr) == (2, "--size: between 1 and 34875, as many as there are communes\n")


def test_national_communes_are_onboarded_by_their_agents(sandbox: StartSandbox, tmp_path: Path) -> None:
    policy = yaml.safe_load((NATIONAL / "people.yaml").read_text(encoding="utf-8"))
    some = {LYON: "own agent", "21750001600019": "editor's agent"}
    policy["collectivites"] = {siret: policy["collectivites"][siret] for siret in some}
    running = sandbox(policy)
    limit = f"paris-21750001600019,lyon-{LYON}"
    words = ("-e", json.dumps({"antai_store": str(tmp_path / "store")}), "--limit", limit)
    endpoints = str(running.state_dir / "endpoints.json")
    for _run in range(3):
        played = play("playbooks/onboard.yml", NATIONAL / "collectivites.yml", tmp_path / "home", *words, SANDBOX_ENDPOINTS=endpoints)
        assert (played.code, played.failed()) == (0, set()), played.stdout[-3000:]
        if {status["stage"] for status in played.statuses().values()} == {"onboarded"}:
            return
    pytest.fail(str({host: status["stage"] for host, status in played.statuses().items()}))


# The guard: antai_inventory_check


def twice(folder: Path) -> Path:
    """A static inventory with two hosts that are one commune, and a third that is itself."""
    hosts = {
        "albi": {"antai_siret": ALBI, "antai_name": "Albi"},
        "albi_bis": {"antai_siret": "{{ '2181' ~ '0004800014' }}", "antai_name": "Albi bis"},
        "nice": {"antai_siret": NICE, "antai_name": "Nice"},
    }
    variables = {"antai_certificates": [], "antai_profile": "sandbox", "ansible_connection": "local"}
    variables["ansible_python_interpreter"] = "{{ ansible_playbook_python }}"
    path = folder / "hosts.yml"
    path.write_text(yaml.safe_dump({"antai": {"hosts": hosts, "vars": variables}}), encoding="utf-8")
    return path


REFUSED: list[tuple[str, tuple[str, ...]]] = [
    ("onboard", ()),
    ("onboard", ("--limit", "albi")),
    ("audit", ("--check",)),
    ("offboard", ("-e", f"antai_offboard_sirets={ALBI},{NICE}")),
]


def test_two_hosts_with_one_siret_are_refused_before_any_write(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox({})
    for playbook, words in REFUSED:
        played = play(f"playbooks/{playbook}.yml", twice(tmp_path), tmp_path / "home", *reach(running, tmp_path), *words)
        assert played.code == 2, played.stdout
        assert f"SIRET {ALBI}: albi, albi_bis" in played.stdout
        assert (running.requests(), (tmp_path / "store").exists()) == ([], False), playbook
        (refused,) = [each["result"] for each in played.results if each["action"].endswith("antai_inventory_check")]
        assert (refused["compared"], refused["duplicates"]) == (3, {ALBI: ["albi", "albi_bis"]})


def reach(running: SandboxProcess, folder: Path) -> tuple[str, str]:
    endpoints = {f"antai_{face}_{part}": running.endpoints[face][part] for face in ("portal", "sifps") for part in ("url", "ca_file")}
    return "-e", json.dumps(endpoints | {"antai_store": str(folder / "store")})


def test_who_has_no_double_goes_on(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox({})
    played = play("playbooks/audit.yml", twice(tmp_path), tmp_path / "home", *reach(running, tmp_path), "--limit", "nice")
    assert (played.code, played.failed()) == (0, set()), played.stdout
    assert set(played.statuses()) == {"nice"}
