# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways to declare a certificate: by fingerprint, by files, by the store; and what is warned of."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tests.integration.conftest import OpenBench
from tests.support.bench import ACCOUNT, Bench, codes, waits
from tests.support.interfaces import EITHER_INTERFACE
from tests.support.keys import Issued, get_issued
from tests.support.portal_client import SiFpsClient
from tests.support.values import SIRET, existing, policy

DECLARED: dict[str, Any] = {"siret": SIRET, "certificates": [{"provider": "essai"}]}


def elsewhere(here: Bench, folder: Path) -> Issued:
    """A certificate whose key another machine holds."""
    return get_issued(here.endpoints, folder, SIRET)


@EITHER_INTERFACE
def test_by_fingerprint_the_provider_installs_and_the_collectivite_activates(bench: OpenBench, tmp_path: Path) -> None:
    here = bench(existing())
    issued = elsewhere(here, tmp_path / "provider")
    fingerprint = issued.fingerprint.upper()
    with_colons = ":".join(fingerprint[i : i + 2] for i in range(0, 64, 2))
    declared = {"siret": SIRET, "certificates": [{"provider": "tiers", "fingerprint": with_colons}], "store": None}
    before = here.done("antai_certificate", **declared)
    assert (before["changed"], waits(before), here.writes()) == (False, [("prestataire", "certificate_installation")], [])
    assert issued.fingerprint in before["waiting"][0]["next_action"]["text"]
    SiFpsClient(here.endpoints, issued).install(SIRET)
    done = here.done("antai_certificate", **declared)
    assert (codes(done), done["waiting"]) == (["activate_certificate"], [])
    off = here.done("antai_certificate", **declared, state="absent")
    assert codes(off) == ["deactivate_certificate"]
    assert not here.store.exists(), "no store was declared, and none was needed"


@EITHER_INTERFACE
def test_by_files(bench: OpenBench, tmp_path: Path) -> None:
    here = bench(existing())
    issued = elsewhere(here, tmp_path / "files")
    declared = {"provider": "essai", "certificate": str(issued.certificate_file)}
    waiting = here.done("antai_certificate", siret=SIRET, certificates=[declared], store=None)
    assert waits(waiting) == [("prestataire", "certificate_installation")], "without its key it cannot be installed from here"
    whole = declared | {"private_key": str(issued.key_file)}
    done = here.done("antai_certificate", siret=SIRET, certificates=[whole], store=None)
    assert codes(done) == ["install_certificate", "activate_certificate"]
    assert done["certificates"]["declared"][0]["fingerprint"] == issued.fingerprint


@EITHER_INTERFACE
def test_with_a_pending_request_the_psce_is_waited_for(bench: OpenBench) -> None:
    here = bench(existing(issue="never"))
    assert waits(here.done("antai_certificate", **DECLARED)) == [("collectivite", "certificate_order")]
    here.done("antai_certificate_request", siret=SIRET, provider="essai", name="Lyon", key_type="ec-p256")
    waiting = here.done("antai_certificate", **DECLARED)
    assert waits(waiting) == [("psce", "certificate_issue")]
    assert waiting["waiting"][0]["since"]


@EITHER_INTERFACE
def test_what_the_sifps_refuses_waits(bench: OpenBench) -> None:
    """A provider without mandate sees the SI FPS's answer only: the account is closed (R1)."""
    rules = existing()
    rules["agents"][0]["mandates"] = []
    rules["collectivites"][SIRET]["existing"] = {"account": "closed", "convention": None}
    here = bench(rules)
    here.certificate()
    result = here.done("antai_certificate", **DECLARED)
    assert (result["changed"], waits(result), here.writes()) == (False, [("collectivite", "certificate_refused")], [])
    assert "R1" in result["waiting"][0]["next_action"]["text"]


@EITHER_INTERFACE
def test_an_activation_that_is_refused_waits(bench: OpenBench) -> None:
    """For ANTAI's clock the certificate has expired, for ours it has not."""
    here = bench(existing(None))
    here.certificate()
    here.done("antai_certificate", **DECLARED, state="present")
    here.running.cli("tick", "--days", "1200")
    here.done("antai_convention", siret=SIRET, document_content=here.signed())
    result = here.done("antai_certificate", **DECLARED)
    assert (result["changed"], waits(result)[0]) == (False, ("collectivite", "certificate_refused"))
    assert "PKI-DATE" in result["waiting"][0]["next_action"]["text"]
    assert [step["outcome"] for step in result["steps"]] == ["waiting"]


@EITHER_INTERFACE
def test_another_document_is_not_sent_while_a_convention_runs(bench: OpenBench) -> None:
    here = bench(existing("in_force"))
    result = here.done("antai_convention", siret=SIRET, document_content=here.signed())
    assert ("is not sent while that one runs" in result["warnings"][0], here.writes()) == (True, [])


@EITHER_INTERFACE
def test_the_countersigned_copy_is_fetched_again_when_it_is_lost(bench: OpenBench) -> None:
    here = bench(existing("in_force"))
    first = here.done("antai_convention", siret=SIRET)
    copy = Path(first["convention"]["countersigned_copy"])
    copy.write_bytes(b"%PDF-1.4 damaged")
    assert codes(here.done("antai_convention", siret=SIRET)) == ["fetch_countersigned"]
    shutil.rmtree(here.store)
    assert codes(here.done("antai_convention", siret=SIRET)) == ["fetch_countersigned"]
    assert here.writes() == []


@EITHER_INTERFACE
def test_a_pending_request_is_not_made_again_for_another_type(bench: OpenBench) -> None:
    here = bench(policy())
    order = {"siret": SIRET, "provider": "essai", "name": "Lyon", "key_type": "ec-p256"}
    here.done("antai_certificate_request", **order)
    other = here.done("antai_certificate_request", **order | {"key_type": "ec-p384"})
    assert (other["changed"], "key_type" in other["warnings"][0]) == (False, True)
    assert not here.writes(), "an order writes nothing at ANTAI"


@EITHER_INTERFACE
def test_without_a_store_nothing_is_kept(bench: OpenBench) -> None:
    here = bench(policy(collectivites={SIRET: {"name": "Lyon"}}))
    here.done("antai_account", **ACCOUNT, store=None)
    result = here.done("antai_convention", siret=SIRET, document_content=here.signed(), store=None)
    assert (codes(result), result["convention"]["state"], result["convention"]["countersigned_copy"]) == (
        ["upload_convention"],
        "in_force",
        None,
    )
    assert not here.store.exists()
