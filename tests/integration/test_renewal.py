# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Across 31 December (R6), with the sandbox's clock: what is said before, what a lapse does, and a renewal over weeks that loses no FPS."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.collectivites.antai.plugins.plugin_utils._report.contents import report
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.model import HostRun, ReportOptions
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.table import table
from tests.integration.conftest import OpenBench
from tests.support.bench import FORM, Bench, codes, encoded, waits
from tests.support.keys import Issued
from tests.support.pdfs import Sheet
from tests.support.portal_client import SiFpsClient, code
from tests.support.sandbox_process import SandboxProcess
from tests.support.small_fleet import PROVIDER, Fleet
from tests.support.values import EXISTING, NUMBER, SIRET, THIRD, existing, policy

# The clock that moves is the sandbox's; ours stays, so that "soon" is as long as a wave.
SOON = [2000]
DECLARED: dict[str, Any] = {"siret": SIRET, "cycle": "complet", "convention_renewal_days": SOON}
CERTIFICATES: dict[str, Any] = {"siret": SIRET, "certificates": [{"provider": "essai"}]}


def fps(siret: str, rank: int) -> str:
    return f"{siret}26{rank:010}"


def reported(here: Bench) -> tuple[str, str]:
    """The alert of the report, and its table."""
    status = here.done("antai_onboarding_info", name="Lyon", **DECLARED | CERTIFICATES)["status"]
    told = report([HostRun("lyon", status)], ReportOptions(datetime.now(UTC), "en", ending_days=SOON[0]))
    return told["collectivites"][0]["alert"], table(told)


def end_of(here: Bench) -> date:
    return date.fromisoformat(here.done("antai_convention_info", siret=SIRET)["conventions"][0]["end"])


def test_across_31_december(bench: OpenBench) -> None:
    here = bench(existing("in_force", countersign="never"))
    end = end_of(here)
    assert (end.month, end.day) == (12, 31)
    here.request()
    here.running.cli("tick", "--to", (end - timedelta(days=20)).isoformat(), "--back")
    here.certificate()
    here.done("antai_certificate", **CERTIFICATES)
    client = SiFpsClient(here.endpoints, Issued(*here.key_pair()))
    client.send(NUMBER)
    before = here.done("antai_convention", **DECLARED)
    assert (waits(before), [each["next_action"]["code"] for each in before["ahead"]]) == ([], ["convention_renewal"]), (
        "nothing is amiss yet"
    )
    assert any(str(end + timedelta(days=1)) in each and "no FPS passes" in each for each in before["warnings"])
    alert, told = reported(here)
    assert alert == "in_service"
    assert f"{end} convention (Waiting for collectivité (convention)): Lyon" in told
    assert f"from {end + timedelta(days=1)} no FPS passes any more" in told

    here.running.cli("tick", "--to", end.isoformat())
    client.send(fps(SIRET, 2))
    here.running.cli("tick", "--days", "1")
    assert code(client.send(fps(SIRET, 3), 403)) == ("CONVENTION_TERMINEE", "R6")
    alert, told = reported(here)
    assert (alert, f"The convention ended on {end}: no FPS passes any more. Have a new one signed" in told) == ("stopped", True)
    assert "collectivité (convention)" in told

    prefilled = here.done("antai_convention_prefill", siret=SIRET, cycle="complet", name="Lyon", form=FORM, next_period=True)["prefill"]
    assert prefilled["document"].endswith("/next/to_sign.pdf")
    (Path(prefilled["document"]).parent / "signed.pdf").write_bytes(here_signed(here))
    sent = here.done("antai_convention", **DECLARED)
    assert (codes(sent), waits(sent)) == (["upload_convention"], [("antai", "convention_lapsed")])
    assert reported(here)[0] == "stopped", "uploaded is not in force"
    here.running.cli("countersign", SIRET)
    restored = here.done("antai_convention", **DECLARED)
    assert (codes(restored), restored["convention"]["state"], restored["convention"]["lapsed"]) == (
        ["fetch_countersigned"],
        "in_force",
        None,
    )
    client.send(fps(SIRET, 3))
    assert reported(here)[0] == "in_service"
    assert here.done("antai_convention", **DECLARED)["changed"] is False


def here_signed(here: Bench) -> bytes:
    here.running.cli("sign", SIRET)
    return (Path(here.endpoints["signed_folder"]) / f"{SIRET}.pdf").read_bytes()


def test_partiel_goes_on_until_complet_replaces_it(bench: OpenBench) -> None:
    here = bench(existing("in_force", "partiel", countersign="never"))
    here.certificate()
    here.done("antai_certificate", **CERTIFICATES)
    client = SiFpsClient(here.endpoints, Issued(*here.key_pair()))
    client.send(fps(SIRET, 1))
    document = encoded(Sheet(lines=("convention, cycle complet, signed",), image=True).pdf())
    result = here.done("antai_convention", siret=SIRET, cycle="complet", document_content=document)
    assert waits(result) == [("antai", "convention_countersignature")]
    client.send(fps(SIRET, 2))
    assert result["convention"]["lapsed"] is None
    here.running.cli("countersign", SIRET)
    client.send(fps(SIRET, 3))
    states = {each["cycle"]: each["state"] for each in here.done("antai_convention_info", siret=SIRET)["conventions"]}
    assert states == {"partiel": "ended", "complet": "in_force"}


def test_renewing_a_wave_over_weeks(tmp_path: Path, sandbox_template: Path) -> None:
    """renew_conventions.yml, run again and again while people act; each run a second time changes nothing; no FPS is refused on the way."""
    people = {"countersign": "never", "sign": "never", "issue": "accept"}
    collectivites = {siret: {"name": name, "existing": EXISTING} for siret, name in ((SIRET, "Lyon"), (THIRD, "Nice"))}
    with SandboxProcess(tmp_path / "sandbox", policy(collectivites=collectivites, **people), sandbox_template) as running:
        signed = f"{running.endpoints['signed_folder']}/{{{{ antai_siret }}}}.pdf"
        named = {host: {"antai_siret": siret, "antai_name": host.title()} for host, siret in (("lyon", SIRET), ("nice", THIRD))}
        fleet = Fleet(running, tmp_path, named)
        bench = Bench(running, tmp_path)
        for siret in (SIRET, THIRD):
            bench.certificate(PROVIDER, siret)
            bench.done("antai_certificate", siret=siret, certificates=[{"provider": PROVIDER}])
        machines = {siret: fleet.machine(siret) for siret in (SIRET, THIRD)}
        numbers = iter(range(1, 1000))

        def renew(*more: str) -> tuple[set[str], dict[str, dict[str, Any]]]:
            """(who changed, by host what the table says); every collectivité can exchange meanwhile."""
            file = tmp_path / "renewal.csv"
            variables = {"antai_convention_renewal_days": SOON, "antai_form": "sandbox", "antai_convention_next_document": signed}
            played = fleet.play("renew_conventions", *more, **variables, antai_renewal_file=str(file), antai_renewal_late_days=SOON[0])
            assert played.code == 0, played.stdout[-3000:]
            for siret, machine in machines.items():
                machine.send(fps(siret, next(numbers)))
            told = next(each["result"] for each in played.results if each["action"].endswith("antai_convention_renewals"))
            if not more:
                rows = csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig")), delimiter=";")
                assert len(list(rows)) == 2
            return played.changed(), {each["host"]: each for each in told["renewals"]}

        def twice(changed: set[str], **states: str) -> dict[str, dict[str, Any]]:
            first, told = renew()
            assert (first, {host: each["state"] for host, each in told.items()}) == (changed, states)
            again, same = renew()
            assert (again, {host: each["state"] for host, each in same.items()}) == (set(), states)
            return told

        before = fleet.written()
        assert renew("--check")[0] == {"lyon", "nice"}
        assert fleet.written() == before
        told = twice({"lyon", "nice"}, lyon="to_sign", nice="to_sign")
        assert all(each["late"] and Path(each["document"]).is_file() for each in told.values())
        assert fleet.written() == before, "prefilling writes nothing at ANTAI's"
        running.cli("sign", SIRET)
        twice({"lyon"}, lyon="submitted", nice="to_sign")
        running.cli("refuse", SIRET, "--reason", "page 2 manque")
        told = twice(set(), lyon="refused", nice="to_sign")
        assert "page 2 manque" in told["lyon"]["waiting"][0]["next_action"]["text"]
        running.cli("tick", "--days", "1")  # signed another day, it is another document
        running.cli("sign", SIRET)
        running.cli("sign", THIRD)
        twice({"lyon", "nice"}, lyon="submitted", nice="submitted")
        running.cli("countersign", SIRET)
        running.cli("countersign", THIRD)
        twice({"lyon", "nice"}, lyon="secured", nice="secured")
        end = bench.done("antai_convention_info", siret=SIRET)["conventions"][0]["end"]
        running.cli("tick", "--to", (date.fromisoformat(end) + timedelta(days=1)).isoformat())
        changed, told = renew()
        assert changed == {"lyon", "nice"}, "the copy of the one that begins takes the place of the one that is over"
        assert all(each["end"] > end for each in told.values())
        uploads = [siret for operation, siret in fleet.written() if operation == "conventionUpload"]
        assert sorted(uploads) == sorted([SIRET, SIRET, THIRD]), "each document once"
        folder = fleet.store / SIRET / "conventions/complet"
        assert len(list((folder / "earlier").iterdir())) == 1
        assert (folder / "countersigned.pdf").read_bytes() == (folder / "next/countersigned.pdf").read_bytes()


def test_who_has_no_convention_yet_is_told_and_fails_nothing(tmp_path: Path, sandbox_template: Path) -> None:
    """What is only foreseen, in check mode, is for the next run."""
    without = {name: value for name, value in EXISTING.items() if name != "convention"}
    people = policy(collectivites={SIRET: {"name": "Lyon", "existing": without}}, sign="accept", countersign="never")
    with SandboxProcess(tmp_path / "sandbox", people, sandbox_template) as running:
        running.cli("sign", SIRET)
        fleet = Fleet(running, tmp_path, {"lyon": {"antai_siret": SIRET, "antai_name": "Lyon"}})
        document = f"{running.endpoints['signed_folder']}/{SIRET}.pdf"
        shown = []
        for more in (["--check"], []):
            played = fleet.play("renew_conventions", *more, antai_form="sandbox", antai_convention_document=document)
            assert played.code == 0, played.stdout[-3000:]
            shown.append(next(each["result"]["text"] for each in played.results if each["action"].endswith("antai_convention_renewals")))
        foreseen, done = shown
        assert ("next run (1 to do)" in foreseen, "ANTAI (convention)" in foreseen) == (True, False)
        assert ("next run" in done, "ANTAI (convention)" in done) == (False, True)
