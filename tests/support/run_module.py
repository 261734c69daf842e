# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running one module of the collection in this process: its real `main()`, with the real parsing of arguments.

    result = run_module("antai_account", {"siret": SIRET, ...}, check=True)

An exception that escapes the module, or that it did not foresee, fails the test.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import json
from functools import lru_cache
from typing import Any
from unittest import mock

import yaml
from ansible.module_utils import _internal
from ansible.module_utils.common import warnings
from ansible.module_utils.testing import patch_module_args

from tests.support.collection import JUDGES_ONLY
from tests.support.sandbox_process import REPOSITORY

PROFILE = REPOSITORY / "plugins" / "plugin_utils" / "_shipped" / "profiles" / "sandbox.yml"
MODULES = "ansible_collections.collectivites.antai.plugins.modules"

Result = dict[str, Any]


def run_module(name: str, arguments: dict[str, Any], *, check: bool = False, diff: bool = True) -> Result:
    """What the module prints, as Ansible would read it; `exit_code` is 0, or 1 where it failed."""
    main = importlib.import_module(f"{MODULES}.{name}").main
    spoken = {"profile": profile()} if name.startswith("antai_") and name not in JUDGES_ONLY else {}
    parameters = {**spoken, **arguments, "_ansible_check_mode": check, "_ansible_diff": diff}
    printed = io.StringIO()
    # Ansible keeps the warnings of a module for the life of its process.
    warnings._global_warnings.clear()
    # Another test may have brought the controller's code into this process: warnings would go to the screen instead of the result.
    apart = mock.patch.object(_internal, "is_controller", False)
    with apart, patch_module_args(parameters), contextlib.redirect_stdout(printed):
        try:
            main()
        except SystemExit as end:
            code = end.code
        else:
            raise AssertionError(f"{name} ended without a result")
    result: Result = json.loads(printed.getvalue())
    assert bool(result.get("failed")) is (code == 1)
    assert result.get("error", {}).get("code") != "unexpected", result
    if "warnings" in result:  # as Ansible would show them
        result["warnings"] = [warning["event"]["msg"] if isinstance(warning, dict) else warning for warning in result["warnings"]]
    return {**result, "exit_code": code}


@lru_cache
def profile() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(PROFILE.read_text(encoding="utf-8"))
    return content
