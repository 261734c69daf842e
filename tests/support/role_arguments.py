# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument specs of the roles: what is declared comes from the declaration, by the modules that each entry of a role runs.

Write them anew: PYTHONPATH=build/collections:. .venv/bin/python -m tests.support.role_arguments
What is written by hand in roles/*/meta/argument_specs.yml stays: descriptions of the entries, which variables are required, and the role's own.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from ansible_collections.collectivites.antai.plugins.module_utils._options.declaration import CONNECTION, FIELDS, Field
from tests.support.collection import ROOT
from tests.support.kinds import DECLARING, INFORMING

KINDS = DECLARING | INFORMING
# (role, entry) -> kinds of the modules that it runs. A role takes a list of certificates, where such a module takes one at a time.
ENTRIES: dict[tuple[str, str], tuple[str, ...]] = {
    ("account", "main"): ("account",),
    ("certificate", "main"): ("certificate_request", "certificates"),
    ("certificate", "request"): ("certificate_request",),
    ("certificate", "install"): ("certificates",),
    ("convention", "main"): ("convention",),
    ("convention", "renew"): ("convention",),
    ("convention", "prefill"): ("convention_prefill",),
    ("onboarding", "main"): ("onboarding_info",),
    ("onboarding", "status"): ("onboarding_info",),
    ("provider_switch", "main"): ("provider_switch",),
    ("rotation", "main"): ("certificate_rotation",),
    ("siret_change", "main"): ("siret_change",),
}
ONE_AT_A_TIME = ("certificate_request", "certificate_rotation")
# The way back is a choice of the play, under a name of the role's own.
ROLES_OWN_NAME = {("siret_change", "main"): ("antai_rotation_rollback",)}
VARIABLES = {field.variable: field for field in FIELDS.values()}
GENERATED = sorted({role for role, _entry in ENTRIES} | {"connection"})


class IndentedDumper(yaml.SafeDumper):
    """As yamllint wants sequences: indented."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: object) -> bool:
        return True


def path_of(role: str) -> Path:
    return ROOT / "roles" / role / "meta/argument_specs.yml"


def declared_variables(role: str, entry: str) -> list[str]:
    """The variables of the declaration that this entry takes, in the declaration's order."""
    if (role, entry) == ("connection", "main"):
        return [field.variable for field in CONNECTION]
    kinds = ENTRIES[role, entry]
    options = {name for kind in kinds for name in KINDS[kind].spec}
    if set(kinds) & set(ONE_AT_A_TIME):
        options.add("certificates")
    left_out = ROLES_OWN_NAME.get((role, entry), ())
    return [name for name, field in VARIABLES.items() if field.option_name in options and name not in left_out]


def option_of(field: Field, *, required: bool) -> dict[str, Any]:
    """The variable, as Ansible's argument specs of roles want it."""
    spec = field.spec()
    option: dict[str, Any] = {
        "description": [f"{field.en}." if field.en == field.fr else f"{field.en} ({field.fr})."],
        "type": spec["type"],
    }
    if required:
        option["required"] = True
    if field.secret:
        option["no_log"] = True
    option |= {key: spec[key] for key in ("elements", "choices", "default") if key in spec}
    if field.elements:
        option["options"] = {element.name: option_of(element, required=element.required) for element in field.elements}
    return option


def argument_specs(role: str, written: dict[str, Any]) -> dict[str, Any]:
    """written: argument_specs as they stand in the file."""
    specs = {}
    for entry, spec in written.items():
        options = spec["options"]
        required = {name for name, option in options.items() if option.get("required")}
        declared = declared_variables(role, entry)
        own = {name: option for name, option in options.items() if name not in VARIABLES}
        options = {name: option_of(VARIABLES[name], required=name in required) for name in declared}
        specs[entry] = spec | {"options": options | own}
    return specs


def text_of(role: str) -> str:
    """The whole file, as it is to be."""
    written = yaml.safe_load(path_of(role).read_text(encoding="utf-8"))
    specs = {"argument_specs": argument_specs(role, written["argument_specs"])}
    dumped: str = yaml.dump(specs, Dumper=IndentedDumper, sort_keys=False, allow_unicode=True, width=130, explicit_start=True)
    return dumped


def main() -> None:
    for role in GENERATED:
        path_of(role).write_text(text_of(role), encoding="utf-8")


if __name__ == "__main__":
    main()
