# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antai_provider_switch over TLS: beside, proved, forbidden; by the query where the key is here, by the last exchange where it is not; and back."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from tests.integration.conftest import OpenBench
from tests.rotation_proof.kills import SWITCH, in_use
from tests.support.bench import Bench, codes, waits
from tests.support.interfaces import EITHER_INTERFACE
from tests.support.keys import Issued, get_issued
from tests.support.portal_client import SiFpsClient
from tests.support.run_module import Result
from tests.support.values import NUMBER, SIRET, existing

pytestmark = EITHER_INTERFACE

OLD, NEW = "ancien", "nouveau"
PAST, FUTURE = "2020-01-01", "2999-01-01"


def go(here: Bench, date: str = PAST, *, rollback: bool = False, certificates: Any = (), **more: Any) -> Result:
    switch = {"from": OLD, "to": NEW, "date": date, "rollback": rollback}
    return here.done(SWITCH, siret=SIRET, certificates=list(certificates), switch=switch, **more)


def states(here: Bench) -> dict[str, str]:
    return {each["provider"]: each["state"] for each in here.done("antai_certificate_info", siret=SIRET)["certificates"]}


def machine(here: Bench, provider: str) -> SiFpsClient:
    return SiFpsClient(here.endpoints, Issued(*here.key_pair(provider)))


def test_the_key_is_here(bench: OpenBench) -> None:
    here = bench(existing())
    in_use(here, OLD)
    here.certificate(NEW)
    result = go(here, FUTURE, check=True)
    assert codes(result) == ["install_certificate", "activate_certificate"]
    result = go(here, FUTURE)
    assert (codes(result), result["switch"]["state"], waits(result)) == (
        ["install_certificate", "activate_certificate"],
        "proved",
        [("date", "switch_date")],
    )
    assert not go(here, FUTURE)["changed"]
    result = go(here)
    assert (codes(result), result["switch"]["state"], result["waiting"]) == (["deactivate_certificate"], "done", [])
    assert (go(here)["changed"], states(here)) == (False, {OLD: "inactive", NEW: "active"})
    result = go(here, rollback=True)
    assert (codes(result), states(here)) == (["activate_certificate", "deactivate_certificate"], {OLD: "active", NEW: "inactive"})
    assert not go(here, rollback=True)["changed"]
    result = here.done("antai_provider_switch_info", siret=SIRET, certificates=[], switch={"from": OLD, "to": NEW, "date": PAST})
    assert ([step["code"] for step in result["steps_to_come"]], result["operations"]["write"]) == (
        ["activate_certificate", "deactivate_certificate"],
        0,
    )


def test_the_key_is_elsewhere(bench: OpenBench, tmp_path: Path) -> None:
    """Without an exchange by the one that comes, the one that leaves is never forbidden, whatever the date."""
    here = bench(existing())
    in_use(here, OLD)
    result = go(here)
    assert (codes(result), waits(result)) == ([], [("prestataire", "switch_missing")])
    provider = SiFpsClient(here.endpoints, get_issued(here.endpoints, tmp_path / "elsewhere", SIRET))
    provider.install(SIRET, label=NEW)
    result = go(here)
    assert (codes(result), result["switch"]["state"], waits(result)) == (
        ["activate_certificate"],
        "beside",
        [("prestataire", "switch_proof")],
    )
    assert (go(here)["changed"], states(here)) == (False, {OLD: "active", NEW: "active"})
    provider.send(NUMBER)
    result = go(here)
    assert (codes(result), states(here)) == (["deactivate_certificate"], {OLD: "inactive", NEW: "active"})


def test_who_has_sent_last_is_not_cut_off_by_the_way_back(bench: OpenBench) -> None:
    here = bench(existing())
    in_use(here, OLD)
    here.certificate(NEW)
    go(here)
    machine(here, NEW).send(NUMBER)
    result = go(here, rollback=True)
    assert (codes(result), waits(result), states(here)) == (
        ["activate_certificate"],
        [("prestataire", "switch_traffic")],
        {OLD: "active", NEW: "active"},
    )
    here.running.cli("tick", "--seconds", "5")
    machine(here, OLD).send(NUMBER[:-1] + "2")
    assert (codes(go(here, rollback=True)), states(here)) == (["deactivate_certificate"], {OLD: "active", NEW: "inactive"})


def test_one_that_does_not_pass_forbids_nobody(bench: OpenBench) -> None:
    here = bench(existing())
    in_use(here, OLD)
    here.certificate(NEW)
    go(here, FUTURE)
    here.running.cli("revoke", machine_fingerprint(here, NEW))
    result = go(here)
    assert (codes(result), waits(result), states(here)[OLD]) == ([], [("collectivite", "dialogue_refused")], "active")


def test_without_a_query_an_exchange_is_the_proof(bench: OpenBench) -> None:
    here = bench(existing())
    in_use(here, OLD)
    here.certificate(NEW)
    profile = copy.deepcopy(here.interface.content())
    profile["operations"]["exchange_query"] = {"absent": True}
    asked = len(here.requests(operation="exchangeQuery"))
    go(here, profile=profile)
    result = go(here, profile=profile)
    assert (result["changed"], result["switch"]["state"], waits(result)) == (False, "beside", [("prestataire", "switch_proof")])
    machine(here, NEW).send(NUMBER)
    assert (codes(go(here, profile=profile)), states(here)) == (["deactivate_certificate"], {OLD: "inactive", NEW: "active"})
    assert len(here.requests(operation="exchangeQuery")) == asked


def machine_fingerprint(here: Bench, provider: str) -> str:
    return Issued(*here.key_pair(provider)).fingerprint


def test_other_modules_leave_both_alone(bench: OpenBench) -> None:
    here = bench(existing())
    in_use(here, OLD)
    here.certificate(NEW)
    go(here)
    switch = {"from": OLD, "to": NEW, "date": PAST}
    for certificates in ([{"provider": OLD}, {"provider": NEW}], [{"provider": NEW}]):
        result = here.done("antai_certificate", siret=SIRET, certificates=certificates, exclusive=True, switch=switch)
        assert (result["changed"], states(here)) == (False, {OLD: "inactive", NEW: "active"})
    status = here.done(
        "antai_onboarding_info",
        siret=SIRET,
        name="Lyon",
        certificates=[{"provider": OLD}],
        switch=switch | {"date": FUTURE, "rollback": True},
    )
    assert [step["code"] for step in status["status"]["steps"] if step["resource"] == "switch"] == [
        "activate_certificate",
        "deactivate_certificate",
    ]


def test_bad_input(bench: OpenBench) -> None:
    here = bench(existing())
    for changes, field in (({"date": "soon"}, "switch.date"), ({"to": OLD}, "switch"), ({"from": "a b"}, "switch.from")):
        result = here.run(SWITCH, siret=SIRET, certificates=[], switch={"from": OLD, "to": NEW, "date": PAST} | changes)
        assert (result["failed"], result["error"]["details"]["field"]) == (True, field)
    assert here.writes() == []
