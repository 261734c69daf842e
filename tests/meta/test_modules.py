# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module is whole: documented, in the group, with its action, its twin, its tests; its options are the declaration's."""

from __future__ import annotations

import importlib
from typing import Any
from unittest import mock

import pytest
import yaml

from ansible_collections.collectivites.antai.plugins.module_utils._options.declaration import CERTIFICATE, FIELDS
from ansible_collections.collectivites.antai.plugins.module_utils._options.spec import behaviour_spec, connection_spec
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.tasks import Task
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.options import MADE_ELSEWHERE
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.validation import SPEC as VALIDATION
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.validation import SPEC as DOCUMENT
from ansible_collections.collectivites.antai.plugins.module_utils._resources.kinds import NOTHING
from ansible_collections.collectivites.antai.plugins.module_utils._store.backup import SPEC as BACKUP
from ansible_collections.collectivites.antai.plugins.module_utils._store.journal_audit import SPEC as JOURNAL
from ansible_collections.collectivites.antai.plugins.module_utils.redact import SECRET_FIELDS, SECRET_OPTIONS
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.spec import SPEC as FLEET
from tests.support.collection import (
    ADOPTS,
    ALL_AT_ONCE,
    CHECKS_ONLY,
    JUDGES_ONLY,
    MODULES,
    PLUGINS,
    PRINTS_ONLY,
    ROOT,
    constants,
    documentation,
    returns,
)
from tests.support.kinds import DECLARING, INFORMING

SPECS = {f"antai_{kind.removesuffix('s') if kind == 'certificates' else kind}": kind for kind in DECLARING}
ORDINARY = "antai_account"  # whose action is that of all ordinary modules
PACKAGE = "ansible_collections.collectivites.antai.plugins"
SPEAKING = [module for module in MODULES if module not in (*PRINTS_ONLY, *JUDGES_ONLY, CHECKS_ONLY, ALL_AT_ONCE, ADOPTS)]
JUDGING = {"antai_journal": JOURNAL, "antai_store_backup": BACKUP, "convention_document_info": DOCUMENT, "rgs_certificate_info": VALIDATION}
# A prefilled document is read again by the module that judges documents: it needs no connection for that.
# A change of SIRET is two accounts and the certificates of both.
TWINS = {"antai_convention_prefill": "convention_document_info", "antai_siret_change": "antai_exchange_info"}


def spec_of(module: str) -> dict[str, dict[str, Any]]:
    if module in JUDGING:
        return JUDGING[module]
    if module == ALL_AT_ONCE:
        return FLEET
    if module == ADOPTS:
        spec: dict[str, dict[str, Any]] = importlib.import_module(f"{PACKAGE}.action.{module}").OPTIONS
        return spec
    if module in SPECS:
        return connection_spec() | DECLARING[SPECS[module]].spec | behaviour_spec()
    return connection_spec() | INFORMING[module.removeprefix("antai_")].spec


def task_of(module: str) -> Task:
    """What the module does, whoever runs it: its own main(), or the action inside Ansible's process."""
    task: Task = importlib.import_module(f"{PACKAGE}.modules.{module}").TASK
    return task


@pytest.mark.parametrize("module", [*SPEAKING, *JUDGES_ONLY])
def test_a_module_runs_its_own_task(module: str) -> None:
    imported = importlib.import_module(f"{PACKAGE}.modules.{module}")
    with mock.patch.object(imported, "run_as_module") as run:
        imported.main()
    assert run.call_args.args == (task_of(module),)
    assert task_of(module).spec == spec_of(module)


@pytest.mark.parametrize("module", [*SPEAKING, *JUDGES_ONLY])
def test_documentation_says_when_the_module_is_shipped(module: str) -> None:
    assert "collectivites.antai.attributes.in_process" in documentation(module)["extends_documentation_fragment"]


@pytest.mark.parametrize("module", [*SPEAKING, *JUDGES_ONLY])
def test_no_option_needs_what_only_a_module_tells(module: str) -> None:
    """Aliases and deprecations make warnings that ArgumentSpecValidator keeps to itself."""
    warned_of = {"aliases", "deprecated_aliases", "removed_in_version", "removed_at_date"}
    assert not [name for name, option in task_of(module).spec.items() if warned_of & set(option)]


def test_every_kind_has_its_module() -> None:
    assert set(SPEAKING) == set(SPECS) | {f"antai_{kind}" for kind in INFORMING}


@pytest.mark.parametrize("module", SPECS)
def test_every_declaring_module_has_a_read_only_twin(module: str) -> None:
    assert TWINS.get(module, f"{module}_info") in MODULES


def test_the_action_group_is_every_module_that_takes_the_connection() -> None:
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    assert runtime["action_groups"]["antai"] == sorted(SPEAKING)


def test_every_module_has_its_action() -> None:
    """An ordinary one the action of all of them, by meta/runtime.yml; another one of its name."""
    runtime = yaml.safe_load((ROOT / "meta/runtime.yml").read_text(encoding="utf-8"))
    routes = {name: route["action_plugin"] for name, route in runtime["plugin_routing"]["modules"].items()}
    own = {path.stem for path in (PLUGINS / "action").glob("*.py")}
    assert set(routes) == {*SPEAKING, *JUDGES_ONLY} - {ORDINARY}
    assert set(routes.values()) == {f"collectivites.antai.{ORDINARY}"}
    assert own == set(MODULES) - set(routes)


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_used_by_the_tests_over_tls(module: str) -> None:
    assert any(module in path.read_text(encoding="utf-8") for path in (ROOT / "tests/integration").glob("test_*.py"))


@pytest.mark.parametrize("module", [*SPEAKING, *JUDGES_ONLY, ALL_AT_ONCE, ADOPTS])
def test_options_are_documented_as_they_are(module: str) -> None:
    documented, spec = documentation(module)["options"], spec_of(module)
    assert set(documented) == set(spec)
    for name, option in spec.items():
        assert _shape(documented[name]) == _shape(option), name


@pytest.mark.parametrize("module", SPEAKING)
def test_options_of_the_declaration_are_the_same_everywhere(module: str) -> None:
    declared = {field.option_name: field for field in FIELDS.values()}
    own = {
        "state",
        "document_content",
        "next_document_content",
        "next_period",
        "rollback",
        "provider",
        "foreseen",
        "key_type",
        "reloaded",
        "common_name",
        "fingerprint",
        "keys",
        "until",
        "sirets",
        "record",
        "fail_on",
        "actor",
    }
    declared |= {field.name: field for field in CERTIFICATE if field.name in MADE_ELSEWHERE}
    for name, option in spec_of(module).items():
        assert name in own or name in declared, f"{name} is neither declared nor the module's own"
        if name in declared and name not in own:
            assert _shape(option, required=False) == _shape(declared[name].spec(), required=False), name


@pytest.mark.parametrize("module", SPEAKING)
def test_secrets_are_never_logged(module: str) -> None:
    for spec in (spec_of(module), spec_of(module).get("certificates", {}).get("options", {})):
        hidden = {name for name, option in spec.items() if option.get("no_log")}
        assert hidden == {name for name in spec if name in (*SECRET_FIELDS, *SECRET_OPTIONS)}


def test_the_passphrase_is_never_logged() -> None:
    assert {name for name, option in VALIDATION.items() if option.get("no_log")} == {"passphrase"} <= set(SECRET_OPTIONS)
    assert {name for name, option in spec_of(ADOPTS).items() if option.get("no_log")} == {"passphrase"}


@pytest.mark.parametrize("module", MODULES)
def test_samples_are_yaml_and_examples_use_the_module(module: str) -> None:
    assert all("sample" in entry and "description" in entry for entry in returns(module).values())
    tasks = yaml.safe_load(constants(PLUGINS / "modules" / f"{module}.py")["EXAMPLES"])
    assert any(f"collectivites.antai.{module}" in task for task in tasks)
    for task in tasks:
        options = task.get(f"collectivites.antai.{module}") or {}
        assert set(options) <= set(documentation(module)["options"])


def _shape(option: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    """What both the documentation and the spec say of one option."""
    shape: dict[str, Any] = {key: option.get(key) for key in ("type", "choices", "default", "elements")}
    if required:
        shape["required"] = bool(option.get("required"))
    inner = option.get("suboptions") or option.get("options")
    if inner:
        shape["options"] = {name: _shape(option) for name, option in inner.items()}
    return shape


@pytest.mark.parametrize("module", [*SPEAKING, *JUDGES_ONLY])
def test_what_a_module_needs_is_said(module: str) -> None:
    """One that takes a trust store fetches revocation answers and says which entries were left out; one that takes a document wants its libraries."""
    task = task_of(module)
    assert (task.needs.warnings is not NOTHING.warnings) is ("trust_store" in task.spec)
    assert (task.needs.fetcher is not NOTHING.fetcher) is ("trust_store" in task.spec)
    assert task.needs.documents({"document_content": "JVBERi0="}) is ("document_content" in task.spec)
