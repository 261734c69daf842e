# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The road end to end, with real `ansible-playbook` over inventories/demo: a dozen communes, run again and again while people act.

One test, because it is one story, and each run takes its time: run, run again, audit, people act, run, offboard.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support.bench import Listing, listing
from tests.support.interfaces import EITHER_INTERFACE, Interface
from tests.support.keys import Issued
from tests.support.playbook import Played, play
from tests.support.portal_client import PortalClient, SiFpsClient, code
from tests.support.sandbox_process import SandboxProcess

# What the demo's policy lets happen by itself; the others go through.
WAITING = {
    "arras": ("account", [("collectivite", "account_refused")]),
    "bourges": ("account", [("antai", "account_control")]),
    "colmar": ("certificate_request", [("psce", "certificate_issue")]),
    "laval": ("convention", [("collectivite", "convention_signature")]),
    "ajaccio": ("account", [("collectivite", "mandate"), ("collectivite", "certificate_activation")]),
}
THROUGH = {"albi", "ornans", "montreuil", "niort", "quimper", "beauvais", "saint_brieuc"}
PEOPLE = (("approve", "21180033900015"), ("sign", "21530130000012"), ("issue", "21680066400015"))
ADVANCED_BY_THE_COLLECTION = {"bourges", "laval", "colmar"}
ALBI, LAVAL, NIORT, AJACCIO, COLMAR = "21810004800014", "21530130000012", "21790191700013", "21200004600012", "21680066400015"


@dataclass
class Demo:
    """The demo of a clone, with its state elsewhere."""

    running: SandboxProcess
    folder: Path
    interface: Interface

    @property
    def store(self) -> Path:
        return self.folder / "store"

    def play(self, playbook: str, *arguments: str) -> Played:
        return play(
            f"playbooks/{playbook}.yml",
            "inventories/demo",
            self.folder / "home",
            *("-e", json.dumps({"antai_store": str(self.store), **self.interface.variables(self.running.endpoints)}), *arguments),
            SANDBOX_ENDPOINTS=str(self.running.state_dir / "endpoints.json"),
        )

    def written(self) -> list[dict[str, Any]]:
        """Asking the PSCE once more, with the same request, is no writing."""
        return [line for line in self.running.requests(operation_class="write") if line["operation"] != "estEnroll"]

    def writes(self) -> int:
        return len(self.written())

    def kept(self) -> Listing:
        """The store, but for the date from which the PSCE of Colmar wants to be asked again."""
        return {path: each for path, each in listing(self.store).items() if not (COLMAR in path and path.endswith("request.json"))}

    def machine(self, siret: str, provider: str) -> SiFpsClient:
        """An independent client with this commune's certificate, from the store."""
        current = self.store / siret / "certificates" / provider / "current"
        return SiFpsClient(self.running.endpoints, Issued(current / "certificate.pem", current / "key.pem"))


@pytest.fixture
def demo(tmp_path: Path, sandbox_template: Path, interface: Interface) -> Iterator[Demo]:
    with SandboxProcess(tmp_path / "sandbox", None, sandbox_template, interface.program) as running:
        yield Demo(running, tmp_path, interface)


@EITHER_INTERFACE
def test_the_road(demo: Demo) -> None:
    check_mode_writes_nothing(demo)
    first_run(demo)
    an_fps_passes_only_for_who_is_onboarded(demo)
    second_run_changes_nothing(demo)
    people_act(demo)
    next_run_advances_exactly_those(demo)
    audit_writes_nothing(demo)
    offboarding_ends_the_dialogue(demo)


def stages(played: Played) -> dict[str, tuple[str, list[tuple[str, str]]]]:
    return {
        host: (status["stage"], [(each["on"], each["next_action"]["code"]) for each in status["waiting"]])
        for host, status in played.statuses().items()
    }


def fps(siret: str, rank: int) -> str:
    return f"{siret}26{rank:010}"


def check_mode_writes_nothing(demo: Demo) -> None:
    played = demo.play("onboard", "--check", "--diff", "--limit", "albi,ajaccio")
    assert (played.code, demo.writes(), demo.store.exists()) == (0, 0, False), played.stdout[-2000:]
    assert played.changed() == {"albi", "ajaccio"}, "it predicts"


def first_run(demo: Demo) -> None:
    played = demo.play("onboard")
    assert (played.code, played.failed()) == (0, set()), played.stdout[-4000:]
    assert stages(played) == WAITING | {host: ("onboarded", []) for host in THROUGH}
    states = {host: {each["state"] for each in status["dialogues"]} for host, status in played.statuses().items()}
    assert {host for host, seen in states.items() if seen == {"authorised"}} == THROUGH
    assert len(played.statuses()["montreuil"]["dialogues"]) == 2, "two providers at once (R4)"
    verdicts = [each for status in played.statuses().values() for each in status["verdicts"] if each["fingerprint"]]
    assert len(verdicts) == 12, "every certificate that there is, two of Montreuil's and none of Colmar's"
    assert {each["outcome"] for each in verdicts} == {"pass"}
    assert {line["status"] for line in demo.running.requests(operation="estEnroll", siret=COLMAR)} == {202}, "by EST, and later"
    for name in ("Albi", "Saint-Brieuc", "en service", "En attente de", "ANTAI (espace numérique)"):
        assert name in played.stdout, "the table at the end, by antai_report"


def an_fps_passes_only_for_who_is_onboarded(demo: Demo) -> None:
    albi, laval = demo.machine(ALBI, "parkexemple"), demo.machine(LAVAL, "parkexemple")
    albi.send(fps(ALBI, 1))
    assert code(albi.send(fps(NIORT, 1), 403)) == ("SIRET_DIFFERENT", "R7"), "for another commune"
    assert code(laval.send(fps(LAVAL, 1), 403)) == ("CERTIFICAT_INACTIF", "R3"), "before its activation"


def second_run_changes_nothing(demo: Demo) -> None:
    writes, store = demo.writes(), demo.kept()
    played = demo.play("onboard")
    assert (played.code, len(played.stats), played.changed()) == (0, 12, set()), played.stdout[-4000:]
    assert (demo.writes(), demo.kept()) == (writes, store)


def people_act(demo: Demo) -> None:
    for deed, siret in PEOPLE:
        demo.running.cli(deed, siret)
    own = PortalClient(demo.running.endpoints).login("agent-ajaccio", "sandbox-ajaccio")
    installed = own.space(AJACCIO)["certificats"]
    assert [each["prestataire"] for each in installed] == ["horodat"]
    own.activate(AJACCIO, installed[0]["empreinte"])


def next_run_advances_exactly_those(demo: Demo) -> None:
    played = demo.play("onboard")
    assert (played.code, played.changed()) == (0, ADVANCED_BY_THE_COLLECTION), played.stdout[-4000:]
    onboarded = {host for host, (stage, _waiting) in stages(played).items() if stage == "onboarded"}
    assert onboarded == THROUGH | ADVANCED_BY_THE_COLLECTION | {"ajaccio"}
    assert stages(played)["arras"] == WAITING["arras"]
    demo.machine(LAVAL, "parkexemple").send(fps(LAVAL, 1))
    demo.machine(AJACCIO, "horodat").send(fps(AJACCIO, 1))


def audit_writes_nothing(demo: Demo) -> None:
    writes, store = demo.writes(), demo.kept()
    played = demo.play("audit")
    assert (played.code, len(played.stats), played.changed()) == (0, 12, set()), played.stdout[-4000:]
    assert (demo.writes(), demo.kept()) == (writes, store)
    told = {each["host"]: each["result"]["msg"] for each in played.results if each["action"].endswith("assert")}
    assert len(told) == 12
    assert all(each.startswith("0 writes, ") for each in told.values())


def offboarding_ends_the_dialogue(demo: Demo) -> None:
    albi = demo.machine(ALBI, "parkexemple")
    writes = demo.writes()
    unconfirmed = demo.play("offboard", "--limit", "albi")
    assert (unconfirmed.code, unconfirmed.failed(), demo.writes()) == (2, {"albi"}, writes), "not without its confirmation"
    foreseen = demo.play("offboard", "--check", "--limit", "albi", "-e", f"antai_offboard_sirets={ALBI}")
    assert (foreseen.code, foreseen.changed(), demo.writes()) == (0, {"albi"}, writes)
    assert "Ce passage ferait (rien n'est fait, --check) :\n  Albi : certificat désactivé, espace clos\n" in foreseen.stdout
    assert "Reste à faire" not in foreseen.stdout
    assert "sont actifs" not in foreseen.stdout, "the play itself sees to it"
    albi.send(fps(ALBI, 2))
    folder = demo.store.parent / "told"
    played = demo.play("offboard", "--limit", "albi", "-e", f"antai_offboard_sirets={ALBI}", "-e", f"antai_report_folder={folder}")
    assert (played.code, played.changed()) == (0, {"albi"}), played.stdout[-4000:]
    (entry,) = json.loads((folder / "report.json").read_text(encoding="utf-8"))["collectivites"]
    assert ({each["code"] for each in entry["changed"]}, entry["stage"]) == ({"deactivate_certificate", "close_account"}, "account")
    assert code(albi.send(fps(ALBI, 3), 403))[1] == "R1", "its account is closed"
    assert [(line["operation"], line["siret"]) for line in demo.written()[writes:] if line["operation"] != "fpsSend"] == [
        ("certificateDeactivate", ALBI),
        ("accountClose", ALBI),
    ]
    again = demo.play("offboard", "--limit", "albi", "-e", f"antai_offboard_sirets={ALBI}")
    assert (again.code, again.changed()) == (0, set())
