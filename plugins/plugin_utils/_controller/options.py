# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A task's options in Ansible's own process, as AnsibleModule would take, check and hide them in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import date
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.errors import UnsupportedError

Spec = dict[str, dict[str, Any]]
# Characters of a wrong value.
MOST_SHOWN = 100


@dataclass(frozen=True)
class Checked:
    """parameters: checked and converted, with defaults. secrets: values of no_log options. error: what is wrong, or None."""

    parameters: dict[str, Any]
    secrets: frozenset[str]
    error: str | None


def validate(arguments: dict[str, Any], spec: Spec, name: str) -> Checked:
    """Check plain arguments against an argument spec; name: of the module, as the message on unknown options has it."""
    try:
        result = ArgumentSpecValidator(spec).validate(arguments)
    except Exception:
        return Checked(arguments, frozenset(), "; ".join(uncheckable(arguments, spec)))
    parameters = arguments | result.validated_parameters
    secrets = frozenset(str(each) for each in result._no_log_values)
    if not result.error_messages:
        return Checked(parameters, secrets, None)
    message = result.errors.msg
    if isinstance(result.errors[0], UnsupportedError):
        message = f"Unsupported parameters for ({name}) module: {message}"
    return Checked(parameters, secrets, message)


def uncheckable(arguments: dict[str, Any], spec: Spec) -> list[str]:
    """What is wrong with the values at which Ansible's own check fails with an exception, as it does at a list that holds null, or at infinity."""
    messages = []
    for name, value in arguments.items():
        try:
            ArgumentSpecValidator({name: spec.get(name, {})}).validate({name: value})
        except Exception:
            kind = spec.get(name, {})
            wanted = f"{kind.get('elements', '')} {kind.get('type', 'str')}".strip().replace("dict list", "list of mappings")
            shown = "a secret value" if kind.get("no_log") else repr(value)[:MOST_SHOWN]
            messages.append(f"argument '{name}' is {shown}, which is no {wanted}")
    return messages or ["a value is of the wrong kind"]


def carried(value: Any) -> Any:
    """As it would arrive in another process: plain dicts, lists, texts, numbers, whatever Ansible has tagged, marked or encrypted."""
    return json.loads(json.dumps(value, default=_plain))


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Set):
        return list(value)
    if isinstance(value, date):  # an instant too
        return value.isoformat()
    return str(value)  # a vaulted value decrypts itself


def censored(result: dict[str, Any], secrets: frozenset[str]) -> dict[str, Any]:
    """Without the values of no_log options, wherever they stand; true, false and nothing stay, as with AnsibleModule."""
    kept = {key: value for key, value in result.items() if value is None or isinstance(value, bool)}
    cleaned: dict[str, Any] = remove_values(result, secrets)
    return cleaned | kept
