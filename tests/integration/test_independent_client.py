# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An independent client, which shares no code with the collection, sends FPS with what the collection has set up."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.integration.conftest import OpenBench
from tests.support.bench import Bench
from tests.support.interfaces import EITHER_INTERFACE
from tests.support.keys import Issued
from tests.support.portal_client import SiFpsClient, code
from tests.support.values import NUMBER, OTHER, SIRET, existing

pytestmark = EITHER_INTERFACE
DECLARED: dict[str, Any] = {"siret": SIRET, "certificates": [{"provider": "essai"}]}


def machine(here: Bench) -> SiFpsClient:
    return SiFpsClient(here.endpoints, Issued(*here.key_pair()))


def number(rank: int) -> str:
    return NUMBER[:-4] + f"{rank:04}"


def test_an_fps_passes_exactly_while_the_certificate_is_active(bench: OpenBench) -> None:
    here = bench(existing())
    here.certificate()
    client = machine(here)
    assert code(client.send(number(1), 403)) == ("CERTIFICAT_INCONNU", "R3"), "before it is installed"
    here.done("antai_certificate", **DECLARED, state="present")
    assert code(client.send(number(1), 403)) == ("CERTIFICAT_INACTIF", "R3"), "before its activation"
    here.done("antai_certificate", **DECLARED)
    client.send(number(1))
    assert code(client.send(OTHER + NUMBER[14:], 403)) == ("SIRET_DIFFERENT", "R7"), "for another commune"
    here.done("antai_certificate", **DECLARED, state="inactive")
    assert code(client.send(number(2), 403)) == ("CERTIFICAT_INACTIF", "R3"), "after its deactivation"
    here.done("antai_certificate", **DECLARED)
    client.send(number(2))


def test_no_fps_passes_after_the_end_of_the_convention(bench: OpenBench) -> None:
    here = bench(existing("in_force"))
    end = date.fromisoformat(here.done("antai_convention_info", siret=SIRET)["conventions"][0]["end"])
    here.request()
    here.running.cli("tick", "--to", (end - timedelta(days=90)).isoformat(), "--back")
    here.certificate()
    here.done("antai_certificate", **DECLARED)
    client = machine(here)
    client.send(number(1))
    here.running.cli("tick", "--to", end.isoformat())
    client.send(number(2))  # the last day belongs to it (R6)
    here.running.cli("tick", "--days", "1")
    assert code(client.send(number(3), 403)) == ("CONVENTION_TERMINEE", "R6")
    told = here.done("antai_exchange_info", **DECLARED)["dialogues"][0]
    assert (told["state"], told["rule"]) == ("refused", "R6")
    assert here.done("antai_convention", siret=SIRET)["waiting"][0]["next_action"]["code"] == "convention_ended"


def test_after_a_change_of_provider_only_the_new_one_talks(bench: OpenBench) -> None:
    here = bench(existing())
    for provider in ("ancien", "nouveau"):
        here.certificate(provider)
    old, new = (SiFpsClient(here.endpoints, Issued(*here.key_pair(each))) for each in ("ancien", "nouveau"))
    here.done("antai_certificate", siret=SIRET, certificates=[{"provider": "ancien"}])
    old.send(number(1))
    here.done("antai_certificate", siret=SIRET, certificates=[{"provider": "ancien"}, {"provider": "nouveau"}])
    old.send(number(2))
    new.send(number(3))
    here.done("antai_certificate", siret=SIRET, certificates=[{"provider": "nouveau"}], exclusive=True)
    new.send(number(4))
    assert code(old.send(number(5), 403)) == ("CERTIFICAT_INACTIF", "R3")
