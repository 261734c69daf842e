# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that would write to many writes to a few first: a wrong profile spoils these, and nobody else."""

from __future__ import annotations

from typing import Any

from tests.integration.conftest import OpenBench
from tests.support.fleet import FleetBench, fleet_policy, host

COUNT, CANARIES = 8, 2
NEW_EMAIL = "nouveau@essai.example"


def failures(result: dict[str, Any]) -> dict[str, str]:
    return {name: entry["error"]["code"] for name, entry in result["hosts"].items() if entry["failed"]}


def test_a_profile_that_writes_the_wrong_field_spoils_the_canaries_alone(bench: OpenBench) -> None:
    """Its update is accepted and changes nothing: every run would write to all of them again."""
    fleet = FleetBench(bench(fleet_policy(COUNT)))
    body = fleet.profile["operations"]["account_update"]["request"]["body"]
    field = next(name for name, value in body.items() if "contact_email" in str(value))
    body[field] = f"{host(0)}@essai.example"
    entries = [fleet.entry(rank, contact_email=NEW_EMAIL) for rank in range(COUNT)]
    told = fleet.run(entries, canary=CANARIES)
    assert fleet.asked["accountUpdate"] == CANARIES
    spared = {host(rank) for rank in range(CANARIES, COUNT)}
    assert {name for name, code in failures(told).items() if code == "withheld"} == spared
    assert f"les {COUNT - CANARIES} autres" in told["summary"]["msg"]
    (problem,) = told["summary"]["problems"]
    assert (problem["code"], set(problem["hosts"])) == ("canary", {host(rank) for rank in range(CANARIES)})


def test_where_they_end_as_planned_all_are_written_to(bench: OpenBench) -> None:
    fleet = FleetBench(bench(fleet_policy(COUNT)))
    entries = [fleet.entry(rank, contact_email=NEW_EMAIL) for rank in range(COUNT)]
    told = fleet.run(entries, canary=CANARIES)
    assert (failures(told), told["summary"]["changed"], fleet.asked["accountUpdate"]) == ({}, COUNT, COUNT)
    assert not fleet.run(entries, canary=CANARIES)["changed"]


def test_one_that_writes_nothing_is_replaced(bench: OpenBench) -> None:
    """Its own fault, before any write, says nothing of the others."""
    fleet = FleetBench(bench(fleet_policy(COUNT)))
    unreadable = [{"provider": "acme", "certificate": "/nowhere/certificate.pem", "private_key": "/nowhere/key.pem"}]
    broken = [fleet.entry(rank, certificates=unreadable) for rank in range(CANARIES)]
    told = fleet.run([*broken, *(fleet.entry(rank, contact_email=NEW_EMAIL) for rank in range(CANARIES, COUNT))], canary=CANARIES)
    assert set(failures(told)) == {host(rank) for rank in range(CANARIES)}
    assert fleet.asked["accountUpdate"] == COUNT - CANARIES


def test_a_certificate_that_the_si_fps_refuses_stops_the_others(bench: OpenBench) -> None:
    """It is active in the space, and yet no FPS would go through: the canaries are asked about before the others are written to."""
    fleet = FleetBench(bench(fleet_policy(COUNT)))
    fleet.profile["records"]["dialogue"]["states"] |= {"AUTORISE": "refused", "REFUSE": "authorised"}
    folders = {f"{name}_folder": fleet.bench.endpoints["psce"][f"{name}_folder"] for name in ("drop", "pickup")}
    certificates = [{"provider": "acme", "key_type": "ec-p256"}]
    entries = [fleet.entry(rank, store=True, wait=30.0, certificates=certificates, **folders) for rank in range(COUNT)]
    told = fleet.run(entries, canary=CANARIES, prove="daily")
    assert fleet.asked["certificateActivate"] == CANARIES
    assert list(failures(told).values()) == ["withheld"] * (COUNT - CANARIES)
    assert "the SI FPS refuses its certificate" in told["summary"]["msg"]
