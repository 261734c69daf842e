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
        self._names: dict[str, frozenset[str]] = {}  # by text, the names that its template reads
        self._templated: dict[Key, Any] = {}

    def of(self, host: str, names: Iterable[str]) -> dict[str, Any]:
        """Those of these variables that the host has. Raises UnusableVariable where one cannot be templated."""
        raw = self._hostvars.raw_get(host)
        return {name: self._value(name, raw[name], raw) for name in names if name in raw}

    def _value(self, name: str, value: Any, raw: dict[str, Any]) -> Any:
        if not holds_template(value):
            return plain(value)
        key = self._key(value, raw) if isinstance(value, str) else None
        if key is not None and key in self._templated:
            return self._templated[key]
        try:
            templated = plain(Templar(loader=self._loader, variables={**raw, "hostvars": self._hostvars}).template(value))
        except (AnsibleError, TemplateError) as error:
            raise UnusableVariable(name, f"{type(error).__name__}: {error}") from error
        if key is not None:
            self._templated[key] = templated
        return templated

    def _key(self, text: str, raw: dict[str, Any]) -> Key | None:
        """The text and all that it reads, through other templates as well; None where that cannot be known."""
        values: dict[str, str] = {}
        texts = [text]
        while texts:
            for name in self._names_read(texts.pop()):
                if name == SEES_EVERYTHING:
                    return None
                if name in raw and name not in values:
                    values[name] = _fingerprint(raw[name])
                    texts += _templates(raw[name])
        return (text, *sorted(values.items()))

    def _names_read(self, text: str) -> frozenset[str]:
        if text not in self._names:
            try:
                parsed = self._parser.parse(text)
            except TemplateError:  # Ansible says what is wrong with it, when it templates it
                self._names[text] = frozenset((SEES_EVERYTHING,))
            else:
                self._names[text] = frozenset(node.name for node in parsed.find_all(nodes.Name))
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
        for item in value.values():
            yield from _templates(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _templates(item)


def _fingerprint(value: Any) -> str:
    """The same text for the same value; what is encrypted stays so."""
    if hasattr(value, "_ciphertext"):
        return f"vault {value._ciphertext!r}"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_fingerprint(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_fingerprint, value)) + "]"
    return repr(value)


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
        if any(isinstance(siret, str) and "{{" in siret for siret in sirets):
            sirets = [hostvars[host].get(name) for name in ("antai_siret", "antai_former_siret")]
        yield from ((host, siret) for siret in dict.fromkeys(str(siret) for siret in sirets if siret is not None))


def plain(value: Any) -> Any:
    """Decrypted, and without what Ansible adds to its values."""
    if isinstance(value, str):
        return str(value)
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    return str(value) if hasattr(value, "_ciphertext") else value
