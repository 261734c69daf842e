# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""antai_provider_switch over TLS: beside, proved, forbidden; by the query where the key is here, by the last exchange where it is not; and back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import OpenBench
from tests.rotation_proof.kills import SWITCH, in_use
from tests.support.bench import Bench, codes, waits
from tests.support.keys import Issued, get_issued
from tests.support.portal_client import SiFpsClient
from tests.support.run_module import Result
from tests.support.values import NUMBER, SIRET, existing

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
    told = go(here, FUTURE, check=True)
    assert codes(told) == ["install_certificate", "activate_certificate"]
    told = go(here, FUTURE)
    assert (codes(told), told["switch"]["state"], waits(told)) == (
        ["install_certificate", "activate_certificate"],
        "proved",
        [("date", "switch_date")],
    )
    assert not go(here, FUTURE)["changed"]
    told = go(here)
    assert (codes(told), told["switch"]["state"], told["waiting"]) == (["deactivate_certificate"], "done", [])
    assert (go(here)["changed"], states(here)) == (False, {OLD: "inactive", NEW: "active"})
    told = go(here, rollback=True)
    assert (codes(told), states(here)) == (["activate_certificate", "deactivate_certificate"], {OLD: "active", NEW: "inactive"})
    assert not go(here, rollback=True)["changed"]
    told = here.done("antai_provider_switch_info", siret=SIRET, certificates=[], switch={"from": OLD, "to": NEW, "date": PAST})
    assert ([step["code"] for step in told["steps_to_come"]], told["operations"]["write"]) == (
        ["activate_certificate", "deactivate_certificate"],
        0,
    )


def test_the_key_is_elsewhere(bench: OpenBench, tmp_path: Path) -> None:
    """Without an exchange by the one that comes, the one that leaves is never forbidden, whatever the date."""
    here = bench(existing())
    in_use(here, OLD)
    told = go(here)
    assert (codes(told), waits(told)) == ([], [("prestataire", "switch_missing")])
    provider = SiFpsClient(here.endpoints, get_issued(here.endpoints, tmp_path / "elsewhere", SIRET))
    provider.install(SIRET, label=NEW)
    told = go(here)
    assert (codes(told), told["switch"]["state"], waits(told)) == (["activate_certificate"], "beside", [("prestataire", "switch_proof")])
    assert (go(here)["changed"], states(here)) == (False, {OLD: "active", NEW: "active"})
    provider.send(NUMBER)
    told = go(here)
    assert (codes(told), states(here)) == (["deactivate_certificate"], {OLD: "inactive", NEW: "active"})


def test_who_has_sent_last_is_not_cut_off_by_the_way_back(bench: OpenBench) -> None:
    here = bench(existing())
    in_use(here, OLD)
    here.certificate(NEW)
    go(here)
    machine(here, NEW).send(NUMBER)
    told = go(here, rollback=True)
    assert (codes(told), waits(told), states(here)) == (
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
    told = go(here)
    assert (codes(told), waits(told), states(here)[OLD]) == ([], [("collectivite", "dialogue_refused")], "active")


def machine_fingerprint(here: Bench, provider: str) -> str:
    return Issued(*here.key_pair(provider)).fingerprint


def test_other_modules_leave_both_alone(bench: OpenBench) -> None:
    here = bench(existing())
    in_use(here, OLD)
    here.certificate(NEW)
    go(here)
    switch = {"from": OLD, "to": NEW, "date": PAST}
    for certificates in ([{"provider": OLD}, {"provider": NEW}], [{"provider": NEW}]):
        told = here.done("antai_certificate", siret=SIRET, certificates=certificates, exclusive=True, switch=switch)
        assert (told["changed"], states(here)) == (False, {OLD: "inactive", NEW: "active"})
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


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"date": "soon"}, "switch.date"), ({"to": OLD}, "switch"), ({"from": "a b"}, "switch.from")],
)
def test_bad_input(bench: OpenBench, changes: dict[str, Any], field: str) -> None:
    here = bench(existing())
    told = here.run(SWITCH, siret=SIRET, certificates=[], switch={"from": OLD, "to": NEW, "date": PAST} | changes)
    assert (told["failed"], told["error"]["details"]["field"], here.writes()) == (True, field, [])
