# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever stands in one host's variables: it fails alone, with its field, and no other host is harmed.

ANTAI_PROOF_CASES=2000 makes a proof of the bounded number of cases that every run tries.
"""

from __future__ import annotations

import os
from datetime import date
from typing import Any

import pytest
from ansible.parsing.dataloader import DataLoader
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.controller_files import ControllerFiles
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller.host_variables import HostVariables
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.declared_hosts import VARIABLES, DeclaredHosts
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.engine import Fleet
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.run_state import FleetOptions

CASES = int(os.environ.get("ANTAI_PROOF_CASES", "60"))
NOBODY = "https://127.0.0.1:9"
SHARED: dict[str, Any] = {
    "antai_certificates": [],
    "antai_profile": "sandbox",
    "antai_portal_url": NOBODY,
    "antai_sifps_url": NOBODY,
    "antai_username": "agent",
    "antai_password": "secret-agent",
    "antai_timeout": 1,
}
LYON = SHARED | {"antai_siret": "21690123100011", "antai_name": "Lyon", "antai_departement": "69"}
TOULOUSE = SHARED | {"antai_siret": "21310555400017", "antai_name": "Toulouse", "antai_departement": "31"}
ODD = (
    *(
        "xx",
        "inf",
        "nan",
        "1e999",
        "\0",
        "a\0b",
        "\ud800",
        "é\u202e",
        "/dev/zero",
        "/dev",
        "/" + "a" * 5000,
        "9" * 5000,
        "{% raw",
        "{{ none }}",
    ),
    *("https://[", "http://\0", "9999-12-31", "9999-12-31T23:59:59-23:59", "0001-01-01", "99999999999999d"),
    *(float("inf"), float("-inf"), float("nan"), 10**400, -1, 0, True, None, date(9999, 12, 31)),
    *([], {}, [None], [[None]], [{}], {1: 2}, {"a": {"b": [1]}}),
    [{"provider": None}],
    [{"provider": "acme", "certificate": "/dev/zero", "private_key": "/dev/zero"}],
)
LEAVES = st.one_of(st.sampled_from(ODD), st.text(max_size=40), st.integers(), st.floats(), st.none(), st.dates())
ANYTHING = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3), max_leaves=6
)


class Inventory(dict[str, dict[str, Any]]):
    """As Ansible's hostvars give what is declared, raw."""

    def raw_get(self, host: str) -> dict[str, Any]:
        return self[host]


def results(**declared: Any) -> dict[str, dict[str, Any]]:
    """By host, of a run of which the server is down: Lyon as it should be, Toulouse with what is declared."""
    loader = DataLoader()
    hostvars = Inventory(lyon=LYON, toulouse=TOULOUSE | declared)
    files = ControllerFiles(loader.path_dwim, str)
    entries = DeclaredHosts(HostVariables(loader, hostvars), files.content).of(["toulouse", "lyon"])
    hosts: dict[str, dict[str, Any]] = Fleet(entries, Settings(check_mode=True), FleetOptions(workers=2)).result()["hosts"]
    return hosts


def check(variable: str, value: Any) -> dict[str, Any]:
    """The result of the one that has it; the other has met nothing but the server that is down."""
    hosts = results(**{variable: value})
    assert hosts["lyon"]["error"]["code"] in ("transport", "server_down"), (variable, value, hosts["lyon"]["msg"])
    assert (hosts["toulouse"].get("error") or {}).get("code") != "unexpected", (variable, value, hosts["toulouse"]["msg"])
    return hosts["toulouse"]


@settings(max_examples=CASES, deadline=None, database=None)
@given(variable=st.sampled_from(VARIABLES), value=ANYTHING)
def test_no_value_harms_another_host(variable: str, value: Any) -> None:
    check(variable, value)


@pytest.mark.parametrize(
    ("variable", "value", "named"),
    [
        ("antai_language", "xx", "language"),
        ("antai_switch", [None], "switch"),
        ("antai_switch", float("inf"), "switch"),
        ("antai_address", 0, "address"),
        ("antai_order_limit", float("inf"), "order_limit"),
        ("antai_renewal_days", "inf", "renewal_days"),
        ("antai_document_max_mib", 10**400, "document_max_mib"),
        ("antai_timeout", 10**400, "timeout"),
        ("antai_request_wait_timeout", 10**400, "antai_request_wait_timeout"),
        ("antai_request_wait_timeout", "nan", "antai_request_wait_timeout"),
        ("antai_signature_anchors", 1.5, "signature_anchors"),
        ("antai_trust_store", "/" + "a" * 5000, "trust_store"),
        ("antai_trust_store", "/dev/zero", "trust_store"),
        ("antai_form", "\ud800", "form"),
        ("antai_profile", "a\0b", "profile"),
        ("antai_profile", "/dev/zero", "profile"),
    ],
)
def test_it_fails_alone_with_its_field(variable: str, value: Any, named: str) -> None:
    result = check(variable, value)
    assert result["error"]["code"] in ("invalid_input", "invalid_profile")
    assert named in result["msg"]
    assert "correct" in result["msg"] or "give" in result["msg"]
