# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables of many hosts, templates and vault honoured, without templating what holds no template, nor the same text twice."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from ansible.errors import AnsibleError
from ansible.inventory.manager import InventoryManager
from ansible.template import Templar
from ansible.vars.hostvars import HostVars
from ansible.vars.manager import VariableManager
from jinja2 import Environment, TemplateError, nodes

MARKS = ("{{", "{%", "{#")
# Of which every host has its own, so that what a template sees through it cannot be told.
SEES_EVERYTHING = "vars"
Key = tuple[Any, ...]


class HostVariables:
    """Inventory-level variables only: a fleet sees neither the play's `vars` nor the defaults of a role.

    A text is templated once for all the hosts whose variables are the same where it looks, so a template that throws dice throws them once.
    """

    def __init__(self, loader: Any, hostvars: Any) -> None:
        self._loader = loader
        self._hostvars = hostvars
        self._parser = Environment(autoescape=False)  # noqa: S701  only parsed here, never rendered
        self._names: dict[str, frozenset[str]] = {}
        self._known: dict[Key, tuple[Any, list[Any]]] = {}
        self._scanned: dict[int, tuple[Any, list[str]]] = {}

    def of(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """Those of these variables that the host has. Raises UnusableVariable where one cannot be templated."""
        raw = self._hostvars.raw_get(host)
        return {name: self._value(host, name, raw[name], raw) for name in names if name in raw}

    def _value(self, host: str, name: str, value: Any, raw: dict[str, Any]) -> Any:
        if not holds_template(value):
            return plain(value)
        kept: list[Any] = []
        key = self._key(value, raw, kept) if isinstance(value, str) else None
        if key is not None and key in self._known:
            return self._known[key][0]
        try:
            found = plain(Templar(loader=self._loader, variables={**raw, "hostvars": self._hostvars}).template(value))
        except (AnsibleError, TemplateError) as error:
            raise UnusableVariable(name, f"{type(error).__name__}: {error}") from error
        if key is not None:
            self._known[key] = (found, kept)  # what is kept stays alive, so that its identity stays its own
        return found

    def _key(self, text: str, raw: dict[str, Any], kept: list[Any]) -> Key | None:
        """The text and all that it looks at, through other templates as well; None where that cannot be told."""
        seen: dict[str, Any] = {}
        texts = [text]
        while texts:
            for name in self._looks_at(texts.pop()):
                if name == SEES_EVERYTHING:
                    return None
                if name in seen or name not in raw:
                    continue
                value = raw[name]
                if isinstance(value, (str, int, float, type(None))):
                    seen[name] = value
                else:
                    seen[name] = id(value)
                    kept.append(value)
                texts += self._templates_of(value)
        return (text, *sorted(seen.items(), key=lambda each: each[0]))

    def _templates_of(self, value: Any) -> list[str]:
        """A mapping or list that all hosts of a group share is looked through once; kept here, so that its identity stays its own."""
        if not isinstance(value, (dict, list)):
            return list(_templates(value))
        if id(value) not in self._scanned:
            self._scanned[id(value)] = (value, list(_templates(value)))
        return self._scanned[id(value)][1]

    def _looks_at(self, text: str) -> frozenset[str]:
        if text not in self._names:
            try:
                parsed = self._parser.parse(text)
            except TemplateError:  # Ansible says what is wrong with it, when it templates it
                self._names[text] = frozenset((SEES_EVERYTHING,))
            else:
                self._names[text] = frozenset(each.name for each in parsed.find_all(nodes.Name))
        return self._names[text]


class UnusableVariable(Exception):
    """A variable that cannot be templated. variable: its name."""

    def __init__(self, variable: str, why: str) -> None:
        super().__init__(why)
        self.variable = variable
        self.why = why


def holds_template(value: Any) -> bool:
    return next(_templates(value), None) is not None


def _templates(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        if "{" in value and any(mark in value for mark in MARKS):
            yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _templates(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _templates(each)


def hosts_of(inventory: str, loader: Any) -> Any:
    """The variables of another inventory's hosts, as `hostvars` has those of this one. Raises AnsibleError where it cannot be read."""
    manager = InventoryManager(loader=loader, sources=[inventory])
    return HostVars(inventory=manager, variable_manager=VariableManager(loader=loader, inventory=manager), loader=loader)


def declared_sirets(hostvars: Any) -> Iterator[tuple[str, str]]:
    """(host, SIRET) of every host that declares one, and of the one that it leaves (R8): another host with that one would bring it back to life.

    Templating costs 1 ms a host, so that only a template is templated.
    """
    for host in hostvars:
        raw = hostvars.raw_get(host)
        sirets = [raw.get(name) for name in ("antai_siret", "antai_former_siret")]
        if any(isinstance(each, str) and "{{" in each for each in sirets):
            sirets = [hostvars[host].get(name) for name in ("antai_siret", "antai_former_siret")]
        yield from ((host, each) for each in dict.fromkeys(str(each) for each in sirets if each is not None))


def plain(value: Any) -> Any:
    """Decrypted, and without what Ansible adds to its values."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return str(value) if hasattr(value, "_ciphertext") else value
