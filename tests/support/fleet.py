# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleets for tests: made-up collectivités by the dozen, a policy that knows them, and runs of the engine over real TLS."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from stdnum import luhn

from ansible_collections.collectivites.antai.plugins.module_utils._options.spec import connection_spec
from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.onboarding import ONBOARDING_INFO
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.declared_host import DeclaredHost
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.engine import Fleet
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.proving import ProvingPolicy
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.run_state import FleetOptions
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.model import RunProblem
from tests.support.bench import Bench
from tests.support.interfaces import INTERFACES, Interface

# Two agents of one interface: the first is an editor's, mandated by many; others have one collectivité each.
EDITORS_AGENT = ("agent", "secret-agent")
PER_PAGE = 5


def siret(rank: int) -> str:
    """A valid one, made up."""
    siren = f"2130{rank:04}"
    siren += luhn.calc_check_digit(siren)
    return f"{siren}0001" + luhn.calc_check_digit(f"{siren}0001")


def host(rank: int) -> str:
    return f"commune_{rank:02}"


def own_agent(rank: int) -> tuple[str, str]:
    return (f"agent-{rank}", f"secret-{rank}")


def fleet_policy(count: int, *, existing: bool = True, own_agents: bool = False, **changes: Any) -> dict[str, Any]:
    """People accept everything at once. existing: account active and convention in force; else nothing is there yet."""
    ranks = range(count)
    agents = [own_agent(rank) for rank in ranks] if own_agents else [EDITORS_AGENT]
    entries: dict[str, Any] = {}
    for rank in ranks:
        agent = agents[rank] if own_agents else EDITORS_AGENT
        there = {
            "account": "active",
            "convention": "in_force",
            "agent": agent[0],
            "departement": "21",
            "email": f"{host(rank)}@essai.example",
        }
        entries[siret(rank)] = {"name": host(rank), "sign": "accept"} | ({"existing": there} if existing else {})
    return {
        "control": "accept",
        "countersign": "accept",
        "issue": "accept",
        "agents": [
            {
                "login": login,
                "password": password,
                "name": "Agent",
                "email": f"{login}@essai.example",
                "mandates": [siret(rank) for rank in ranks if not own_agents or own_agent(rank)[0] == login],
            }
            for login, password in agents
        ],
        "editors": [],
        "collectivites": entries,
        **changes,
    }


def fleet_inventory(path: Path, hosts: dict[str, dict[str, Any]], interface: Interface = INTERFACES["sandbox"], **common: Any) -> Path:
    """An inventory file, for playbooks: these hosts with their variables, and the sandbox as SANDBOX_ENDPOINTS tells of it."""
    shared = {
        "endpoints": "{{ lookup('ansible.builtin.file', lookup('ansible.builtin.env', 'SANDBOX_ENDPOINTS')) | from_json }}",
        **interface.templated(),
        "antai_username": EDITORS_AGENT[0],
        "antai_password": EDITORS_AGENT[1],
        "antai_certificates": [],
    }
    content = {"antai": {"hosts": hosts, "vars": shared | common}}
    path.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return path


class FleetBench:
    """`entry(rank, ...)` declares a collectivité as the policy made it; `run(entries)` is one run of the engine, and `asked` what it cost."""

    def __init__(self, bench: Bench, *, lists: bool = True) -> None:
        self.bench = bench
        self.profile = copy.deepcopy(bench.interface.content())
        listing = self.profile["operations"]["space_list"]
        if lists and "pagination" in listing:
            listing["pagination"]["per_page"] = PER_PAGE
        else:
            self.profile["operations"]["space_list"] = {"absent": True}
        self._validator = ArgumentSpecValidator(connection_spec() | ONBOARDING_INFO.spec)
        self.asked: Counter[str] = Counter()

    def entry(
        self, rank: int, *, login: tuple[str, str] | None = EDITORS_AGENT, store: bool = False, wait: float = 0.0, **changes: Any
    ) -> DeclaredHost:
        given = self.bench.connection() | {
            "siret": siret(rank),
            "name": host(rank),
            "departement": "21",
            "contact_email": f"{host(rank)}@essai.example",
            "certificates": [],
            **changes,
        }
        if not store:
            del given["store"]
        if login:
            given |= {"username": login[0], "password": login[1]}
        validated = self._validator.validate({name: value for name, value in given.items() if value is not None})
        assert not validated.error_messages, validated.error_messages
        return DeclaredHost(host(rank), validated.validated_parameters | {"profile": self.profile}, None, wait)

    def session(self, logins: int = 1) -> dict[str, int]:
        """What so many logins cost: by operation, as the server logs them."""
        return ({"init": 1} if self.profile["faces"]["portal"]["auth"]["method"] == "xsrf_basic_bearer" else {}) | {"login": logins}

    def all_read(self, count: int, pages: int | None = None) -> dict[str, int]:
        """What it costs to see so many: these pages where the interface has a list; else their account, conventions and certificates, each by itself."""
        operations = self.profile["operations"]
        if pages is not None and "absent" not in operations["space_list"]:
            return {"spaceList": pages}
        requests = {str(operations[name]["request"]) for name in ("account_get", "convention_list", "certificate_list")}
        return {"spaceGet": count * len(requests)}

    def run(self, entries: Iterable[DeclaredHost], *, check: bool = False, **options: Any) -> dict[str, Any]:
        """The result; afterwards `asked` counts the operations that the sandbox has logged for this run. prove: nothing is, where it is not said."""
        options["proving"] = ProvingPolicy(options.pop("prove", "never"), options.pop("prove_max", None))
        before = len(self.bench.requests())
        told = Fleet(list(entries), Settings(check_mode=check), FleetOptions(**({"workers": 4} | options))).result()
        self.asked = Counter(line["operation"] for line in self.bench.requests()[before:])
        assert told["summary"]["requests"] == sum(self.asked.values()), "every request is counted"
        return told

    def order_problems(self, entries: Iterable[DeclaredHost]) -> list[RunProblem]:
        """What a run must not order; see Fleet.order_problems."""
        return Fleet(list(entries), Settings(), FleetOptions(workers=4)).order_problems()
