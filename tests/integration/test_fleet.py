# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine of antai_fleet over real TLS: what it asks, what it does, what fails for whom. Counts, never times."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._interface.agent import Agent
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError, UnexpectedAnswer
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet import collectivite, listing_stage
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.declared_host import DeclaredHost
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.lists import Listing, read_listing
from tests.integration.conftest import OpenBench
from tests.support.fleet import EDITORS_AGENT, PER_PAGE, FleetBench, fleet_policy, host, own_agent, siret
from tests.support.interfaces import EITHER_INTERFACE
from tests.support.journal import concluded_steps
from tests.support.keys import await_file
from tests.support.portal_client import PortalClient

MANY = 12
PAGES = 3
NEW_EMAIL = "nouveau@essai.example"
ACTIVE = [{"provider": "acme", "key_type": "ec-p256"}]


def fleet_of(bench: OpenBench, count: int = MANY, *, lists: bool = True, **policy: Any) -> FleetBench:
    return FleetBench(bench(fleet_policy(count, **policy)), lists=lists)


def refused(told: dict[str, Any]) -> dict[str, str]:
    return {name: each["error"]["code"] for name, each in told["hosts"].items() if each["failed"]}


# What a run that changes nothing asks


@EITHER_INTERFACE
def test_a_fleet_is_read_by_the_pages_of_its_list(bench: OpenBench) -> None:
    fleet = fleet_of(bench)
    told = fleet.run(fleet.entry(rank) for rank in range(MANY))
    reads = fleet.all_read(MANY, PAGES)
    assert fleet.asked == fleet.session() | reads
    assert (told["changed"], told["summary"]["onboarded"], told["summary"]["failed"]) == (False, MANY, 0)
    assert told["summary"]["operations"] == {"read": sum(reads.values()), "write": 0, "session": len(fleet.session())}
    assert list(told["hosts"]) == [host(rank) for rank in range(MANY)]
    assert {each["status"]["siret"] for each in told["hosts"].values()} == {siret(rank) for rank in range(MANY)}


@EITHER_INTERFACE
def test_without_lists_each_is_read_once(bench: OpenBench) -> None:
    fleet = fleet_of(bench, lists=False)
    told = fleet.run(fleet.entry(rank) for rank in range(MANY))
    assert fleet.asked == fleet.session() | fleet.all_read(MANY)
    assert told["summary"]["onboarded"] == MANY


@EITHER_INTERFACE
def test_each_agent_logs_in_once_and_all_share_the_visit(bench: OpenBench) -> None:
    fleet = fleet_of(bench, own_agents=True)
    told = fleet.run(fleet.entry(rank, login=own_agent(rank)) for rank in range(MANY))
    assert fleet.asked == fleet.session(MANY) | fleet.all_read(MANY)
    assert told["summary"]["onboarded"] == MANY


@EITHER_INTERFACE
def test_few_of_very_many_are_not_looked_for_on_every_page(bench: OpenBench) -> None:
    fleet = fleet_of(bench, 6 * PER_PAGE)
    told = fleet.run(fleet.entry(rank) for rank in (0, 28, 29))
    assert fleet.asked["spaceList"] + fleet.asked["spaceGet"] <= max(4, fleet.all_read(3)["spaceGet"])
    assert told["summary"]["onboarded"] == 3


def test_a_list_that_is_not_whole_makes_nobody_absent(bench: OpenBench) -> None:
    fleet = fleet_of(bench)
    fleet.profile["operations"]["space_list"]["pagination"]["total"] = "sum([total, `1`])"  # as a server would tell that leaves one out
    told = fleet.run(fleet.entry(rank) for rank in range(MANY))
    assert fleet.asked == fleet.session() | {"spaceList": 2 * PAGES} | fleet.all_read(MANY), "the list once more, then each by itself"
    (problem,) = told["summary"]["problems"]
    assert (problem["code"], f"only {MANY} of {MANY + 1} have come" in problem["text"]) == ("list_incomplete", True)
    assert told["summary"]["onboarded"] == MANY


def test_a_slice_does_not_take_what_others_declare_for_undeclared(bench: OpenBench) -> None:
    """Two slices of one inventory: none declares the space of rank 11, which the others' runs have not recorded either."""
    fleet, ranks = fleet_of(bench), range(MANY)
    slices = [[rank for rank in ranks[:-1] if rank % 2 == part] for part in range(2)]

    def run(part: int, pairs: Any) -> tuple[Any, Any]:
        summary = fleet.run([fleet.entry(rank, store=True) for rank in slices[part]], declared=lambda: pairs)["summary"]
        names = [
            None if summary[name] is None else [each["siret"] for each in summary[name]] for name in ("undeclared", "declared_elsewhere")
        ]
        return names[0], names[1]

    def pairs(ranks: Any) -> list[tuple[str, str]]:
        return [(host(rank), siret(rank)) for rank in ranks]

    whole, nobodys = pairs(ranks[:-1]), [siret(11)]
    assert run(0, whole) == (nobodys, []), "the whole inventory is known: --limit, or antai_whole_inventory"
    run(1, pairs(slices[1]))
    others = sorted(siret(rank) for rank in slices[1])
    assert run(0, pairs(slices[0])) == (nobodys, others), "the store knows which host had them"
    few = fleet.run([fleet.entry(0)], declared=lambda: whole)["summary"]
    assert (few["undeclared"], few["declared_elsewhere"]) == (None, None), "one is read singly: who else there is is not known"


# What drifted


@EITHER_INTERFACE
def test_what_drifted_is_read_again_and_touched_alone(bench: OpenBench) -> None:
    fleet = fleet_of(bench)
    entries = [fleet.entry(rank, **({"contact_email": NEW_EMAIL} if rank in (3, 7) else {})) for rank in range(MANY)]
    predicted = fleet.run(entries, check=True)
    assert fleet.asked == fleet.session() | fleet.all_read(MANY, PAGES)
    told = fleet.run(entries)
    # For each: read again before the write, and seen after it.
    again = fleet.all_read(2 * 2)
    assert fleet.asked == Counter(fleet.session()) + Counter(fleet.all_read(MANY, PAGES)) + Counter(again) + Counter(accountUpdate=2)
    assert {name for name, each in told["hosts"].items() if each["changed"]} == {host(3), host(7)}
    assert told["hosts"][host(3)]["diff"]["before"]["account"]["contact_email"] == f"{host(3)}@essai.example"
    assert told["hosts"][host(3)]["diff"]["after"]["account"]["contact_email"] == NEW_EMAIL
    assert predicted["hosts"][host(3)]["diff"] == told["hosts"][host(3)]["diff"]
    assert predicted["summary"]["changed"] == 2
    assert fleet.run(entries)["changed"] is False


def test_what_changes_after_the_list_was_read_is_seen_before_the_write(bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list shows an old account, corrected since by somebody else: there is nothing to be written any more."""
    fleet = fleet_of(bench, 3)
    read = listing_stage.read_listing

    def then_corrected(*given: Any) -> Any:
        listing = read(*given)
        listing.spaces[siret(0)]["account"]["contact_email"] = "ancien@essai.example"
        return listing

    monkeypatch.setattr(listing_stage, "read_listing", then_corrected)
    told = fleet.run(fleet.entry(rank) for rank in range(3))
    assert fleet.asked == {"init": 1, "login": 1, "spaceList": 1, "spaceGet": 1}, "looked at again, and nothing was written"
    assert told["changed"] is False


# From nothing


@EITHER_INTERFACE
def test_from_nothing_to_onboarded_and_nothing_more(bench: OpenBench) -> None:
    """Whatever the interface: jobs, look-ups and separate lists as well as one page for all."""
    count = 3
    fleet = fleet_of(bench, count, existing=False)
    entries = [new(fleet, rank) for rank in range(count)]
    told = fleet.run(entries)
    assert told["summary"]["onboarded"] == count, told["summary"]["failures"]
    assert (told["summary"]["changed"], fleet.asked["login"]) == (count, 1)
    writes = fleet.bench.writes()
    assert Counter(writes) == dict.fromkeys(("accountRequest", "conventionUpload", "certificateInstall", "certificateActivate"), count)

    again = fleet.run(entries, prove="always")
    assert (again["changed"], again["summary"]["onboarded"], fleet.bench.writes()) == (False, count, writes)
    assert {each["status"]["dialogues"][0]["state"] for each in again["hosts"].values()} == {"authorised"}

    drift(fleet, told, 1)
    predicted = fleet.run(entries, check=True)
    assert [step["code"] for step in predicted["hosts"][host(1)]["steps"]] == ["activate_certificate"]
    one = fleet.run(entries)
    assert [name for name, each in one["hosts"].items() if each["changed"]] == [host(1)]
    assert (one["summary"]["onboarded"], fleet.asked["certificateActivate"]) == (count, 1)


def test_onboarding_takes_six_requests_each(bench: OpenBench) -> None:
    """Absent (1), requested (2), convention uploaded (3), its countersigned copy (4), installed (5), active (6).

    What people have answered in between is seen by the pages, all collectivités at once.
    """
    count = 8
    fleet = fleet_of(bench, count, existing=False)
    entries = [new(fleet, rank) for rank in range(count)]
    for rank in range(count):
        order(fleet, rank)
    told = fleet.run(entries)
    assert told["summary"]["onboarded"] == count, told["summary"]["failures"]
    writes = ("accountRequest", "conventionUpload", "certificateInstall", "certificateActivate")
    expected = {"init": 1, "login": 1, "spaceList": 1 + 3 * 2, "spaceGet": count, "conventionDocument": count} | dict.fromkeys(
        writes, count
    )
    assert fleet.asked == expected
    assert {step["outcome"] for each in told["hosts"].values() for step in each["steps"]} == {"done"}
    assert not [text for each in told["hosts"].values() for text in each["warnings"] if "accepted" in text]

    again = fleet.run(entries)
    assert (again["changed"], fleet.asked) == (False, {"init": 1, "login": 1, "spaceList": 2})
    proven = fleet.run(entries, prove="always")
    assert {each["status"]["dialogues"][0]["state"] for each in proven["hosts"].values()} == {"authorised"}
    assert fleet.asked == {"init": 1, "login": 1, "spaceList": 2, "exchangeQuery": count}

    drift(fleet, told, 1)
    one = fleet.run(entries)
    assert (one["summary"]["changed"], one["summary"]["onboarded"]) == (1, count)
    assert fleet.asked == {"init": 1, "login": 1, "spaceList": 2, "spaceGet": 2, "certificateActivate": 1}
    for rank in range(3):
        drift(fleet, told, rank)
    three = fleet.run(entries)
    assert (three["summary"]["changed"], three["summary"]["onboarded"]) == (3, count)
    assert fleet.asked == {"init": 1, "login": 1, "spaceList": 2 + 1, "spaceGet": 3, "certificateActivate": 3}, (
        "the first page shows all three"
    )


@pytest.mark.parametrize("what", ["nothing", "another run has written", "too long ago"])
def test_what_the_pages_show_after_a_write_stands_for_a_moment(bench: OpenBench, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Only while nobody who shares the store has done anything since, and not for long: else each is read again before it is written to."""
    count = 8
    fleet = fleet_of(bench, count, existing=False)
    entries = [new(fleet, rank, certificates=[]) for rank in range(count)]
    read = listing_stage.read_listing

    def as_another_writes(*given: Any) -> Any:
        listing = read(*given)
        for entry in entries if listing.spaces else []:
            with Store(entry.parameters["store"], entry.parameters["siret"]).locked():
                pass
        return listing

    if what == "another run has written":
        monkeypatch.setattr(listing_stage, "read_listing", as_another_writes)
    if what == "too long ago":
        monkeypatch.setattr(collectivite, "FRESH", -1.0)
    told = fleet.run(entries)
    assert told["summary"]["changed"] == count, told["summary"]["failures"]
    # Before the request; before the upload; before the countersigned copy is fetched, which writes to the store.
    assert fleet.asked["spaceGet"] == (1 if what == "nothing" else 3) * count
    assert (fleet.asked["accountRequest"], fleet.asked["conventionUpload"], fleet.asked["conventionDocument"]) == (count,) * 3


def test_a_list_that_fails_after_the_writes_leaves_nobody_unseen(bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    count = 8
    fleet = fleet_of(bench, count, existing=False)
    read, asked = listing_stage.read_listing, Counter[str]()

    def broken_once(*given: Any) -> Any:
        asked["list"] += 1
        if asked["list"] == 3:
            raise TransportError("timed out")
        return read(*given)

    monkeypatch.setattr(listing_stage, "read_listing", broken_once)
    told = fleet.run(new(fleet, rank, certificates=[]) for rank in range(count))
    assert (told["summary"]["changed"], told["summary"]["failed"]) == (count, 0), told["summary"]["failures"]
    assert any("timed out" in text for text in told["summary"]["warnings"])
    assert {each["diff"]["after"]["convention"]["state"] for each in told["hosts"].values()} == {"in_force"}


def test_who_has_failed_is_not_waited_for(bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was planned for them, and nothing counted: even a certificate that has come is left for a run that sees them."""
    count = 4
    fleet = fleet_of(bench, count, existing=False)
    entries = [new(fleet, rank, login=(EDITORS_AGENT[0], "canari-secret")) for rank in range(count)]
    monkeypatch.setattr(collectivite.Collectivite, "has_been_delivered", lambda _self: True)
    told = fleet.run(entries)
    assert set(refused(told).values()) == {"authentication_failed"}
    assert fleet.bench.writes() == []
    assert not any((Path(entry.parameters["store"]) / entry.parameters["siret"]).exists() for entry in entries)


def order(fleet: FleetBench, rank: int) -> None:
    """The PSCE has the request, and has laid the certificate; nobody has picked it up."""
    psce = fleet.bench.endpoints["psce"]
    request = {"siret": siret(rank), "provider": "acme", "name": host(rank), "key_type": "ec-p256", "drop_folder": psce["drop_folder"]}
    fleet.bench.done("antai_certificate_request", **request)
    await_file(Path(psce["pickup_folder"]) / f"{siret(rank)}-acme.pem")


def new(fleet: FleetBench, rank: int, **changes: Any) -> DeclaredHost:
    """One that has everything before it, with a PSCE that delivers at once."""
    folders = {f"{name}_folder": fleet.bench.endpoints["psce"][f"{name}_folder"] for name in ("drop", "pickup")}
    person = {"agent_name": "Agent", "agent_email": "agent@essai.example"}
    address = {"street": "1 place de la Mairie", "postal_code": "21000", "city": "Dijon"}
    given = {"address": address, "certificates": ACTIVE, "document": "signed.pdf", "document_content": fleet.bench.signed(siret(rank))}
    return fleet.entry(rank, **({"store": True, "wait": 30.0} | given | person | folders | changes))


def drift(fleet: FleetBench, told: dict[str, Any], rank: int) -> None:
    portal = PortalClient(fleet.bench.endpoints).login(*EDITORS_AGENT)
    fingerprint = told["hosts"][host(rank)]["status"]["dialogues"][0]["fingerprint"]
    portal.deactivate(siret(rank), fingerprint)


# What fails


@EITHER_INTERFACE
def test_one_failure_stops_nobody_else(bench: OpenBench) -> None:
    fleet = fleet_of(bench, 4)
    fleet.bench.fault("accountUpdate", "503", times=1)
    told = fleet.run([fleet.entry(rank, contact_email=NEW_EMAIL) for rank in range(4)], workers=1)
    assert list(refused(told).values()) == ["unexpected_answer"]
    assert (told["changed"], told["summary"]["changed"], told["summary"]["failed"]) == (True, 3, 1)
    assert [each["host"] for each in told["summary"]["failures"]] == list(refused(told))


@EITHER_INTERFACE
def test_two_hosts_with_one_siret_are_both_refused_before_any_request(bench: OpenBench) -> None:
    fleet = fleet_of(bench, 4)
    double = DeclaredHost("other_name", fleet.entry(1).parameters)
    told = fleet.run([*(fleet.entry(rank) for rank in range(3)), double])
    assert refused(told) == {host(1): "invalid_input", "other_name": "invalid_input"}
    assert not [line for line in fleet.bench.requests() if line["siret"] == siret(1)]
    assert told["summary"]["onboarded"] == 2


@EITHER_INTERFACE
def test_wrong_input_is_refused_for_that_host_only(bench: OpenBench) -> None:
    fleet = fleet_of(bench, 3)
    told = fleet.run([fleet.entry(0), fleet.entry(1, contact_email="nobody"), fleet.entry(2)])
    assert refused(told) == {host(1): "invalid_input"}
    assert told["summary"]["onboarded"] == 2


@EITHER_INTERFACE
def test_a_wrong_password_is_tried_once_and_shown_never(bench: OpenBench) -> None:
    fleet = fleet_of(bench, lists=False)
    told = fleet.run(fleet.entry(rank, login=(EDITORS_AGENT[0], "canari-secret")) for rank in range(MANY))
    assert set(refused(told).values()) == {"authentication_failed"}
    assert {"init": 1} | fleet.asked == {"init": 1, "login": 1}, "asking twelve times may lock the agent out"
    assert "canari" not in str(told)


def test_an_error_of_the_list_repeats_no_secret(bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    """A server that answers with what it was sent: the token of the session, the password, the editor's key, and what a terminal obeys."""
    fleet = fleet_of(bench)
    repeated: list[str] = []

    def broken(agent: Agent, *arguments: Any) -> Listing:
        read_listing(agent, *arguments)
        repeated[:] = [*agent.credentials.redactor.values, "canari-cle", EDITORS_AGENT[1]]
        raise UnexpectedAnswer("spaceList: \x1b[2J" + " ".join(repeated))

    monkeypatch.setattr(listing_stage, "read_listing", broken)
    told = fleet.run(fleet.entry(rank, editor_id="canari", editor_key="canari-cle") for rank in range(MANY))
    (warning,) = told["summary"]["warnings"]
    assert warning.startswith("the list could not be read whole, so each collectivité is read singly: spaceList: \\x1b[2J****")
    assert len(repeated) > 3, "tokens too"
    assert not [secret for secret in repeated if secret in str(told)]


@EITHER_INTERFACE
def test_a_defect_of_ours_is_told_without_its_text(bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = fleet_of(bench, 3)
    from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.collectivite import Collectivite

    observe = Collectivite.observe

    def broken(collectivite: Collectivite) -> None:
        if collectivite.siret == siret(1):
            raise KeyError("canari-secret")
        observe(collectivite)

    monkeypatch.setattr(Collectivite, "observe", broken)
    told = fleet.run(fleet.entry(rank) for rank in range(3))
    assert refused(told) == {host(1): "unexpected"}
    assert "KeyError at test_fleet.py:" in told["hosts"][host(1)]["msg"]
    assert "canari" not in str(told)


@EITHER_INTERFACE
def test_an_expired_login_is_renewed_once_for_all(bench: OpenBench, monkeypatch: pytest.MonkeyPatch) -> None:
    fleet = fleet_of(bench, lists=False)
    from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.engine import Fleet

    plan = Fleet._plan

    def later(self: Fleet, members: Any) -> Any:
        verdict = plan(self, members)
        fleet.bench.running.cli("tick", "--hours", "2")
        return verdict

    monkeypatch.setattr(Fleet, "_plan", later)
    told = fleet.run(fleet.entry(rank, contact_email=NEW_EMAIL) for rank in range(MANY))
    assert told["summary"]["changed"] == MANY, told["summary"]["failures"]
    assert fleet.asked["login"] == 2


# The brake


def onboarded(bench: OpenBench, count: int) -> tuple[FleetBench, list[DeclaredHost]]:
    fleet = fleet_of(bench, count, existing=False)
    entries = [new(fleet, rank) for rank in range(count)]
    assert fleet.run(entries)["summary"]["onboarded"] == count
    return fleet, entries


@EITHER_INTERFACE
def test_the_brake_holds_before_the_first_write(bench: OpenBench) -> None:
    count = 5
    fleet, _entries = onboarded(bench, count)
    off = [new(fleet, rank, state="inactive") if rank < 4 else new(fleet, rank, contact_email=NEW_EMAIL) for rank in range(count)]
    writes = len(fleet.bench.writes())
    told = fleet.run(off)
    assert len(fleet.bench.writes()) == writes
    assert set(refused(told).values()) == {"braked"}
    assert len(refused(told)) == count, "also what takes nothing away: the whole run stops"
    brake = told["summary"]["brake"]
    assert (brake["engaged"], brake["limit"], {(each["host"], each["kind"]) for each in brake["planned"]}) == (
        True,
        3,
        {(host(rank), "deactivation") for rank in range(4)},
    )
    assert "antai_brake=4" in told["summary"]["msg"]
    predicted = fleet.run(off, check=True)
    assert (predicted["summary"]["failed"], predicted["summary"]["brake"]["engaged"]) == (0, True)
    let_through = fleet.run(off, allowed=4)
    assert (let_through["summary"]["failed"], fleet.asked["certificateDeactivate"], fleet.asked["accountUpdate"]) == (0, 4, 1)


def test_what_was_not_counted_is_not_taken_away(bench: OpenBench) -> None:
    """The old certificate is surplus only once the new one is active, which nobody could know when the brake was looked at."""
    count = 8
    fleet, _entries = onboarded(bench, count)
    switched = [
        new(fleet, rank, certificates=[{"provider": "bolt", "key_type": "ec-p256"}], exclusive=True, name=host(rank))
        for rank in range(count)
    ]
    told = fleet.run(switched)
    assert set(refused(told).values()) == {"braked"}
    assert (fleet.asked["certificateActivate"], fleet.asked["certificateDeactivate"]) == (count, 0)
    counted = fleet.run(switched)
    assert (counted["summary"]["brake"]["engaged"], len(counted["summary"]["brake"]["planned"])) == (True, count)
    assert fleet.run(switched, allowed=count)["summary"]["onboarded"] == count
    assert fleet.asked["certificateDeactivate"] == count


def test_a_store_that_is_gone_orders_nothing_by_itself(bench: OpenBench, tmp_path: Path) -> None:
    """A mount that failed before the hourly run: everybody has a certificate in service, and the store holds none."""
    count = 5
    fleet, entries = onboarded(bench, count)
    gone = str(tmp_path / "not_mounted")
    lost = [DeclaredHost(each.name, each.parameters | {"store": gone}) for each in entries]
    for slice_ in (lost, lost[:2], lost[:1]):
        for check in (True, False):
            told = fleet.run(slice_, check=check, allowed=1000)
            (problem,) = told["summary"]["problems"]
            assert (problem["code"], problem["hosts"], refused(told)) == ("store_incomplete", [], {}), "said once, for nobody in particular"
            assert f"dont aucune clé n'est dans le dépôt {gone}" in problem["text"]
            assert told["summary"]["msg"] == problem["text"]
            assert not (tmp_path / "not_mounted").exists(), (check, len(slice_), list((tmp_path / "not_mounted").rglob("*")))
    (problem,) = fleet.order_problems(lost)
    assert (problem.code, f"dans le dépôt {gone}" in problem.text) == ("store_incomplete", True)
    assert (fleet.order_problems(entries), (tmp_path / "not_mounted").exists()) == ([], False)
    adopted = [DeclaredHost(each.name, each.parameters | {"store_adopt": [siret(rank)]}) for rank, each in enumerate(lost[:1])]
    assert fleet.run(adopted)["summary"]["problems"] == []
    assert "adopt_store" in [step for step, _target, _outcome in concluded_steps(tmp_path / "not_mounted")]


def test_a_store_without_its_links_is_made_whole_and_the_run_says_so(bench: OpenBench) -> None:
    fleet, entries = onboarded(bench, 3)
    for link in fleet.bench.store.rglob("current"):
        link.unlink()
    writes = len(fleet.bench.writes())
    for check in (True, False):
        told = fleet.run(entries, check=check)
        (problem,) = told["summary"]["problems"]
        assert (problem["code"], refused(told), len(fleet.bench.writes())) == ("store_incomplete", {}, writes)
        assert "est revenu sans ses liens (3 certificat(s) : " in problem["text"]
    assert len(list(fleet.bench.store.rglob("current"))) == 3
    again = fleet.run(entries)
    assert (again["summary"]["problems"], again["summary"]["changed"], len(fleet.bench.writes())) == ([], 0, writes)


def test_more_orders_than_a_day_may_see_stop_the_run(bench: OpenBench) -> None:
    fleet = fleet_of(bench, 3, existing=False)
    entries = [new(fleet, rank, order_limit=2) for rank in range(3)]
    told = fleet.run(entries, check=True)
    (problem,) = told["summary"]["problems"]
    assert (problem["code"], refused(told)) == ("order_held", {})
    assert problem["text"].endswith("déclarez antai_order_limit: 3")


@EITHER_INTERFACE
def test_a_host_with_another_siret_than_before_is_counted(bench: OpenBench) -> None:
    """A shifted column: each host has its neighbour's SIRET, and all of them would be asked for as new."""
    fleet = FleetBench(bench(fleet_policy(8, existing=True)))
    named = [fleet.entry(rank, store=True, cycle="complet") for rank in range(4)]
    assert fleet.run(named)["summary"]["failed"] == 0
    shifted = [DeclaredHost(host(rank), fleet.entry(rank + 4, store=True, contact_email=NEW_EMAIL).parameters) for rank in range(4)]
    told = fleet.run(shifted)
    assert set(refused(told).values()) == {"braked"}
    assert {each["kind"] for each in told["summary"]["brake"]["planned"]} == {"siret_change"}
    assert fleet.asked.get("accountUpdate") is None
    assert fleet.run(shifted, allowed=4)["summary"]["changed"] == 4
    assert fleet.run(shifted)["summary"]["brake"]["planned"] == [], "remembered since"


@EITHER_INTERFACE
def test_who_leaves_the_inventory_is_left_alone(bench: OpenBench) -> None:
    fleet = fleet_of(bench)
    told = fleet.run(fleet.entry(rank) for rank in range(2, MANY))
    assert (told["changed"], told["summary"]["total"]) == (False, MANY - 2)
    assert fleet.bench.writes() == []


# The rate limit


@EITHER_INTERFACE
def test_retry_after_holds_back_everybody(bench: OpenBench) -> None:
    """One 429 with Retry-After: it is the only one, because nobody asks before the time is over."""
    fleet = fleet_of(bench, lists=False)
    fleet.bench.fault("spaceGet", "429", times=1, retry_after=1)
    told = fleet.run((fleet.entry(rank) for rank in range(MANY)), workers=4)
    assert told["summary"]["onboarded"] == MANY
    assert fleet.asked["spaceGet"] == fleet.all_read(MANY)["spaceGet"] + 1
