# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rotation done: in a store on disk, against an ANTAI and a PSCE in memory. Each plan tells what the next observation will show."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.methods import Credentials
from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files import load_chain
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import ValidationPolicy
from ansible_collections.collectivites.antai.plugins.module_utils._pki.request import Subject
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustStore
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Step, WaitRequired
from ansible_collections.collectivites.antai.plugins.module_utils._plan.settings import Settings
from ansible_collections.collectivites.antai.plugins.module_utils._reconcile.runner import run
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.observed_certificate import DeclaredCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.order import Order
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.case import Wish
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.observation import (
    may_be_under_way,
    query_coming,
    read_version,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.rotation import Rotation
from ansible_collections.collectivites.antai.plugins.module_utils._resources.rotation.state import RotationState
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space
from ansible_collections.collectivites.antai.plugins.module_utils._store.links import NOTES
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import (
    AntaiError,
    Forbidden,
    InvalidInput,
    RefusedByServer,
    StoreError,
    TransportError,
)
from tests.support.certificates import Family, fingerprint_of, pem_of, self_signed
from tests.support.fake_operations import WRITES, FakeOperations
from tests.support.journal import note
from tests.support.keys import key_pem, new_key
from tests.support.observed import EMAIL, NOW, OTHER, SINCE, SIRET, account, convention, dialogue, listed, request, space

STATES = {"active": "authorised", "inactive": "known_inactive"}


class Antai:
    """The space and the SI FPS, as far as a rotation asks them. states: by fingerprint. refuses: those that the SI FPS refuses once active."""

    def __init__(self, **states: str) -> None:
        self.states: dict[str, str] = states
        self.refuses: dict[str, str] = {}
        self.install: Exception | None = None
        self.operations = FakeOperations(
            {
                "account_get": account(),
                "convention_list": [convention("in_force")],
                "certificate_list": lambda siret: [listed(each, state) for each, state in self.states.items()],
                "exchange_query": self._query,
                "certificate_change": self._change,
                "certificate_install": self._install,
            },
            credentials=Credentials(editor_id="e-1"),
        )

    def _query(self, siret: str, client: Any) -> dict[str, Any]:
        assert siret == SIRET
        found = fingerprint_in(Path(client.certificate))
        if found in self.refuses:
            return dialogue(found, "refused", rule=self.refuses[found], message="non")
        return dialogue(found, STATES.get(self.states.get(found, ""), "unknown"))

    def _change(self, operation: str, siret: str, fingerprint: str) -> bool:
        if fingerprint not in self.states:
            return False
        if operation == "certificate_remove":
            del self.states[fingerprint]
        else:
            self.states[fingerprint] = {"certificate_activate": "active", "certificate_deactivate": "inactive"}[operation]
        return True

    def _install(self, siret: str, provider: str, client: Any) -> None:
        if self.install:
            raise self.install
        self.states[fingerprint_in(Path(client.certificate))] = "inactive"

    @property
    def written(self) -> list[tuple[Any, ...]]:
        return [call[1:] if call[0] == "certificate_change" else call for call in self.operations.written]


def fingerprint_in(path: Path) -> str:
    return load_chain(path.read_bytes(), "x")[0].fingerprint


class Bench:
    """acme's certificate in use, and active at ANTAI."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(str(folder / "store"), SIRET)
        key = new_key()
        made = self_signed(key, units=(f"0002 {SIRET}",))
        self.store.new_version("acme", {"key.pem": key_pem(key), "certificate.pem": pem_of(made)}, link="current")
        self.old = fingerprint_of(made)
        self.antai = Antai(**{self.old: "active"})
        self.folder = self.store.certificates("acme")

    @property
    def context(self) -> Context:
        return Context(self.antai.operations, self.store)  # type: ignore[arg-type]

    def rotation(self, *, replace: bool = False, **wish: Any) -> Rotation:
        order = Order(Subject(SIRET, "Lyon", "FPS acme"), "acme", "ec-p256")
        wanted = Wish(**({"replace": self.old} if replace else {}), **wish)
        return Rotation(order, DeclaredCertificate("acme", "active"), wanted, agent_email=EMAIL)

    def run(self, now: Any = NOW, **wish: Any) -> list[str]:
        """Observe, plan, do; and see that the plan has told the truth."""
        rotation = self.rotation(**wish)
        observed = rotation.observe(self.context)
        plan = rotation.plan(observed, now)
        for step in plan.steps:
            rotation.apply(self.context, observed, step, now)
        after = rotation.plan(rotation.observe(self.context), now).before
        unknown = set(plan.server_assigned)
        assert {k: v for k, v in after.items() if k not in unknown} == {k: v for k, v in plan.after.items() if k not in unknown}
        return [step.code for step in plan.steps]

    def deliver(self, *, siret: str = SIRET) -> str:
        """The PSCE answers the pending request."""
        key: Any = load_pem_private_key((self.folder / "pending/key.pem").read_bytes(), None)
        made = self_signed(key, units=(f"0002 {siret}",))
        path = self.store.dropped("acme") / "c.pem"
        path.write_bytes(pem_of(made))
        return fingerprint_of(made)

    def proved(self) -> str:
        """The next one active beside the one in use."""
        self.run(replace=True)
        new = self.deliver()
        assert self.run(until="proved") == ["pick_up", "install_next", "activate_next"]
        return new

    def grace(self) -> str:
        new = self.proved()
        self.run()
        return new

    def link(self, name: str) -> str | None:
        return fingerprint_in(self.folder / name / "certificate.pem") if (self.folder / name).exists() else None

    def notes(self, name: str) -> dict[str, Any]:
        path = self.folder / "versions" / name / NOTES
        found: dict[str, Any] = json.loads(path.read_bytes()) if path.exists() else {}
        return found


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


AT = "2026-03-02T10:00:00Z"


def test_the_whole_road(bench: Bench) -> None:
    assert bench.run() == [], "nothing is due"
    assert bench.run(replace=True) == ["make_request"]
    assert json.loads((bench.folder / "pending/request.json").read_bytes())["rotates"] == bench.old
    assert bench.run() == []
    new = bench.deliver()
    assert bench.run(until="proved") == ["pick_up", "install_next", "activate_next"]
    assert bench.antai.states == {bench.old: "active", new: "active"}, "both at once"
    assert (bench.link("current"), bench.link("next")) == (bench.old, new)
    assert bench.run(until="swapped") == ["swap"]
    assert (bench.link("current"), bench.link("next"), bench.link("previous")) == (new, None, bench.old)
    assert (bench.store.reload_due("acme"), bench.notes("1")) == (True, {"replaced_at": AT})
    assert bench.run() == ["confirm_reload"]
    assert not bench.store.reload_due("acme")
    assert bench.run(NOW + timedelta(days=7) - timedelta(seconds=1)) == []
    assert bench.run(NOW + timedelta(days=7)) == ["deactivate_previous", "drop_previous"]
    assert bench.antai.states == {bench.old: "inactive", new: "active"}
    assert (bench.link("current"), bench.link("previous")) == (new, None)
    assert not (bench.folder / "versions/1/key.pem").exists(), "no key is left behind"
    assert bench.run(NOW + timedelta(days=8)) == []


def test_in_one_run(bench: Bench) -> None:
    bench.run(replace=True)
    new = bench.deliver()
    steps = ["pick_up", "install_next", "activate_next", "swap", "confirm_reload", "deactivate_previous", "drop_previous"]
    assert bench.run(grace=timedelta(0)) == steps
    assert bench.antai.states == {bench.old: "inactive", new: "active"}
    assert [call[:2] for call in bench.antai.written] == [
        ("certificate_install", SIRET),
        ("certificate_activate", SIRET),
        ("certificate_deactivate", SIRET),
    ]


def test_an_interface_that_knows_removal(bench: Bench) -> None:
    new = bench.grace()
    bench.antai.operations.absent = frozenset()
    assert bench.run(NOW + timedelta(days=7)) == ["remove_previous", "drop_previous"]
    assert bench.antai.states == {new: "active"}


def test_a_reload_that_nobody_confirmed_is_asked_for_once_in_a_run(bench: Bench) -> None:
    bench.proved()
    rotation = bench.rotation(until="swapped")
    for expected in (["swap"], [], []):
        observed = rotation.observe(bench.context)
        plan = rotation.plan(observed, NOW)
        assert [step.code for step in plan.steps] == expected
        for step in plan.steps:
            rotation.apply(bench.context, observed, step, NOW)
    later = bench.rotation(until="swapped")
    observed = later.observe(bench.context)
    (step,) = later.plan(observed, NOW).steps
    assert step.code == "ask_reload"
    later.apply(bench.context, observed, step, NOW)
    assert later.observe(bench.context).reload_asked


@pytest.mark.parametrize(("leaves", "left"), [("previous", "current"), ("next", "current")])
def test_a_kill_between_two_links_is_put_right(bench: Bench, leaves: str, left: str) -> None:
    bench.grace()
    (bench.folder / leaves).unlink(missing_ok=True)
    (bench.folder / leaves).symlink_to((bench.folder / left).readlink())
    assert bench.run()[0] == "finish_move"
    assert not (bench.folder / leaves).exists()


def test_a_request_that_lost_its_link(bench: Bench) -> None:
    bench.run(replace=True)
    (bench.folder / "pending").unlink()
    assert bench.run() == ["repair_link"]
    assert len(bench.store.versions("acme")) == 2


def test_the_onboarding_s_own_lost_request_is_none_of_its_business(bench: Bench) -> None:
    bench.run(replace=True)
    about = bench.folder / "pending/request.json"
    about.write_text(json.dumps(json.loads(about.read_bytes()) | {"rotates": None}))
    bench.deliver()
    observed = bench.rotation().observe(bench.context)
    assert (observed.delivered, observed.lost, observed.pending_version) == (None, None, "2")
    (bench.folder / "pending").unlink()
    assert bench.rotation().observe(bench.context).lost is None


# What the SI FPS says at the moment itself


def test_one_that_is_refused_once_active_is_set_aside(bench: Bench) -> None:
    new = bench.proved()
    bench.antai.refuses[new] = "R9"
    assert bench.run() == ["set_aside", "deactivate_rejected"]
    assert (bench.link("current"), bench.link("rejected"), bench.antai.states[new]) == (bench.old, new, "inactive")
    assert bench.notes("2") == {"set_aside": {"why": "refused", "at": AT, "reason": "non", "rule": "R9"}}


def test_one_that_is_replaced_before_it_was_used(bench: Bench) -> None:
    new = bench.proved()
    rotation = Rotation(bench.rotation().order, DeclaredCertificate("acme", "active"), Wish(replace=new), agent_email=EMAIL)
    observed = rotation.observe(bench.context)
    for step in rotation.plan(observed, NOW).steps:
        rotation.apply(bench.context, observed, step, NOW)
    assert bench.notes("2") == {"set_aside": {"why": "replaced", "at": AT}}
    assert bench.antai.states[new] == "inactive"
    assert (bench.link("next"), bench.link("rejected"), bench.link("current")) == (None, None, bench.old)
    assert not (bench.folder / "versions/2/key.pem").exists()


def test_back_from_the_next(bench: Bench) -> None:
    new = bench.proved()
    assert bench.run(rollback=True) == ["set_aside", "deactivate_rejected"]
    assert bench.notes("2") == {"set_aside": {"why": "rolled_back", "at": AT}}
    assert (bench.link("rejected"), bench.antai.states) == (new, {bench.old: "active", new: "inactive"})


def test_back_in_the_grace_period(bench: Bench) -> None:
    new = bench.grace()
    bench.antai.states[bench.old] = "inactive"
    assert bench.run(rollback=True) == ["activate_previous", "swap_back", "confirm_reload", "deactivate_rejected"]
    assert (bench.link("current"), bench.link("rejected"), bench.link("previous")) == (bench.old, new, None)
    assert bench.antai.states == {bench.old: "active", new: "inactive"}
    assert bench.notes("2") == {"set_aside": {"why": "rolled_back", "at": AT}}
    assert bench.run(rollback=True) == [], "once is enough"


# Acknowledged: waited for no more


def rolled_back(bench: Bench) -> str:
    """The fingerprint of a next certificate that was proved, and then set aside by a rollback."""
    fingerprint = bench.proved()
    bench.run(rollback=True)
    return fingerprint


def result_of(bench: Bench, *, check: bool = False, **wish: Any) -> dict[str, Any]:
    """What a run answers, in check mode or not; the rotation of a new process."""
    settings = Settings(check_mode=check, language="en", now=lambda: NOW, pause=lambda seconds: None)
    return run(bench.rotation(**wish), bench.context, settings)


def outcomes(result: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["code"], step["outcome"]) for step in result["steps"]]


@pytest.mark.parametrize("rollback", [False, True], ids=["on its way", "rollback still declared"])
@pytest.mark.parametrize("state", ["inactive", "active"])
def test_check_foretells_what_the_acknowledgement_does_and_a_second_run_changes_nothing(bench: Bench, state: str, rollback: bool) -> None:
    aside = rolled_back(bench)
    bench.antai.states[aside] = state
    wish: dict[str, Any] = {"acknowledge": aside, "rollback": rollback}
    foretold = result_of(bench, check=True, **wish)
    assert (bench.link("rejected"), bench.antai.states[aside]) == (aside, state), "check mode changes nothing"
    done = result_of(bench, **wish)
    codes = ["drop_rejected"] if state == "inactive" else ["deactivate_rejected", "drop_rejected"]
    assert outcomes(done) == [(code, "done") for code in codes]
    assert outcomes(foretold) == [(code, "planned") for code in codes]
    assert (foretold["diff"], foretold["waiting"], done["waiting"]) == (done["diff"], [], [])
    assert (bench.link("rejected"), bench.antai.states[aside]) == (None, "inactive")
    assert not (bench.folder / "versions/2/key.pem").exists(), "no key is left behind"
    again = result_of(bench, **wish)
    assert (again["changed"], again["steps"], again["waiting"]) == (False, [], [])


def test_without_a_certificate_in_use_it_is_acknowledged_all_the_same(bench: Bench) -> None:
    aside = rolled_back(bench)
    bench.store.retire("acme", "current", "key.pem")
    shutil.rmtree(bench.folder / "versions/1")
    result = result_of(bench, acknowledge=aside)
    assert outcomes(result) == [("drop_rejected", "done")]
    assert [waiting["next_action"]["code"] for waiting in result["waiting"]] == ["certificate_order"]


def test_what_is_still_read_is_not_taken_away_though_it_is_acknowledged(bench: Bench) -> None:
    """A run was killed between its way back and the reload: the service goes on with the certificate that was set aside."""
    aside = bench.grace()
    assert bench.run(rollback=True, until="swapped") == ["swap_back"]
    assert bench.run(acknowledge=aside, until="proved") == []
    assert bench.run(acknowledge=aside) == ["confirm_reload", "deactivate_rejected", "drop_rejected"]


@pytest.mark.parametrize("rollback", [False, True])
def test_only_what_was_set_aside_is_acknowledged(bench: Bench, rollback: bool) -> None:
    new = bench.proved()
    not_aside = {bench.old: "in use", new: "that is to come in"}
    for swapped in (False, True):
        if swapped:
            bench.run()
            not_aside = {bench.old: "that was in use before", new: "in use"}
        for fingerprint, words in not_aside.items():
            message, hint = refused(lambda: result_of(bench, acknowledge=fingerprint, rollback=rollback))  # noqa: B023
            assert message == f"acknowledge: {fingerprint} is the certificate {words} for acme, and was not set aside"
            assert (
                hint
                == "name the one that `waiting` says was refused or rolled back (antai_rotation_acknowledge); to set one aside: rollback"
            )
    assert bench.antai.states == {bench.old: "active", new: "active"}, "nothing was changed"


def test_what_lies_elsewhere_is_not_acknowledged_in_silence(bench: Bench) -> None:
    aside = rolled_back(bench)
    elsewhere = DeclaredCertificate("acme", "active", "f" * 64)
    own = with_declared(bench, elsewhere, Wish(acknowledge="f" * 64))
    assert (
        refused(lambda: own.observe(bench.context))[0]
        == f"acknowledge: {'f' * 64} is the certificate in use for acme, and was not set aside"
    )
    for fingerprint in (bench.old, aside):
        stored = with_declared(bench, elsewhere, Wish(acknowledge=fingerprint))
        assert refused(lambda: stored.observe(bench.context)) == (  # noqa: B023
            f"acknowledge: {fingerprint} lies in the store, and acme is declared with a certificate that does not",
            "acknowledge it in a run without that declaration (keys: elsewhere, fingerprint or certificate)",
        )
    result_of(bench, acknowledge=aside)
    retired = with_declared(bench, elsewhere, Wish(acknowledge=aside))
    assert retired.observe(bench.context).external is not None, "acknowledged long ago: declared still, and no error"


def test_a_compromised_key(bench: Bench) -> None:
    assert bench.run(replace=True, compromised=True) == ["deactivate_compromised", "mark_compromised", "make_request"]
    assert bench.antai.states == {bench.old: "inactive"}
    assert bench.notes("1") == {"compromised_at": AT}
    new = bench.deliver()
    steps = ["pick_up", "install_next", "activate_next", "swap", "confirm_reload", "drop_previous"]
    assert bench.run() == steps, "nothing overlaps"
    assert bench.antai.states == {bench.old: "inactive", new: "active"}
    assert not (bench.folder / "versions/1/key.pem").exists()


def steps_of(bench: Bench, code: str, until: str = "retired", now: datetime = NOW, **wish: Any) -> tuple[Rotation, RotationState, Step]:
    rotation = bench.rotation(until=until, **wish)
    observed = rotation.observe(bench.context)
    return rotation, observed, next(step for step in rotation.plan(observed, now).steps if step.code == code)


def refusing(bench: Bench, fingerprint: str) -> None:
    bench.antai.refuses[fingerprint] = "R9"


def forgotten(bench: Bench, fingerprint: str) -> None:
    bench.antai.states[fingerprint] = "inactive"


@pytest.mark.parametrize(
    ("wish", "code", "spoilt", "waiting"),
    [
        ({}, "swap", refusing, "rotation_refused"),
        ({}, "swap", forgotten, "certificate_proof"),
    ],
)
def test_nothing_comes_into_use_that_does_not_pass_at_that_moment(
    bench: Bench, wish: dict[str, Any], code: str, spoilt: Callable[[Bench, str], None], waiting: str
) -> None:
    new = bench.proved()
    rotation, observed, step = steps_of(bench, code, **wish)
    spoilt(bench, new)
    with pytest.raises(WaitRequired) as caught:
        rotation.apply(bench.context, observed, step, NOW)
    assert caught.value.waiting.code == waiting
    assert caught.value.waiting.facts["fingerprint"] == new
    assert (bench.link("current"), bench.store.reload_due("acme"), bench.notes("1")) == (bench.old, False, {})


def test_where_both_are_refused_by_one_rule_the_new_one_is_not_to_blame(bench: Bench) -> None:
    new = bench.proved()
    rotation = bench.rotation()
    bench.antai.refuses[bench.old] = "R9"
    observed = rotation.observe(bench.context)
    (step, *_more) = rotation.plan(observed, NOW).steps
    assert step.code == "swap"
    bench.antai.refuses[new] = "R9"
    with pytest.raises(WaitRequired) as caught:
        rotation.apply(bench.context, observed, step, NOW)
    assert caught.value.waiting.code == "dialogue_refused"
    assert caught.value.waiting.facts == {"provider": "acme", "fingerprint": new, "reason": "non", "rule": "R9"}


@pytest.mark.parametrize("removable", [False, True])
def test_nothing_old_goes_while_the_new_one_does_not_pass(bench: Bench, removable: bool) -> None:
    new = bench.grace()
    if removable:
        bench.antai.operations.absent = frozenset()
    rotation = bench.rotation()
    observed = rotation.observe(bench.context)
    step = rotation.plan(observed, NOW + timedelta(days=9)).steps[0]
    assert step.code == ("remove_previous" if removable else "deactivate_previous")
    refusing(bench, new)
    with pytest.raises(WaitRequired) as caught:
        rotation.apply(bench.context, observed, step, NOW)
    assert caught.value.waiting.code == "dialogue_refused", "it was in use before: nobody deactivates it"
    assert bench.antai.states[bench.old] == "active"


def test_no_way_back_to_what_does_not_pass(bench: Bench) -> None:
    new = bench.grace()
    rotation, observed, step = steps_of(bench, "swap_back", rollback=True)
    refusing(bench, bench.old)
    with pytest.raises(WaitRequired) as caught:
        rotation.apply(bench.context, observed, step, NOW)
    assert caught.value.waiting.code == "certificate_refused", "it is not the new one that is refused"
    assert (bench.link("current"), bench.notes("2")) == (new, {})


@pytest.mark.parametrize("state", ["unknown", "refused"])
def test_nothing_is_activated_that_the_si_fps_does_not_know(bench: Bench, state: str) -> None:
    bench.run(replace=True)
    new = bench.deliver()
    rotation = bench.rotation()
    observed = rotation.observe(bench.context)
    pick_up, install, activate = rotation.plan(observed, NOW).steps[:3]
    rotation.apply(bench.context, observed, pick_up, NOW)
    if state == "refused":
        rotation.apply(bench.context, observed, install, NOW)
        refusing(bench, new)
    with pytest.raises(WaitRequired) as caught:
        rotation.apply(bench.context, observed, activate, NOW)
    answer = {"reason": "non", "rule": "R9"} if state == "refused" else {"reason": None, "rule": None}
    assert (caught.value.waiting.code, caught.value.waiting.since) == ("certificate_refused", None)
    assert caught.value.waiting.facts == {"provider": "acme", "fingerprint": new, **answer}
    assert "certificate_change" not in [call[0] for call in bench.antai.operations.calls]


# Where the interface has no query, the space is looked at instead


def without_query(bench: Bench, *more: str) -> None:
    bench.antai.operations.absent = frozenset({"exchange_query", "certificate_remove", *more})
    bench.antai.operations.calls.clear()


def asked_for(bench: Bench) -> set[tuple[Any, ...]]:
    return {call for call in bench.antai.operations.calls if call[0] not in WRITES}


READ = {("account_get", SIRET), ("convention_list", SIRET), ("certificate_list", SIRET)}


def test_the_whole_road_without_a_query(bench: Bench) -> None:
    without_query(bench)
    bench.run(replace=True)
    new = bench.deliver()
    assert bench.run() == ["pick_up", "install_next", "activate_next", "swap", "confirm_reload"]
    later = NOW + timedelta(days=7)
    assert bench.run(later) == [], "nobody has seen the new one at work"
    heard = [listed(bench.old, "active"), listed(new, "active", last_exchange_at=SINCE)]
    bench.antai.operations.answers["certificate_list"] = lambda siret: heard
    rotation, observed, step = steps_of(bench, "deactivate_previous", now=later)
    rotation.apply(bench.context, observed, step, later)
    assert bench.antai.states == {bench.old: "inactive", new: "active"}
    assert asked_for(bench) == READ


@pytest.mark.parametrize(("state", "waiting"), [("active", None), ("inactive", "certificate_proof")])
def test_without_a_query_the_space_proves_it_at_that_moment(bench: Bench, state: str, waiting: str | None) -> None:
    new = bench.proved()
    rotation, observed, step = steps_of(bench, "swap")
    bench.antai.states[new] = state
    without_query(bench)
    if waiting is None:
        rotation.apply(bench.context, observed, step, NOW)
    else:
        with pytest.raises(WaitRequired) as caught:
            rotation.apply(bench.context, observed, step, NOW)
        assert (caught.value.waiting.code, caught.value.waiting.facts["fingerprint"]) == (waiting, new)
    assert (bench.link("current"), asked_for(bench)) == (new if waiting is None else bench.old, READ)


def test_without_a_query_and_without_a_list_the_journal_proves_it(bench: Bench) -> None:
    new = bench.proved()
    rotation, observed, step = steps_of(bench, "swap")
    without_query(bench, "account_get")
    bench.antai.operations.answers["account_request_get"] = request("accepted")
    with pytest.raises(WaitRequired):
        rotation.apply(bench.context, observed, step, NOW)
    note(bench.store, NOW, "activate_next", new)
    rotation.apply(bench.context, observed, step, NOW)
    assert (bench.link("current"), asked_for(bench)) == (new, {("account_request_get", SIRET, EMAIL)})


def test_without_a_query_and_without_a_list_a_swap_hides_nothing_that_was_done_at_antai(bench: Bench) -> None:
    """What was done in the store alone comes into the journal too, and later."""
    without_query(bench, "certificate_list")
    note(bench.store, NOW, "activate_certificate", bench.old)

    def run(**wish: Any) -> list[str]:
        rotation = bench.rotation(**wish)
        observed = rotation.observe(bench.context)
        plan = rotation.plan(observed, NOW)
        for step in plan.steps:
            rotation.apply(bench.context, observed, step, NOW)
            note(bench.store, NOW, step.code, step.target)
        assert rotation.plan(rotation.observe(bench.context), NOW).before["current"] == plan.after["current"]
        return [step.code for step in plan.steps]

    run(replace=True)
    new = bench.deliver()
    assert run() == ["pick_up", "install_next", "activate_next", "swap", "confirm_reload"]
    assert run(rollback=True) == ["swap_back", "confirm_reload", "deactivate_rejected"]
    assert bench.antai.states == {bench.old: "active", new: "inactive"}


# What is shown to the operations: a server may know a certificate by another name


def test_all_that_the_store_holds_is_shown(bench: Bench) -> None:
    bench.proved()
    bench.antai.operations.held.clear()
    bench.rotation().observe(bench.context)
    found = [read_version(bench.store, "acme", link, SIRET) for link in ("current", "next")]
    assert bench.antai.operations.held == [(each.leaf, each.client) for each in found if each]
    assert all(each and each.client for each in found)


def test_what_is_picked_up_is_shown_before_it_is_installed(bench: Bench) -> None:
    bench.run(replace=True)
    bench.deliver()
    rotation = bench.rotation()
    observed = rotation.observe(bench.context)
    pick_up, install = rotation.plan(observed, NOW).steps[:2]
    rotation.apply(bench.context, observed, pick_up, NOW)
    bench.antai.operations.held.clear()
    rotation.apply(bench.context, observed, install, NOW)
    found = read_version(bench.store, "acme", "next", SIRET)
    assert found is not None
    assert found.client is not None
    assert bench.antai.operations.held == [(found.leaf, found.client)]


def test_a_refused_installation_is_waited_for(bench: Bench) -> None:
    bench.run(replace=True)
    new = bench.deliver()
    bench.antai.install = RefusedByServer("non", status=403, rule="EDITEUR")
    with pytest.raises(WaitRequired) as caught:
        bench.run()
    assert caught.value.waiting.code == "certificate_rights"
    assert caught.value.waiting.facts == {"provider": "acme", "fingerprint": new, "reason": "non", "rule": "EDITEUR"}


def test_a_conflict_names_the_provider(bench: Bench) -> None:
    bench.grace()
    rotation, observed, step = steps_of(bench, "deactivate_previous", grace=timedelta(0))
    bench.antai.operations.answers["certificate_change"] = RefusedByServer("non", status=409, rule="R2")
    with pytest.raises(WaitRequired) as caught:
        rotation.apply(bench.context, observed, step, NOW)
    assert caught.value.waiting.facts == {"fingerprint": bench.old, "provider": "acme", "reason": "non", "rule": "R2"}


def test_one_that_somebody_has_activated_meanwhile_goes_on(bench: Bench) -> None:
    bench.run(replace=True)
    new = bench.deliver()
    rotation = bench.rotation()
    observed = rotation.observe(bench.context)
    pick_up, install, activate = rotation.plan(observed, NOW).steps[:3]
    for step in (pick_up, install):
        rotation.apply(bench.context, observed, step, NOW)
    bench.antai.states[new] = "active"
    rotation.apply(bench.context, observed, activate, NOW)
    assert bench.antai.states[new] == "active"


def test_the_one_in_use_need_not_pass_for_another_to_come_in(bench: Bench) -> None:
    """It may be the reason why: what is to be in use is asked about."""
    second = bench.grace()

    def run(until: str = "retired") -> list[str]:
        rotation = with_declared(bench, DeclaredCertificate("acme", "active"), Wish(replace=second, until=until))
        observed = rotation.observe(bench.context)
        steps = rotation.plan(observed, NOW).steps
        for step in steps:
            rotation.apply(bench.context, observed, step, NOW)
        return [step.code for step in steps]

    assert run() == ["make_request"]
    third = bench.deliver()
    assert run("proved") == ["pick_up", "install_next", "activate_next"]
    refusing(bench, second)
    assert run() == ["deactivate_previous", "drop_previous", "swap", "confirm_reload"]
    assert bench.antai.states == {bench.old: "inactive", second: "active", third: "active"}
    assert (bench.link("current"), bench.link("previous")) == (third, second)


def test_a_rollback_asks_for_a_reload_once_in_a_run(bench: Bench) -> None:
    bench.grace()
    rotation = bench.rotation(rollback=True, until="swapped")
    for expected in (["swap_back"], []):
        observed = rotation.observe(bench.context)
        plan = rotation.plan(observed, NOW)
        assert [step.code for step in plan.steps] == expected
        for step in plan.steps:
            rotation.apply(bench.context, observed, step, NOW)
    assert rotation.observe(bench.context).reload_asked is True
    assert bench.rotation().observe(bench.context).reload_asked is False


def test_the_request_is_handed_out(bench: Bench, tmp_path: Path) -> None:
    order = replace(bench.rotation().order, drop_folder=str(tmp_path / "out"))
    rotation = Rotation(order, DeclaredCertificate("acme", "active"), Wish(replace=bench.old))
    observed = rotation.observe(bench.context)
    steps = rotation.plan(observed, NOW).steps
    assert [step.code for step in steps] == ["make_request", "hand_out"]
    for step in steps:
        rotation.apply(bench.context, observed, step, NOW)
    request = (bench.folder / "pending/request.csr").read_bytes()
    assert [each.read_bytes() for each in (tmp_path / "out").glob("*.csr")] == [request]
    assert rotation.plan(rotation.observe(bench.context), NOW).before["handed_out"] is True


# Looking


def test_what_answers_an_earlier_request_is_told(bench: Bench) -> None:
    bench.run(replace=True)
    stale = bench.store.dropped("acme") / "old.pem"
    bench.deliver()
    (bench.store.dropped("acme") / "c.pem").rename(stale)
    stale.write_bytes(pem_of(self_signed(new_key(), units=(f"0002 {SIRET}",))))
    observed = bench.rotation().observe(bench.context)
    assert (observed.stale, observed.delivered) == ((str(stale),), None)


def test_the_cas_that_are_known_complete_the_chain(bench: Bench, tmp_path: Path) -> None:
    family = Family()
    ca_file = tmp_path / "psce.pem"
    ca_file.write_bytes(pem_of(family.issuing) + pem_of(family.root))
    order = replace(bench.rotation().order, psce_ca_file=str(ca_file))
    rotation = Rotation(order, DeclaredCertificate("acme", "active"), Wish(replace=bench.old))
    first = rotation.observe(bench.context)
    assert [authority.x509 for authority in first.authorities] == [family.issuing, family.root]
    for step in rotation.plan(first, NOW).steps:
        rotation.apply(bench.context, first, step, NOW)
    key: Any = load_pem_private_key((bench.folder / "pending/key.pem").read_bytes(), None)
    certificate = family.issue(key)
    (bench.store.dropped("acme") / "c.pem").write_bytes(pem_of(certificate))
    observed = rotation.observe(bench.context)
    rotation.apply(bench.context, observed, rotation.plan(observed, NOW).steps[0], NOW)
    assert (bench.folder / "next/fullchain.pem").read_bytes() == pem_of(certificate) + pem_of(family.issuing)
    following = rotation.observe(bench.context).next
    assert following is not None
    assert [certificate.x509 for certificate in following.chain] == [family.issuing]


@pytest.mark.parametrize("elsewhere", [False, True])
def test_without_a_mandate_the_agent_s_request_is_followed(bench: Bench, elsewhere: bool) -> None:
    operations = bench.antai.operations
    operations.answers |= {"account_get": Forbidden("non", status=403), "account_request_get": request("accepted")}
    declared = DeclaredCertificate("acme", "active", "f" * 64) if elsewhere else DeclaredCertificate("acme", "active")
    observed = with_declared(bench, declared, Wish(rollback=not elsewhere)).observe(bench.context)
    assert observed.space.access == "no_mandate"
    assert ("account_get", SIRET) in operations.calls
    assert [call[1:] for call in operations.calls if call[0] == "account_request_get"] == [(SIRET, EMAIL)]


def test_a_way_back_that_is_barred_by_the_rule_of_the_one_in_use_is_no_more_open(bench: Bench) -> None:
    new = bench.grace()
    refusing(bench, new)
    rotation, observed, step = steps_of(bench, "swap_back", rollback=True)
    refusing(bench, bench.old)
    with pytest.raises(WaitRequired) as caught:
        rotation.apply(bench.context, observed, step, NOW)
    assert (caught.value.waiting.code, caught.value.waiting.facts["fingerprint"]) == ("certificate_refused", bench.old)


def test_nothing_is_activated_without_the_store_it_lies_in(bench: Bench) -> None:
    bench.run(replace=True)
    bench.deliver()
    rotation, observed, step = steps_of(bench, "activate_next")
    with pytest.raises(StoreError):
        rotation.apply(Context(bench.antai.operations), observed, step, NOW)  # type: ignore[arg-type]


def test_a_wait_for_the_account_names_the_agent(bench: Bench) -> None:
    bench.run(replace=True)
    bench.deliver()
    bench.antai.operations.answers["account_get"] = account("under_control")
    rotation = bench.rotation()
    (waiting,) = rotation.plan(rotation.observe(bench.context), NOW).waiting
    assert (waiting.code, waiting.facts["agent_email"]) == ("account_control", EMAIL)


@pytest.mark.parametrize("judging", [None, ValidationPolicy(TrustStore(()))], ids=["not judged", "judged"])
def test_one_that_tls_refuses_before_it_is_in_use(bench: Bench, judging: ValidationPolicy | None) -> None:
    new = bench.proved()
    query = bench.antai.operations.answers["exchange_query"]
    reset = TransportError("reset")

    def answer(siret: str, client: Any) -> Any:
        return reset if fingerprint_in(Path(client.certificate)) == new else query(siret, client)

    bench.antai.operations.answers["exchange_query"] = answer
    rotation = Rotation(bench.rotation().order, DeclaredCertificate("acme", "active"), Wish(), agent_email=EMAIL, judging=judging)
    if judging is None:
        with pytest.raises(TransportError):
            rotation.observe(bench.context)
        return
    observed = rotation.observe(bench.context)
    seen, gathered = observed.next, observed.coming_evidence
    assert seen is not None
    assert (seen.fingerprint, seen.listed, seen.dialogue, seen.unasked) == (new, listed(new, "active"), None, reset)
    assert gathered is not None
    assert (gathered.leaf.fingerprint, gathered.siret) == (new, SIRET)


def asked_with(bench: Bench) -> tuple[Any, Any]:
    return bench.antai.operations, bench.store


def test_one_that_is_to_come_in_is_asked_about(bench: Bench) -> None:
    new = bench.proved()
    seen = query_coming(read_version(bench.store, "acme", "next", SIRET), space(certificates=(listed(new, "active"),)), *asked_with(bench))
    assert seen is not None
    assert (seen.listed, seen.answer, seen.unasked) == (listed(new, "active"), "authorised", None)


def test_while_the_one_in_use_is_compromised_antai_is_asked(bench: Bench) -> None:
    bench.store.annotate(bench.folder / "versions/1", {"compromised_at": AT})
    observed = bench.rotation().observe(bench.context)
    assert observed.current is not None
    assert (observed.space.visible, observed.current.state) == (True, "active")


@pytest.mark.parametrize("link", ["previous", "rejected"])
def test_without_its_key_only_the_certificate_is_read(bench: Bench, link: str) -> None:
    made = self_signed(new_key(), units=(f"0002 {SIRET}",))
    bench.store.new_version("acme", {"certificate.pem": pem_of(made)}, link=link)
    found = read_version(bench.store, "acme", link, SIRET)
    assert found is not None
    assert (found.fingerprint, found.client) == (fingerprint_of(made), None)
    (bench.folder / link / "certificate.pem").write_bytes(b"x")
    with pytest.raises(AntaiError, match=re.escape(f"({bench.folder / link}/certificate.pem)")):
        read_version(bench.store, "acme", link, SIRET)
    (bench.folder / link / "certificate.pem").unlink()
    with pytest.raises(AntaiError, match=r"^store: "):
        read_version(bench.store, "acme", link, SIRET)


def test_while_nothing_is_under_way_antai_is_not_asked(bench: Bench) -> None:
    assert bench.run() == []
    assert bench.antai.operations.calls == []
    assert bench.rotation().observe(bench.context).space == Space("not_asked", "unknown")
    bench.run(replace=True)
    assert {call[0] for call in bench.antai.operations.calls} == {"account_get", "convention_list", "certificate_list"}, "before an order"
    bench.antai.operations.calls.clear()
    assert bench.run() == []
    assert bench.antai.operations.calls == [], "nor about a request that is on its way"


@pytest.mark.parametrize("wish", [{"rollback": True}, {"replace": True, "compromised": True}])
def test_a_wish_for_antai_asks_it(bench: Bench, wish: dict[str, Any]) -> None:
    observed = bench.rotation(**wish).observe(bench.context)
    assert observed.space.visible
    asked = [call[0] for call in bench.antai.operations.calls]
    assert list(dict.fromkeys(asked)) == ["account_get", "convention_list", "certificate_list", "exchange_query"]


def test_once_asked_asked_to_the_end_of_the_run(bench: Bench) -> None:
    bench.grace()
    rotation = bench.rotation(grace=timedelta(0))
    observed = rotation.observe(bench.context)
    for step in rotation.plan(observed, NOW).steps:
        rotation.apply(bench.context, observed, step, NOW)
    after = rotation.observe(bench.context)
    assert not after.under_way
    assert after.current is not None
    assert (after.space.visible, after.current.state, after.current.answer) == (True, "active", "authorised")


@pytest.mark.parametrize("broken", ["previous", "current"])
def test_an_old_one_that_tls_refuses_is_seen_in_the_space(bench: Bench, broken: str) -> None:
    """It may be expired; what is in use is another matter."""
    bench.grace()
    spoilt = bench.link(broken)
    query = bench.antai.operations.answers["exchange_query"]

    def answer(siret: str, client: Any) -> Any:
        return TransportError("coupé") if fingerprint_in(Path(client.certificate)) == spoilt else query(siret, client)

    bench.antai.operations.answers["exchange_query"] = answer
    if broken == "current":
        with pytest.raises(TransportError):
            bench.rotation().observe(bench.context)
        return
    previous = bench.rotation().observe(bench.context).previous
    assert previous is not None
    assert (previous.dialogue, previous.state, previous.answer) == (None, "active", None)


def test_an_old_one_whose_key_a_kill_has_taken(bench: Bench) -> None:
    bench.grace()
    bench.antai.states[bench.old] = "inactive"
    (bench.folder / "previous/key.pem").unlink()
    previous = bench.rotation().observe(bench.context).previous
    assert previous is not None
    assert (previous.client, previous.fingerprint, previous.number, previous.notes) == (None, bench.old, "1", {"replaced_at": AT})
    assert bench.run(NOW + timedelta(days=9)) == ["drop_previous"]


def test_what_is_seen(bench: Bench) -> None:
    new = bench.proved()
    bench.antai.operations.absent = frozenset()
    observed = bench.rotation().observe(bench.context)
    assert observed.current is not None
    assert observed.next is not None
    assert (observed.current.fingerprint, observed.current.number, observed.next.fingerprint, observed.next.number) == (
        bench.old,
        "1",
        new,
        "2",
    )
    assert (observed.removable, observed.by_editor, observed.store, observed.external) == (True, True, bench.store, None)
    assert observed.next.listed == listed(new, "active")


# Bad input


def refused(do: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(AntaiError) as caught:
        do()
    return caught.value.message, caught.value.hint


def with_declared(bench: Bench, declared: DeclaredCertificate, wish: Wish | None = None) -> Rotation:
    return Rotation(bench.rotation().order, declared, wish or Wish(), agent_email=EMAIL)


def test_without_a_store(bench: Bench) -> None:
    assert refused(lambda: bench.rotation().observe(Context(bench.antai.operations))) == (  # type: ignore[arg-type]
        "store: is not set, and what is rotated lies there",
        "declare antai_store, an absolute path on the machine where the task runs",
    )


def test_a_misspelt_fingerprint(bench: Bench) -> None:
    wrong = with_declared(bench, DeclaredCertificate("acme", "active"), Wish(replace="f" * 64))
    said = (
        f"replace: the store holds no certificate {'f' * 64} for {SIRET}, and never did",
        "check the fingerprint, and limit the run to the collectivité whose certificate it is",
    )
    assert refused(lambda: wrong.observe(bench.context)) == said
    elsewhere = with_declared(bench, DeclaredCertificate("acme", "active", "a" * 64), Wish(replace="f" * 64))
    assert refused(lambda: elsewhere.observe(bench.context)) == said


def test_one_that_was_retired_long_ago_is_no_misspelling(bench: Bench) -> None:
    bench.grace()
    bench.run(NOW + timedelta(days=9))
    bench.rotation(replace=True).observe(bench.context)


def test_a_key_that_is_not_the_store_s_cannot_be_compromised_here(bench: Bench) -> None:
    other = with_declared(bench, DeclaredCertificate("acme", "active", "a" * 64), Wish(replace="a" * 64, compromised=True))
    assert refused(lambda: other.observe(bench.context)) == (
        "compromised: this certificate is not the store's",
        "declare state: inactive for it (antai_certificate), at once",
    )


@pytest.mark.parametrize("listed_there", [True, False])
def test_a_certificate_whose_key_is_elsewhere_is_only_looked_at(bench: Bench, listed_there: bool) -> None:
    fingerprint = bench.old if listed_there else "f" * 64
    observed = with_declared(bench, DeclaredCertificate("acme", "active", fingerprint)).observe(bench.context)
    assert observed.external is not None
    assert (observed.external.fingerprint, observed.external.local) == (fingerprint, None)
    assert observed.external.listed == (listed(bench.old, "active") if listed_there else None)
    assert (observed.space.visible, observed.store, observed.current) == (True, bench.store, None)


def test_what_was_replaced_elsewhere_may_be_named_by_what_the_store_has_held(bench: Bench) -> None:
    fingerprint = "f" * 64
    declared = DeclaredCertificate("acme", "active", fingerprint)
    for replaced in (fingerprint, bench.old):
        observed = with_declared(bench, declared, Wish(replace=replaced)).observe(bench.context)
        assert observed.external is not None
        assert (observed.external.declared, observed.external.fingerprint) == (declared, fingerprint)
    unnamed = with_declared(bench, declared, Wish(replace=fingerprint)).observe(Context(bench.antai.operations))  # type: ignore[arg-type]
    assert unnamed.store is None
    compromised = with_declared(bench, declared, Wish(replace=bench.old, compromised=True))
    assert compromised.observe(bench.context).external is not None, "another one is meant"


def test_a_declared_file_is_only_looked_at(bench: Bench, tmp_path: Path) -> None:
    path = tmp_path / "c.pem"
    path.write_bytes((bench.folder / "current/certificate.pem").read_bytes())
    observed = with_declared(bench, DeclaredCertificate("acme", "active", None, str(path))).observe(bench.context)
    assert observed.external is not None
    assert observed.external.local is not None
    assert (observed.external.fingerprint, observed.external.local.fingerprint) == (bench.old, bench.old)
    assert observed.external.declared.certificate == str(path)
    family, chained = Family(), tmp_path / "chained.pem"
    chained.write_bytes(pem_of(family.leaf) + pem_of(family.issuing))
    observed = with_declared(bench, DeclaredCertificate("acme", "active", None, str(chained))).observe(bench.context).external
    assert observed is not None
    assert [certificate.x509 for certificate in observed.chain] == [family.issuing]
    two = with_declared(bench, DeclaredCertificate("acme", "active", "f" * 64, str(path)))
    assert refused(lambda: two.observe(bench.context)) == (f"fingerprint: is not that of certificate, {bench.old}", "declare one of both")


def test_a_certificate_of_another_collectivite_in_the_store(bench: Bench) -> None:
    key = new_key()
    made = self_signed(key, units=(f"0002 {OTHER}",))
    bench.store.new_version("acme", {"key.pem": key_pem(key), "certificate.pem": pem_of(made)}, link="next")
    with pytest.raises(InvalidInput, match=rf"names {OTHER}, not {SIRET} \(.*key\.pem\)$"):
        bench.rotation().observe(bench.context)


def test_what_is_gone_in_the_middle_of_a_run_is_said(bench: Bench) -> None:
    bench.proved()
    rotation, observed, step = steps_of(bench, "swap")
    (bench.folder / "next").unlink()
    again = "run again: it observes first"
    assert refused(lambda: rotation.apply(bench.context, observed, step, NOW)) == ("acme: nothing stands at the link next any more", again)


def test_a_key_that_is_gone_in_the_middle_of_a_run_is_said(bench: Bench) -> None:
    bench.grace()
    rotation, observed, step = steps_of(bench, "swap_back", rollback=True)
    (bench.folder / "previous/key.pem").unlink()
    assert refused(lambda: rotation.apply(bench.context, observed, step, NOW)) == (
        "version 1 of acme has lost its key",
        "run again: it observes first",
    )


def test_a_step_without_a_store_is_an_error(bench: Bench) -> None:
    _rotation, observed, step = steps_of(bench, "make_request", replace=True)
    with pytest.raises(StoreError) as caught:
        bench.rotation().apply(bench.context, RotationState(observed.space, None), step, NOW)
    assert (caught.value.message, caught.value.hint) == ("no store is declared", "declare antai_store")


def test_a_certificate_is_made_by_whom_it_says(bench: Bench) -> None:
    bench.run(replace=True)
    request = x509.load_pem_x509_csr((bench.folder / "pending/request.csr").read_bytes())
    assert request.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)[0].value == "FPS acme"


# What becomes of a certificate in use, and whether a status has to look for a rotation.
SITUATIONS: dict[str, tuple[Callable[[Bench], object], bool]] = {
    "in use": (lambda bench: None, False),
    "requested": (lambda bench: bench.run(replace=True), True),
    "the link of the request is lost": (lambda bench: (bench.run(replace=True), (bench.folder / "pending").unlink()), True),
    "delivered": (lambda bench: (bench.run(replace=True), bench.deliver()), True),
    "next": (lambda bench: bench.proved(), True),
    "grace": (lambda bench: bench.grace(), True),
    "set aside": (lambda bench: (bench.proved(), bench.store.set_aside("acme")), True),
    "a move was killed": (lambda bench: (bench.folder / "previous").symlink_to("versions/1"), True),
    "to be reloaded": (lambda bench: bench.store.write(bench.folder / "reload_due", b""), True),
    "over": (lambda bench: (bench.grace(), bench.run(NOW + timedelta(days=7))), False),
    "its link is lost": (lambda bench: (bench.folder / "current").unlink(), False),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_a_status_looks_for_a_rotation_only_where_there_may_be_one(bench: Bench, name: str) -> None:
    happen, wanted = SITUATIONS[name]
    happen(bench)
    assert may_be_under_way(bench.store, "acme") is wanted
    observed = bench.rotation().observe(bench.context)
    assert bool(observed.under_way or (observed.current and (observed.pending or observed.lost))) is wanted
