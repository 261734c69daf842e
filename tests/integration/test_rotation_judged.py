# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Over TLS: a new certificate that breaks a rule of RGS* (a defect of the sandbox's PSCE) goes nowhere, in a rotation and in a switch of provider; and the
rotation by EST.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import OpenBench
from tests.integration.test_est import LATER
from tests.integration.test_est import order as est_order
from tests.integration.test_judged import defect, trust
from tests.integration.test_rotation import in_use_by_hand
from tests.rotation_proof.kills import ROTATION, SWITCH, in_use, order
from tests.rotation_proof.sender import Sender
from tests.support.bench import Bench, codes, eventually, waits
from tests.support.collection import returns
from tests.support.interfaces import EITHER_INTERFACE
from tests.support.run_module import Result
from tests.support.shape import same_shape
from tests.support.values import SIRET, existing

pytestmark = EITHER_INTERFACE

ESSAI = "essai"
NOT_RGS = [("collectivite", "certificate_not_rgs")]


def go(here: Bench, **more: Any) -> Result:
    return here.done(ROTATION, **order(here, ESSAI, **({"trust_store": trust(here)} | more)))


def changes(here: Bench) -> list[str]:
    """What was written about certificates; a client sends all the time."""
    return [write for write in here.writes() if write.startswith("certificate")]


def states(here: Bench) -> list[tuple[str, str]]:
    listed = here.done("antai_certificate_info", siret=SIRET)["certificates"]
    return sorted((certificate["provider"], certificate["state"]) for certificate in listed)


@pytest.mark.parametrize(("kind", "rule"), [("no_policy", "policy"), ("no_client_auth", "extended_key_usage")])
def test_a_rotation_brings_in_nothing_that_breaks_a_rule(bench: OpenBench, kind: str, rule: str) -> None:
    """With no_client_auth TLS itself refuses the certificate, without a word; the rule that fails is told all the same."""
    here = bench(existing())
    old = in_use(here, ESSAI)
    written = changes(here)
    defect(here, kind)
    link = here.store / SIRET / "certificates" / ESSAI / "current"
    with Sender(here.endpoints, link, SIRET, here.folder / "report.json") as sender:
        go(here, replace=old, until="proved")
        eventually(lambda: go(here, replace=old)["rotation"]["next"])
        result = go(here)
        assert (result["changed"], result["steps"], waits(result)) == (False, [], NOT_RGS)
        sender.await_sent(10)
    assert sender.told["refused"] == 0
    assert (result["rotation"]["current"]["fingerprint"], result["rotation"]["next"]["state"] in (None, "not_installed")) == (old, True)
    assert {verdict["rule"]: verdict["outcome"] for verdict in result["verdicts"][0]["verdicts"]} == {rule: "fail"}
    assert f"{rule}: " in result["waiting"][0]["next_action"]["text"]
    assert (changes(here), states(here)) == (written, [(ESSAI, "active")])
    same_shape(returns(ROTATION)["verdicts"]["sample"], result["verdicts"], "verdicts")
    status = here.done("antai_onboarding_info", siret=SIRET, name="Lyon", certificates=[{"provider": ESSAI}], trust_store=trust(here))[
        "status"
    ]
    assert (waits(status), status["verdicts"][0]["fingerprint"], status["verdicts"][0]["outcome"]) == (NOT_RGS, old, "pass")
    # The PSCE issues a good one, and the user says that he wants it.
    here.running.cli("defect", "clear")
    bad = result["rotation"]["next"]["fingerprint"]
    assert codes(go(here, replace=bad))[:3] == ["set_aside", "make_request", "drop_rejected"]
    eventually(lambda: go(here, replace=bad, grace="0")["rotation"]["state"] == "settled")
    assert states(here) == [(ESSAI, "active"), (ESSAI, "inactive")]


def test_what_the_user_overrides_goes_in(bench: OpenBench) -> None:
    here = bench(existing())
    old = in_use(here, ESSAI)
    defect(here, "no_policy")
    go(here, replace=old, until="proved")
    override = {"rule": "policy", "outcome": "warn", "reason": "the PSCE issues another one next week"}
    eventually(lambda: go(here, replace=old, overrides=[override])["rotation"]["state"] == "grace")


def test_the_end_of_its_ca_in_the_trust_store_makes_it_due(bench: OpenBench) -> None:
    here = bench(existing(issue="never"))
    in_use_by_hand(here)
    store = trust(here)
    store["entries"][0]["valid_to"] = "2020-01-31"
    result = here.done(f"{ROTATION}_info", **order(here, ESSAI), trust_store=store)
    assert (result["renewal"]["due"], result["renewal"]["end"]) == (True, "2020-01-31T23:59:59Z")
    assert codes(go(here, trust_store=store)) == ["make_request", "hand_out"]
    assert not go(here)["steps"], "and it is asked for once"


def test_a_switch_authorises_nobody_whose_certificate_breaks_a_rule(bench: OpenBench) -> None:
    here = bench(existing())
    in_use(here, "ancien")
    defect(here, "no_policy")
    here.certificate("nouveau")
    written = changes(here)
    declared = {"siret": SIRET, "certificates": [], "switch": {"from": "ancien", "to": "nouveau", "date": "2020-01-01"}}
    result = here.done(SWITCH, **declared, trust_store=trust(here))
    assert (result["changed"], waits(result), result["switch"]["state"]) == (False, NOT_RGS, "preparing")
    assert (changes(here), states(here)) == (written, [("ancien", "active")])
    same_shape(returns(SWITCH)["verdicts"]["sample"], result["verdicts"], "verdicts")
    override = {"rule": "policy", "outcome": "warn", "reason": "a test"}
    result = here.done(SWITCH, **declared, trust_store=trust(here), overrides=[override])
    assert states(here) == [("ancien", "inactive"), ("nouveau", "active")]


# By EST


def by_est(here: Bench, **more: Any) -> Result:
    return here.done(ROTATION, **(est_order(here) | more))


def test_a_rotation_by_est_goes_through_in_one_run(bench: OpenBench) -> None:
    here = bench(existing())
    old = in_use(here, ESSAI)
    result = by_est(here, replace=old, grace="0", trust_store=trust(here))
    wanted = ["make_request", "enroll", "install_next", "activate_next", "swap", "confirm_reload", "deactivate_previous", "drop_previous"]
    assert (codes(result), result["waiting"], result["rotation"]["state"]) == (wanted, [], "settled")
    current = here.store / SIRET / "certificates" / ESSAI / "current"
    assert (current / "fullchain.pem").read_bytes().count(b"BEGIN CERTIFICATE") == 2, "with its chain, as the first one"
    assert not by_est(here, replace=old)["changed"]


def test_a_rotation_by_est_waits_as_the_psce_says(bench: OpenBench) -> None:
    here = bench(existing(**LATER))
    old = in_use_by_hand(here)
    result = by_est(here, replace=old)
    assert [(step["code"], step["outcome"]) for step in result["steps"]] == [("make_request", "done"), ("enroll", "done")]
    assert waits(result) == [("psce", "certificate_issue")]
    for check in (True, False):
        again = here.done(ROTATION, check=check, **est_order(here))
        assert (again["changed"], again["steps"], waits(again)) == (False, [], [("psce", "certificate_issue")])
    pending = here.store / SIRET / "certificates" / ESSAI / "pending"
    pending.unlink()
    result = here.done("antai_certificate_request", **est_order(here))
    assert (result["changed"], result["certificate_request"]["fingerprint"]) == (False, old), (
        "a lost request of a rotation is the rotation's"
    )
    result = by_est(here)
    assert (codes(result), pending.is_symlink()) == (["repair_link"], True)
