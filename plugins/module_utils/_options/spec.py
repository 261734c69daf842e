# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options of the modules, as Ansible's argument_spec wants them, made from the declaration."""

from __future__ import annotations

from typing import Any

from .declaration import BEHAVIOUR, CONNECTION, FIELDS, ORDERING

REQUIRED = ("siret", "certificates")


PRESENCE = ("present", "absent")


ORDERING_NAMES = tuple(field.name for field in ORDERING)


Spec = dict[str, dict[str, Any]]


def options(*names: str, required: tuple[str, ...] = ()) -> Spec:
    """The options of these fields of the declaration."""
    return {FIELDS[name].option_name: FIELDS[name].spec(required=True) if name in required else FIELDS[name].spec() for name in names}


def declared_options(*names: str) -> Spec:
    """Likewise for a module that declares: it cannot do without the SIRET and its certificates."""
    return options(*names, required=REQUIRED)


def connection_spec() -> Spec:
    """Options that every module takes: how to speak with ANTAI, as whom, and where to keep things."""
    return {field.option_name: field.spec() for field in CONNECTION}


def behaviour_spec() -> Spec:
    """Options of the modules that change something."""
    step = {"code": {"type": "str", "required": True}, "target": {"type": "str", "default": ""}}
    step |= {"path": {"type": "path"}, "fingerprint": {"type": "str"}}
    return {field.option_name: field.spec() for field in BEHAVIOUR} | {
        "foreseen": {"type": "list", "elements": "dict", "options": step},
        "actor": {"type": "dict", "options": {name: {"type": "str"} for name in ("user", "host", "run", "playbook", "job")}},
    }


def state_option(choices: tuple[str, ...], default: str) -> Spec:
    return {"state": {"type": "str", "choices": list(choices), "default": default}}


CONTACT = ("contact_email", "agent_name", "agent_email")


def checked(parameters: dict[str, Any], name: str) -> str | None:
    return FIELDS[name].checked(parameters.get(name))
