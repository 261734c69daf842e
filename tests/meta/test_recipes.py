# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""CONTRIBUTING says where to add a thing of each kind, and it is true: one of each is added in a copy of the tree, and the checks pass there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recipes.recipes import RECIPES, Recipe
from tests.support.collection import ROOT

# What would see that something was forgotten; types, linters and TLS are left to make lint and make test.
CHECKS = (
    "tests/recipes/added.py",
    "tests/meta/test_modules.py",
    "tests/meta/test_roles.py",
    "tests/meta/test_house.py",
    "tests/unit/pki/test_blocking_rules.py",
    "tests/unit/interface/profile/test_profile.py",
    "tests/certificates_proof/test_proof.py",
)
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
# Of long tables, what is about the files that were added.
SELECTED = "(not every_rule_says or least_lifetime) and (not test_house or extra or session_header or circle or picture)"


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title)
def test_contributing_names_the_files(recipe: Recipe) -> None:
    section = re.search(rf"^### {re.escape(recipe.title.capitalize())}\n(.*?)(?=^##|\Z)", CONTRIBUTING, re.DOTALL | re.MULTILINE)
    assert section, f"CONTRIBUTING.md has no section on {recipe.title}"
    assert set(re.findall(r"^- `([^`]+)`", section[1], re.MULTILINE)) == set(recipe.paths)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.title)
def test_few_files_of_plugins_are_touched(recipe: Recipe) -> None:
    assert len([path for path in recipe.paths if path.startswith("plugins/")]) <= recipe.most


def test_one_of_each_can_be_added(tmp_path: Path) -> None:
    tree = tmp_path / "collection"
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, tree / name)
    link = tree / "build/collections/ansible_collections/collectivites/antai"
    link.parent.mkdir(parents=True)
    link.symlink_to(tree)
    for recipe in RECIPES:
        for edit in recipe.edits:
            edit.apply(tree)
    for generator in ("profile_reference", "role_arguments"):
        _run(tree, "-m", f"tests.support.{generator}")
    _run(tree, "-m", "pytest", "-q", "-p", "no:xdist", "--no-header", "-k", SELECTED, *CHECKS)


def _run(tree: Path, *arguments: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_"))}
    environment |= {"PYTHONPATH": f"{tree / 'build/collections'}:{tree}", "ANSIBLE_COLLECTIONS_PATH": str(tree / "build/collections")}
    finished = subprocess.run([sys.executable, *arguments], cwd=tree, env=environment, check=False, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stdout + finished.stderr
