# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles, playbooks and the demo: the same declaration, nothing hidden, nothing misspelt."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.collectivites.antai.plugins.module_utils._options.declaration import CONNECTION, FIELDS
from ansible_collections.collectivites.antai.plugins.module_utils.siret import check_siret
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.reference import disagreements
from tests.support.collection import ROLES, ROOT, role_specs, variables_used, yaml_files
from tests.support.role_arguments import GENERATED, path_of, text_of

VARIABLES = {field.variable: field for field in FIELDS.values()}
# Variables of the roles and playbooks alone, which no module takes under this name.
ROLES_OWN = {
    "antai_account_state",
    "antai_next_period",
    "antai_change_siret_rollback",
    "antai_certificate_state",
    "antai_request_wait_timeout",
    "antai_rotation_until",
    "antai_reload_command",
}
PLAYBOOKS_OWN = {
    "antai_hosts",
    "antai_offboard_sirets",
    "antai_offboard_named",
    "antai_connection",
    "antai_index_file",
    "antai_renewal_file",
    "antai_renewal_late_days",
    "antai_doctor_record",
    "antai_doctor_json",
    "antai_adopt_folder",
    "antai_adopt_force",
    "antai_adopt_pin",
    "antai_keys_folder",
    "antai_keys_passphrase",
}
# Options of antai_fleet, as variables; what its playbook registers, and hands to the play in which hosts fail.
FLEETS_OWN = {
    "antai_workers",
    "antai_requests_per_second",
    "antai_brake",
    "antai_canary",
    "antai_deadline",
    "antai_progress",
    "antai_fleet_result",
    "antai_whole_inventory",
}
FLEETS_OWN |= {"antai_prove", "antai_prove_max", "antai_proof_max_age"}
FLEETS_OWN |= {"antai_fleet_failed", "antai_fleet_failure"}
# Of the scheduled run: what it is told, and the report that it registers.
RECONCILIATIONS_OWN = {"antai_held", "antai_fail_on_waiting", "antai_silence_days", "antai_ending_days"}
RECONCILIATIONS_OWN |= {"antai_report_folder", "antai_report_history", "antai_report_result"}
SCHEDULES_OWN = {
    f"antai_schedule_{part}" for part in ("inventory", "arguments", "environment", "calendar", "delay", "timeout", "user", "command")
}
SCHEDULES_OWN |= {"antai_schedule_folder", "antai_schedule_state"}
TOGETHER = FLEETS_OWN | RECONCILIATIONS_OWN | SCHEDULES_OWN
REGISTERED = (
    "inventory",
    "confirmation",
    "account",
    "convention",
    "convention_prefill",
    "certificate",
    "certificate_request",
    "onboarding",
    "rotation_proved",
    "rotation_swapped",
    "rotation",
    "siret_change",
    "doctor",
    "switch",
)
RESULTS = {f"antai_{task}_result" for task in REGISTERED}
# Of add_host: nothing of anybody's changes.
IN_MEMORY = "changed_when: false  # a group in memory\n"
PLAYS = yaml_files("roles", "playbooks", "extensions")


@pytest.mark.parametrize("role", ROLES)
def test_every_role_tells_what_it_is(role: str) -> None:
    folder = ROOT / "roles" / role
    assert "```yaml" in (folder / "README.md").read_text(encoding="utf-8")
    assert "main" in role_specs(role)


@pytest.mark.parametrize("role", ROLES)
def test_role_variables_are_the_declaration(role: str) -> None:
    for entry, spec in role_specs(role).items():
        for name, option in spec["options"].items():
            assert name in VARIABLES or name in ROLES_OWN | TOGETHER, f"{role}/{entry}: {name}"
            if name in VARIABLES:
                assert _shape(option) == _shape(VARIABLES[name].spec()), f"{role}/{entry}: {name}"
                assert bool(option.get("no_log")) == VARIABLES[name].secret, f"{role}/{entry}: {name}"


@pytest.mark.parametrize("role", GENERATED)
def test_argument_specs_are_of_today(role: str) -> None:
    assert path_of(role).read_text(encoding="utf-8") == text_of(role), "write them anew: see tests/support/role_arguments.py"


@pytest.mark.parametrize("role", ROLES)
def test_role_defaults_are_what_the_spec_says(role: str) -> None:
    path = ROOT / "roles" / role / "defaults/main.yml"
    defaults = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    declared = {name: option for spec in role_specs(role).values() for name, option in spec["options"].items()}
    for name, value in defaults.items():
        assert name == "antai_connection" or declared[name]["default"] == value, name


@pytest.mark.parametrize("role", ROLES)
def test_roles_read_what_they_declare(role: str) -> None:
    declared = {name for role_name in (role, "connection") for spec in role_specs(role_name).values() for name in spec["options"]}
    used = set().union(*(variables_used(path) for path in yaml_files(f"roles/{role}/tasks")))
    registered = {
        "antai_connection",
        "antai_index_file",
        "antai_fleet_result",
        "antai_fleet_failed",
        "antai_fleet_failure",
        "antai_report_result",
        "antai_rotation_until",
    }
    assert used <= declared | RESULTS | registered


def test_the_connection_is_every_connection_option() -> None:
    text = yaml.safe_load((ROOT / "roles/connection/defaults/main.yml").read_text(encoding="utf-8"))
    # An empty text means "not given", but a false is a value.
    unset = {True: "default(omit)", False: "default(omit, true)"}
    expected = {field.option_name: f"{{{{ {field.variable} | {unset[field.type == 'bool']} }}}}" for field in CONNECTION}
    assert text["antai_connection"] == expected


@pytest.mark.parametrize("path", [*PLAYS, *yaml_files("inventories")], ids=lambda path: str(path.relative_to(ROOT)))
def test_no_variable_is_misspelt(path: Path) -> None:
    assert variables_used(path) <= set(VARIABLES) | ROLES_OWN | PLAYBOOKS_OWN | TOGETHER | RESULTS


@pytest.mark.parametrize("path", PLAYS, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_hides_a_failure_or_a_change(path: Path) -> None:
    text = path.read_text(encoding="utf-8").replace(IN_MEMORY, "")
    assert not re.search(r"ignore_errors|ignore_unreachable|failed_when|changed_when|rescue:", text)


@pytest.mark.parametrize("role", ROLES)
def test_no_task_registers_over_another(role: str) -> None:
    names = [
        name for path in yaml_files(f"roles/{role}/tasks") for name in re.findall(r"register: (\w+)", path.read_text(encoding="utf-8"))
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("path", PLAYS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_key_stands_twice(path: Path) -> None:
    """Not even by a merge of an anchor: Ansible warns of it at every run."""
    yaml.load(path.read_text(encoding="utf-8"), Loader=KeysOnce)


class KeysOnce(yaml.SafeLoader):
    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
        self.flatten_mapping(node)
        keys = [key.value for key, _value in node.value]
        assert len(keys) == len(set(keys)), f"{node.start_mark}: {keys}"
        return super().construct_mapping(node, deep)


TOLD = ("antai_report", "antai_convention_renewals", "antai_convention_index", "antai_inventory_from_space")
# The report itself, or the role that ends in it. The doctor has a table of its own.
PLAYBOOKS = [path for path in yaml_files("playbooks") if path.name not in ("doctor.yml", "reconcile.yml")]


@pytest.mark.parametrize("path", [*PLAYBOOKS, ROOT / "roles/reconciliation/tasks/main.yml"], ids=lambda path: str(path.relative_to(ROOT)))
def test_every_playbook_ends_in_a_report_and_hands_on_its_folder(path: Path) -> None:
    reports = re.findall(rf"collectivites\.antai\.(?:{'|'.join(TOLD)}):\n((?: +\w+: .*\n)+)", path.read_text(encoding="utf-8"))
    assert len(reports) == 1
    assert 'folder: "{{ antai_report_folder | default(omit, true) }}"' in reports[0]


def _demo() -> dict[str, dict[str, Any]]:
    groups = yaml.safe_load((ROOT / "inventories/demo/hosts.yml").read_text(encoding="utf-8"))["antai"]["children"]
    return {host: entry for group in groups.values() for host, entry in group["hosts"].items()}


def test_the_demo_is_a_dozen_communes_of_the_shipped_table() -> None:
    assert len(_demo()) == 12
    for entry in _demo().values():
        check_siret(entry["antai_siret"])
        assert disagreements(entry["antai_siret"], entry["antai_name"], entry["antai_departement"]) == []


def test_the_people_of_the_demo_know_every_commune() -> None:
    policy = yaml.safe_load((ROOT / "sandbox/demo_policy.yaml").read_text(encoding="utf-8"))
    assert set(policy["collectivites"]) == {entry["antai_siret"] for entry in _demo().values()}


def _shape(option: dict[str, Any]) -> dict[str, Any]:
    shape: dict[str, Any] = {key: option.get(key) for key in ("type", "choices", "default", "elements")}
    if option.get("options"):
        shape["options"] = {name: _shape(option) for name, option in option["options"].items()}
    return shape
