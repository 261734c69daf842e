# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one base class of the actions: reads the files that lie on the controller, then does the module's work in this process or ships it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property, partial
from importlib import import_module
from pathlib import Path
from typing import Any

from ansible import constants as C
from ansible.errors import AnsibleActionFail
from ansible.module_utils.parsing.convert_bool import boolean

from ...module_utils._reconcile.module_adapter import argument_spec
from ...module_utils._reconcile.tasks import Task, run_task
from ...module_utils.libraries import misfits
from ...module_utils.redact import Redactor, shown_arguments
from .controller_files import DOCUMENTS, ControllerFiles
from .in_process import Circumstances, why_ship
from .key_pipelining import key_pipelining_for
from .options import carried, censored, validate
from .redacting_action import RedactingAction
from .reference import disagreements
from .registered import foreseen_steps
from .run_actor import run_actor

# Inventory variable: false always ships the module; true also where another Python is named.
IN_PROCESS = "antai_in_process"


# Where a declaration is compared with the shipped table of communes and EPCI.
COMPARING = ("antai_account", "antai_onboarding_info")
MODULES = f"{__package__.rpartition('.plugin_utils')[0]}.modules"


class ModuleAction(RedactingAction):
    """Profile, trust store, form, anchors and document are read here, where the module takes them; everything else is the module's work."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = True

    @property
    def _module(self) -> str:
        return str(self._task.action).rpartition(".")[2]

    @cached_property
    def _declared_task(self) -> Task:
        """As the module itself does it."""
        task: Task = import_module(f"{MODULES}.{self._module}").TASK
        return task

    def outcome(self, variables: dict[str, Any]) -> dict[str, Any]:
        given = self._given()
        if self._task.check_mode and "foreseen" in self._declared_task.spec and given.get("foreseen") is None:
            given["foreseen"] = foreseen_steps(variables)
        if "actor" in self._declared_task.spec:
            given["actor"] = run_actor().as_dict() | (given.get("actor") or {})
        arguments = carried(given | self._read(given))
        told = self._compared(given) if self._module in COMPARING else []
        reason = why_ship(self._circumstances(variables))
        self._display.vvv(f"{self._task.action}: {f'the module is shipped ({reason})' if reason else 'runs in process'}")
        if reason:
            with key_pipelining_for(self._connection, arguments, asynchronous=bool(self._task.async_val)):
                result: dict[str, Any] = self._execute_module(
                    module_args=arguments, task_vars=variables, wrap_async=bool(self._task.async_val)
                )
            _shorten(result, given)
        else:
            result = self._run_here(arguments, given)
        if told:
            result["warnings"] = [*result.get("warnings", []), *told]
        return result

    # In this process

    def _circumstances(self, variables: dict[str, Any]) -> Circumstances:
        here = variables.get("ansible_delegated_vars", {}).get(self._task.delegate_to, {}) if self._task.delegate_to else variables
        environment: dict[str, Any] = {}
        self._compute_environment_string(environment)
        return Circumstances(
            connection=self._connection.transport,
            become=self._connection.become is not None,
            environment=bool(environment),
            asynchronous=bool(self._task.async_val),
            wanted=self._wanted(here.get(IN_PROCESS)),
            interpreter=str(self._templar.template(C.config.get_config_value("INTERPRETER_PYTHON", variables=here)) or "").strip(),
            missing=[each.library.package for each in misfits()],
        )

    def _wanted(self, value: Any) -> bool | None:
        if value is None:
            return None
        try:
            return bool(boolean(self._templar.template(value)))
        except TypeError as error:
            raise AnsibleActionFail(f"{IN_PROCESS}: {error}") from error

    def _run_here(self, arguments: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
        spec = argument_spec(self._declared_task)
        checked = validate(arguments, spec, self._task.action)
        if checked.error:
            result: dict[str, Any] = {"failed": True, "msg": checked.error}
        else:
            with _standing_in(self._loader.get_basedir()):
                result = run_task(self._declared_task, checked.parameters, self._task.check_mode)
        if not result.get("warnings"):
            result.pop("warnings", None)
        result["invocation"] = {"module_args": shown_arguments(checked.parameters, spec)}
        _shorten(result, given)
        return censored(carried(result), checked.secrets | frozenset(Redactor(checked.parameters).values))

    # What lies on the controller

    def _given(self) -> dict[str, Any]:
        given = dict(self._task.args)
        if "profile" in self._declared_task.spec and not given.get("profile") and os.environ.get("ANTAI_PROFILE"):
            given["profile"] = os.environ["ANTAI_PROFILE"]
        return given

    def _read(self, given: dict[str, Any]) -> dict[str, Any]:
        """The options whose files are read here, with the content of these."""
        read: dict[str, Any] = {}
        files = ControllerFiles(self._loader.path_dwim, partial(self._find_needle, "files"))
        for option in ("profile", "trust_store", "form", "signature_anchors"):
            if option in self._declared_task.spec and given.get(option):
                read[option] = files.content(option, given[option])
        for option in DOCUMENTS:
            if f"{option}_content" in self._declared_task.spec and given.get(option) and not given.get(f"{option}_content"):
                read[f"{option}_content"] = files.content(option, given[option])
        return read

    @staticmethod
    def _compared(given: dict[str, Any]) -> list[str]:
        """What YAML made of the values stands as text here, as in the module."""
        siret, name, departement = (None if given.get(key) is None else str(given[key]) for key in ("siret", "name", "departement"))
        return disagreements(siret or "", name, departement)


@contextmanager
def _standing_in(folder: str) -> Iterator[None]:
    """Relative paths mean what they mean to a module, which Ansible starts in the playbook's folder."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(before)


def _shorten(result: dict[str, Any], given: dict[str, Any]) -> None:
    """What was read here would fill screens at -vvv: the name of the file and the size of the document say as much."""
    shown = result.get("invocation", {}).get("module_args", {})
    for option in ("profile", "trust_store", "form"):
        if isinstance(shown.get(option), dict):
            shown[option] = str(given[option]) if isinstance(given.get(option), str) else shown[option].get("name")
    if shown.get("signature_anchors"):
        shown["signature_anchors"] = f"<{len(shown['signature_anchors'])} in PEM>"
    for option in ("document_content", "next_document_content"):
        if shown.get(option):
            shown[option] = f"<{len(shown[option])} characters of base64>"
