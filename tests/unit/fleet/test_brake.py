# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How much one run may take away."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Step
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.brake import Danger, dangers_of, judge

SIRET, BEFORE = "21690123100011", "21310555400017"
OFF = Step("deactivate_certificate", "declared inactive", "f")


@pytest.mark.parametrize(
    ("planned", "fleet", "allowed", "engaged"),
    [
        pytest.param(0, 0, None, False, id="nothing"),
        pytest.param(3, 1, None, False, id="three of few"),
        pytest.param(4, 60, None, True, id="four of sixty"),
        pytest.param(4, 79, None, True, id="four of seventy-nine: 5% are three"),
        pytest.param(4, 80, None, False, id="four of eighty: 5% are four"),
        pytest.param(31, 622, None, False, id="5% of the country"),
        pytest.param(32, 622, None, True, id="one more"),
        pytest.param(12, 20, 12, False, id="the number is named"),
        pytest.param(13, 20, 12, True, id="more than named"),
        pytest.param(1, 622, 0, True, id="none at all"),
        pytest.param(5, 622, 4, True, id="named less than the default lets through"),
    ],
)
def test_the_limit(planned: int, fleet: int, allowed: int | None, engaged: bool) -> None:
    dangers = [Danger(f"host_{number}", SIRET, "deactivation", "f", "why") for number in range(planned)]
    assert judge(dangers, fleet, allowed).engaged is engaged


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("deactivate_certificate", "deactivation"),
        ("remove_certificate", "removal"),
        ("close_account", "closure"),
        ("activate_certificate", None),
        ("install_certificate", None),
        ("upload_convention", None),
        ("request_account", None),
        ("update_account", None),
    ],
)
def test_what_takes_away(code: str, kind: str | None) -> None:
    assert [each.kind for each in dangers_of("albi", SIRET, [Step(code, "why", "t")], None)] == ([kind] if kind else [])


@pytest.mark.parametrize(("earlier", "kinds"), [(None, []), (SIRET, []), (BEFORE, ["siret_change"])])
def test_a_host_with_another_siret(earlier: str | None, kinds: list[str]) -> None:
    found = dangers_of("albi", SIRET, [], earlier)
    assert [each.kind for each in found] == kinds
    assert all(BEFORE in each.reason and each.target == SIRET for each in found)


def test_it_says_what_and_how_to_go_on() -> None:
    verdict = judge(dangers_of("albi", SIRET, [OFF, OFF, OFF], BEFORE), 1, None)
    assert "it plans 4 (3 x deactivation of certificate, 1 x new SIRET), and may 3" in verdict.sentence()
    assert "antai_brake=4" in verdict.sentence()
    assert "il prévoit de retirer 4 choses (3 x désactivation du certificat, 1 x nouveau SIRET)" in verdict.sentence("fr")
    assert verdict.as_dict()["planned"][0] == {
        "host": "albi",
        "siret": SIRET,
        "kind": "deactivation",
        "target": "f",
        "reason": "declared inactive",
    }
