# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of many hosts: templated where they hold a template, and each text once for all that see the same through it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.template import Templar

from ansible_collections.collectivites.antai.plugins.plugin_utils._controller import host_variables
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.host_variables import (
    HostVariables,
    UnusableVariable,
    holds_template,
    plain,
)

try:  # from ansible-core 2.19 on, only what the inventory wrote is templated
    from ansible.template import trust_as_template
except ImportError:

    def trust_as_template(value: str) -> str:  # type: ignore[misc]
        return value


class Hostvars:
    """As Ansible's, for hosts given as plain data."""

    def __init__(self, hosts: dict[str, dict[str, Any]]) -> None:
        self.hosts = {name: {"inventory_hostname": name} | _trusted(values) for name, values in hosts.items()}

    def raw_get(self, host: str) -> dict[str, Any]:
        return self.hosts[host]


def _trusted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _trusted(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_trusted(each) for each in value]
    return trust_as_template(value) if isinstance(value, str) else value


def variables(**hosts: dict[str, Any]) -> HostVariables:
    return HostVariables(DataLoader(), Hostvars(hosts))


@pytest.fixture
def templated(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was handed to Ansible's templating."""
    seen: list[Any] = []

    class Counting(Templar):
        def template(self, variable: Any, *given: Any, **named: Any) -> Any:
            seen.append(variable)
            return super().template(variable, *given, **named)

    monkeypatch.setattr(host_variables, "Templar", Counting)
    return seen


def test_what_holds_no_template_is_not_templated(templated: list[Any]) -> None:
    found = variables(a={"siret": "2169", "n": 3, "list": [{"x": "y"}], "none": None})
    assert found.of("a", ("siret", "n", "list", "none", "absent")) == {"siret": "2169", "n": 3, "list": [{"x": "y"}], "none": None}
    assert templated == []


def test_the_same_text_over_the_same_variables_is_templated_once(templated: list[Any]) -> None:
    shared = {"base": "https://portal.example", "url": "{{ base }}/x", "middle": "{{ url }}"}
    found = variables(**{name: {**shared, "last": "{{ middle }}"} for name in "abc"})
    assert {found.of(name, ("last",))["last"] for name in "abc"} == {"https://portal.example/x"}
    assert len(templated) == 1


@pytest.mark.parametrize(
    "text",
    ["{{ own }}", "{{ through }}", "{{ inventory_hostname }}", "{{ nested.deep }}", "{% if own == 'a' %}a{% else %}b{% endif %}"],
)
def test_a_text_that_looks_at_what_differs_is_templated_for_each(text: str) -> None:
    hosts = {name: {"own": name, "through": "{{ own }}", "nested": {"deep": "{{ own }}"}, "last": text} for name in "ab"}
    found = variables(**hosts)
    assert [found.of(name, ("last",))["last"] for name in "ab"] == ["a", "b"]


def test_templates_inside_of_lists_and_mappings() -> None:
    found = variables(a={"folder": "/store", "certificates": [{"provider": "acme", "certificate": "{{ folder }}/acme.pem"}]})
    assert found.of("a", ("certificates",)) == {"certificates": [{"provider": "acme", "certificate": "/store/acme.pem"}]}


@pytest.mark.parametrize("text", ["{{ nobody_declares_this }}", "{{ 1 / 0 }}", "{{ 'x' | no_such_filter }}", "{{ unclosed"])
def test_what_cannot_be_templated_names_the_variable(text: str) -> None:
    with pytest.raises(UnusableVariable) as raised:
        variables(a={"url": text}).of("a", ("url",))
    assert raised.value.variable == "url"


@pytest.mark.parametrize(
    ("value", "holds"),
    [("{{ x }}", True), ("{% if x %}", True), ("{ x }", False), (["a", {"b": "{{ x }}"}], True), (["a", {"b": 1}], False), (None, False)],
)
def test_holds_template(value: Any, holds: bool) -> None:
    assert holds_template(value) is holds


def test_a_vaulted_value_is_decrypted() -> None:
    class Vaulted:
        _ciphertext = "..."

        def __str__(self) -> str:
            return "clear"

    assert plain({"password": Vaulted()}) == {"password": "clear"}
