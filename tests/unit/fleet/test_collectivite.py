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
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.collectivite import Collectivite, Services
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.declared_host import DeclaredHost
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


def collectivites_proving(mode: str = "never") -> list[Collectivite]:
    """Two with one agent, which was made for the first."""
    declared = [parameters(SIRET, "canari-rouge"), parameters(OTHER, "canari-vert")]
    first = declared[0]
    agent = Agent(Profile(profile()), endpoints(first), credentials(first, Redactor(first)), Network(1, None))
    services = Services(Settings(), RevocationFetcher(), Prover(ProvingPolicy(mode), utc_now))
    return [Collectivite(DeclaredHost("host", options), agent, services) for options in declared]


def test_secrets_of_each_are_hidden_beside_its_agents() -> None:
    for collectivite, secret in zip(collectivites_proving(), ("canari-rouge", "canari-vert"), strict=True):
        collectivite.error = AntaiError(f"it said {secret} and the-password")
        result = collectivite.result()
        assert result["msg"] == f"it said {HIDDEN} and {HIDDEN}"
        assert secret not in repr(result)


@pytest.mark.parametrize("steps", [(), (Step("request_account", "there is no account"),)])
def test_a_release_leaves_what_is_still_to_be_done(steps: tuple[Step, ...]) -> None:
    collectivite = collectivites_proving()[0]
    collectivite._planned = [("account", Plan({"much": "more"}, {}, steps))]
    before = (collectivite.is_observed, collectivite.done, collectivite.steps)
    collectivite.release()
    assert (collectivite.is_observed, collectivite.done, collectivite.steps) == before == (True, not steps, list(steps))
    assert "much" not in repr(collectivite._planned)


@pytest.mark.parametrize("mode", ["always", "daily", "never"])
def test_nothing_is_asked_about_a_released_one(mode: str) -> None:
    collectivite = collectivites_proving(mode)[0]
    collectivite.release()
    collectivite.prove()
    assert (collectivite.candidates, collectivite.error) == ([], None)
