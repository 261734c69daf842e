# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The collection as files, for the tests that hold its parts against each other."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
MODULE_UTILS = PLUGINS / "module_utils"
MODULES = sorted(path.stem for path in (PLUGINS / "modules").glob("*.py"))
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())
# Declare nothing and speak with nobody: they tell what others registered, so they take no connection option and need no twin.
PRINTS_ONLY = ("antai_convention_index", "antai_convention_renewals", "antai_doctor_report", "antai_report")
# Look after the store itself: what they answer is of the store, hashes and instants.
KEEP_STORE = ("antai_journal", "antai_store_backup")
# Judge a file, or the store, and speak with nobody of ANTAI's: no connection option either.
JUDGES_ONLY = (*KEEP_STORE, "convention_document_info", "rgs_certificate_info")
# Compares the hosts of the inventory with each other: no option at all.
CHECKS_ONLY = "antai_inventory_check"
# Reads everything from the variables of the hosts: no connection option either, and its options are its own.
ALL_AT_ONCE = "antai_fleet"
# Likewise, of hosts that are agents and not collectivités.
ADOPTS = "antai_inventory_from_space"


def constants(path: Path) -> dict[str, str]:
    """The string constants assigned at the top, or in the class, of a file: DOCUMENTATION, RETURN, fragments."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    bodies = [tree.body, *(node.body for node in tree.body if isinstance(node, ast.ClassDef))]
    return {
        node.targets[0].id: node.value.value
        for body in bodies
        for node in body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    }


@cache
def documentation(module: str) -> dict[str, Any]:
    """DOCUMENTATION with its fragments merged in, as ansible-doc shows it."""
    docs: dict[str, Any] = yaml.safe_load(constants(PLUGINS / "modules" / f"{module}.py")["DOCUMENTATION"])
    options: dict[str, Any] = dict(docs.get("options") or {})
    for name in docs.get("extends_documentation_fragment") or []:
        _namespace, _collection, file, *part = name.split(".")
        fragment = constants(PLUGINS / "doc_fragments" / f"{file}.py")[part[0].upper() if part else "DOCUMENTATION"]
        for option, text in (yaml.safe_load(fragment).get("options") or {}).items():
            options[option] = text | options.get(option, {})  # key by key, the module's own word last
    return docs | {"options": options}


def returns(module: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(constants(PLUGINS / "modules" / f"{module}.py")["RETURN"])
    return loaded


def role_specs(role: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "roles" / role / "meta/argument_specs.yml").read_text(encoding="utf-8"))
    return loaded["argument_specs"]


def yaml_files(*folders: str) -> list[Path]:
    return sorted(path for folder in folders for path in (ROOT / folder).rglob("*.yml"))


def imports(path: Path) -> list[str]:
    """Every module that a file imports; relative ones by their full name below plugins (module_utils.pki.request)."""
    names = []
    package = path.relative_to(PLUGINS).with_suffix("").parts if path.is_relative_to(PLUGINS) else ()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            below = package[: len(package) - node.level] if node.level else ()
            names.append(".".join([*below, *([node.module] if node.module else [])]))
    return names


def variables_used(path: Path) -> set[str]:
    """The inventory variables (antai_...) that a YAML file reads or sets."""
    text = re.sub(r"collectivites\.antai\.\w+", "", path.read_text(encoding="utf-8"))
    return set(re.findall(r"\bantai_[a-z_]+", re.sub(r"^\s*#.*$", "", text, flags=re.MULTILINE)))
