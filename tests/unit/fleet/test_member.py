# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One collectivité of a fleet, without a network: what its result hides, and what it lets go once that is told."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.collectivites.antai.plugins.module_utils._http.revocation_fetcher import RevocationFetcher
from ansible_collections.collectivites.antai.plugins.module_utils._interface.agent import Agent, Network
from ansible_collections.collectivites.antai.plugins.module_utils._interface.connection import credentials, endpoints
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.profile import Profile
from ansible_collections.collectivites.antai.plugins.module_utils._options.spec import connection_spec
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan, Step
from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.onboarding import ONBOARDING_INFO
from ansible_collections.collectivites.antai.plugins.module_utils.dates import utc_now
from ansible_collections.collectivites.antai.plugins.module_utils.errors import AntaiError
from ansible_collections.collectivites.antai.plugins.module_utils.redact import HIDDEN, Redactor
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.member import Entry, Member
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.prover import Prover
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.proving import ProvingPolicy
from tests.support.observed import OTHER, SIRET
from tests.support.run_module import profile


def parameters(siret: str, passphrase: str) -> dict[str, Any]:
    faces = {"portal_url": "https://portal.invalid", "sifps_url": "https://sifps.invalid", "username": "u", "password": "the-password"}
    declared = {"siret": siret, "name": "Lyon", "certificates": [{"provider": "acme", "passphrase": passphrase}]}
    checked = ArgumentSpecValidator(connection_spec() | ONBOARDING_INFO.spec).validate(faces | declared)
    assert not checked.error_messages
    return checked.validated_parameters | {"profile": profile()}


@pytest.fixture
def members() -> list[Member]:
    """Two with one agent, which was made for the first."""
    given = [parameters(SIRET, "canari-rouge"), parameters(OTHER, "canari-vert")]
    agent = Agent(Profile(profile()), endpoints(given[0]), credentials(given[0], Redactor(given[0])), Network(1, None))
    prover = Prover(ProvingPolicy("never"), utc_now)
    return [Member(Entry("host", each), agent, Settings(), RevocationFetcher(), prover=prover, skips_held=False) for each in given]


def test_secrets_of_each_are_hidden_beside_its_agents(members: list[Member]) -> None:
    for member, secret in zip(members, ("canari-rouge", "canari-vert"), strict=True):
        member.error = AntaiError(f"it said {secret} and the-password")
        result = member.result()
        assert result["msg"] == f"it said {HIDDEN} and {HIDDEN}"
        assert secret not in repr(result)


@pytest.mark.parametrize("steps", [(), (Step("request_account", "there is no account"),)])
def test_what_is_let_go_leaves_what_is_still_to_be_done(members: list[Member], steps: tuple[Step, ...]) -> None:
    member = members[0]
    member._planned = [("account", Plan({"much": "more"}, {}, steps))]
    before = (member.seen, member.done, member.steps)
    member.release()
    assert (member.seen, member.done, member.steps) == before == (True, not steps, list(steps))
    assert "much" not in repr(member._planned)


@pytest.mark.parametrize("mode", ["always", "daily", "never"])
def test_who_is_let_go_is_asked_nothing_more(members: list[Member], mode: str) -> None:
    member = members[0]
    member._prover = Prover(ProvingPolicy(mode), utc_now)
    member.release()
    member.prove()
    assert (member.candidates, member.error) == ([], None)
