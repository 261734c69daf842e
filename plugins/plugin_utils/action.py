# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one base class of the actions: reads the files that lie on the controller, and hands their content on to the module."""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.plugins.action import ActionBase

from . import profile_file, trust_store
from .reference import disagreements


class AntaiAction(ActionBase):
    """Profile and document are read here; everything else is the module's."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = True
    # Whether this module is the place to compare the declaration with the shipped table of communes and EPCI.
    compares_with_reference = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = dict(self._task.args)
        profile = arguments.get("profile") or os.environ.get("ANTAI_PROFILE")
        if isinstance(profile, str):
            arguments["profile"] = self._profile(profile)
        document = arguments.get("document")
        if document and not arguments.get("document_content"):
            arguments["document_content"] = self._document(str(document))
        told = self._compared(arguments) if self.compares_with_reference else []
        result |= self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=bool(self._task.async_val))
        _shorten(result, profile)
        if told:
            result["warnings"] = [*result.get("warnings", []), *told]
        return result

    @staticmethod
    def _compared(arguments: dict[str, Any]) -> list[str]:
        """What YAML made of the values stands as text here, as in the module."""
        siret, name, departement = (None if arguments.get(key) is None else str(arguments[key]) for key in ("siret", "name", "departement"))
        return disagreements(siret or "", name, departement)

    def _profile(self, name: str) -> Any:
        """A shipped profile by its name, or the user's own by its path (relative to the playbook)."""
        path = profile_file.find(name) or Path(self._loader.path_dwim(name))
        try:
            return profile_file.load(path)
        except profile_file.Unusable as error:
            hint = "" if path.is_file() else f"; shipped profiles: {', '.join(profile_file.known())}; otherwise give the path of yours"
            details = {"code": "invalid_profile", "message": str(error), "hint": hint, "details": {"problems": error.problems}}
            raise AnsibleActionFail(f"profile: {error}{hint}", result={"error": details}) from error

    def _document(self, name: str) -> str | None:
        """The document in base64, or None while it is not there: then somebody still has to sign it, and the module says so."""
        try:
            path = self._find_needle("files", name)
        except AnsibleError:
            return None
        try:
            return base64.b64encode(Path(path).read_bytes()).decode()
        except OSError as error:
            raise AnsibleActionFail(f"document: {path} cannot be read ({error.strerror})") from error


class RgsAction(ActionBase):
    """The trust store is read here; certificates, keys and CRLs lie where the module runs."""

    _requires_connection = False
    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        arguments = dict(self._task.args)
        store = arguments.get("trust_store")
        if isinstance(store, str):
            arguments["trust_store"] = self._trust_store(store)
        result |= self._execute_module(module_args=arguments, task_vars=task_vars, wrap_async=bool(self._task.async_val))
        shown = result.get("invocation", {}).get("module_args", {})
        if isinstance(shown.get("trust_store"), dict) and isinstance(store, str):
            shown["trust_store"] = store
        return result

    def _trust_store(self, name: str) -> Any:
        """A shipped trust store by its name, or the user's own by its path (relative to the playbook)."""
        try:
            return trust_store.load(trust_store.shipped(name) or Path(self._loader.path_dwim(name)))
        except trust_store.Unreadable as error:
            raise AnsibleActionFail(f"trust_store: {error}") from error


def _shorten(result: dict[str, Any], profile: Any) -> None:
    """What was read here would fill screens at -vvv: the name of the profile and the size of the document say as much."""
    shown = result.get("invocation", {}).get("module_args", {})
    if isinstance(shown.get("profile"), dict):
        shown["profile"] = profile if isinstance(profile, str) else shown["profile"].get("name")
    if shown.get("document_content"):
        shown["document_content"] = f"<{len(shown['document_content'])} characters of base64>"
