# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal: what it says of a step, who reads it back, what a kill leaves, several writers."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Step
from ansible_collections.collectivites.antai.plugins.module_utils._store import actor, chain
from ansible_collections.collectivites.antai.plugins.module_utils._store.actor import Actor, local_actor, run_id
from ansible_collections.collectivites.antai.plugins.module_utils._store.chain import BLOCK, read_head
from ansible_collections.collectivites.antai.plugins.module_utils._store.journal import JournalEntry, parse_entry
from ansible_collections.collectivites.antai.plugins.module_utils._store.journal_values import (
    changed_fields,
    destroy_salt,
    hash_text,
    salt_of,
)
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.errors import StoreError
from tests.support.journal import concluded_steps, journal_lines, note

SIRET, OTHER = "21810004800014", "21690123100011"
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
STEP = Step("install_certificate", "a reason", "a")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path / "store"), SIRET)


# What it says


def test_the_intent_says_who_does_what(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actor, "_acting", Actor("alice", "bastion", "0123456789abcdef", "onboard.yml", "CI_JOB_ID=7"))
    before = {"state": "absent", "certificates": [{"fingerprint": "a", "state": "not_installed"}], "name": "Albi"}
    after = {"state": "absent", "certificates": [{"fingerprint": "a", "state": "inactive"}], "name": "Albi"}
    store.conclude(NOW + timedelta(seconds=1), store.announce(NOW, STEP, (before, after), "c0ffee"), "done")
    intent, outcome = journal_lines(store)
    assert {key: intent[key] for key in intent.keys() - {"id", "hash", "previous"}} == {
        "number": 1,
        "siret": SIRET,
        "at": "2026-03-02T10:00:00Z",
        "event": "intent",
        "step": "install_certificate",
        "target": "a",
        "check": False,
        "user": "alice",
        "host": "bastion",
        "run": "0123456789abcdef",
        "playbook": "onboard.yml",
        "job": "CI_JOB_ID=7",
        "before": {"certificates/a/state": "not_installed"},
        "after": {"certificates/a/state": "inactive"},
        "correlation": "c0ffee",
    }
    assert (outcome["id"], outcome["event"], outcome["outcome"], outcome["at"]) == (intent["id"], "outcome", "done", "2026-03-02T10:00:01Z")
    assert not (store.root / "journal.salt").exists(), "nothing was hashed"


def test_what_may_speak_of_a_person_is_hashed(store: Store) -> None:
    person = {"contact_email": "camille.durand@albi.example", "agent_name": "Camille Durand", "street": "16 rue X", "reason": "M. Durand"}
    store.announce(NOW, STEP, ({"state": "absent"}, {"state": "active", "since": None, **person}))
    (line,) = journal_lines(store)
    assert (line["before"], line["after"]["state"]) == ({"state": "absent"}, "active")
    assert {field: line["after"][field] for field in person} == {
        field: hash_text(salt_of(store.root), text) for field, text in person.items()
    }
    written = (Path(store.top) / "journal.jsonl").read_text()
    assert not [word for word in ("Camille", "Durand", "rue", "albi.example") if word in written]
    assert (store.root / "journal.salt").stat().st_mode & 0o777 == 0o600


def test_a_destroyed_salt_is_not_made_again_the_same(store: Store) -> None:
    first = hash_text(salt_of(store.root), "Camille Durand")
    assert first == hash_text(salt_of(store.root), "Camille Durand")
    assert (destroy_salt(store.root), destroy_salt(store.root)) == (True, False)
    assert hash_text(salt_of(store.root), "Camille Durand") != first


def test_a_change_of_many_fields_is_bounded() -> None:
    before, after = changed_fields({}, {str(number): number for number in range(500)}, lambda: b"")
    assert (before, len(after), after["further_fields"]) == ({}, 61, 440)


def test_who_acts_is_asked_of_the_system(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in actor.JOB_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("SUDO_USER", "alice")
    monkeypatch.setenv("BUILD_URL", "https://ci.example/7" + "x" * 300)
    actor_here = local_actor("playbooks/onboard.yml")
    assert (actor_here.user.endswith("(sudo: alice)"), actor_here.playbook, len(actor_here.job)) == (True, "playbooks/onboard.yml", 200)
    assert actor_here.run == run_id(os.getppid()) != run_id(os.getpid())
    assert Actor.of({"user": "bob", "run": None}) == Actor("bob", actor._HERE.host, actor._HERE.run, "", actor._HERE.job)


# Reading


def test_history_is_the_last_first_of_one_target_or_of_all(store: Store) -> None:
    for code, target in (("install_certificate", "a"), ("make_request", "acme"), ("activate_certificate", "a")):
        note(store, NOW, code, target)
        note(Store(store.top, OTHER), NOW, "close_account", target)
    assert list(store.history("a")) == [JournalEntry(NOW, "activate_certificate", "a"), JournalEntry(NOW, "install_certificate", "a")]
    assert [entry.step for entry in store.history()] == ["activate_certificate", "make_request", "install_certificate"]


def test_what_came_to_nothing_is_no_history(store: Store) -> None:
    for outcome in ("failed", "waiting", "unknown", "begun", "settled", "done"):
        store.conclude(NOW, store.announce(NOW, STEP), outcome)
    store.announce(NOW, STEP)
    assert [entry.outcome for entry in store.history()] == ["done", "settled", "begun"]
    assert [entry.outcome for entry in store.attempts()] == ["unknown", "done", "settled", "begun", "unknown", "waiting", "failed"]


def test_journals_of_earlier_releases_are_read_on_and_not_written(store: Store) -> None:
    lines = b'{"at": "2025-03-02T10:00:00+00:00", "what": "install_certificate", "target": "a"}\n{"at": "2025-03\n{"what": "adopt_store", "target": "b"}\n'
    store.root.mkdir(parents=True)
    (store.root / "journal.jsonl").write_bytes(lines)
    note(store, NOW, "activate_certificate", "a")
    assert [(entry.step, entry.at) for entry in store.history()] == [
        ("activate_certificate", NOW),
        ("adopt_store", None),
        ("install_certificate", datetime(2025, 3, 2, 10, tzinfo=UTC)),
    ]
    assert (store.root / "journal.jsonl").read_bytes() == lines


@pytest.mark.parametrize(
    ("line", "entry"),
    [
        ('{"at": "2026-03-02T10:00:00+00:00", "what": "one", "target": "t"}', JournalEntry(NOW, "one", "t")),
        ('{"at": "2026-03-02T10:00:00Z", "what": "one"}', JournalEntry(NOW, "one", "")),
        ('{"what": "one", "target": 3}', JournalEntry(None, "one", "")),
        ('{"at": "yesterday", "what": "one", "target": "t"}', JournalEntry(None, "one", "t")),
        ('{"at": "2026-03-02T10:00:00Z", "event": "intent", "id": "1", "step": "one"}', JournalEntry(NOW, "one", "", "unknown")),
        ('{"at": "2026-03-02T10:00:00Z", "target": "t"}', None),
        ('{"at": "2026-03-02T10:', None),
        ("[]", None),
        ("", None),
    ],
)
def test_a_line_is_read_for_what_it_says(line: str, entry: JournalEntry | None) -> None:
    assert parse_entry(line.encode(), set()) == entry


def test_a_journal_that_was_put_in_the_place_of_another_is_read_anew(store: Store, tmp_path: Path) -> None:
    note(store, NOW, "one")
    assert [entry.step for entry in store.history()] == ["one"]
    replacement = Store(str(tmp_path / "other"), SIRET)
    note(replacement, NOW, "two")
    os.replace(tmp_path / "other" / "journal.jsonl", tmp_path / "store" / "journal.jsonl")
    assert [entry.step for entry in store.history()] == ["two"]


# Kills and several writers


@pytest.mark.parametrize("cut", [1, 40, 300])
def test_a_line_that_a_kill_has_cut_stays_and_is_sealed_in(store: Store, cut: int) -> None:
    note(store, NOW, "one")
    path = Path(store.top) / "journal.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole[: -cut - 1])
    note(store, NOW, "two")
    content = path.read_bytes()
    assert content.startswith(whole[: -cut - 1] + b"\n")
    assert [entry.step for entry in store.history()] == ["two"]
    assert [(line["number"], "cut" in line) for line in map(json.loads, content.splitlines()[2:])] == [(2, True), (3, False)]


def test_a_line_longer_than_what_is_read_at_once(store: Store) -> None:
    note(store, NOW, "one", "x" * (5 * BLOCK))
    chain._tails.clear()
    note(store, NOW, "two")
    head = read_head(store.top)
    assert head is not None
    assert head.number == 4


def test_a_step_whose_intent_cannot_be_written_is_not_done(store: Store) -> None:
    (Path(store.top)).mkdir()
    (Path(store.top) / "journal.jsonl").mkdir()
    with pytest.raises(StoreError, match=r"journal\.jsonl: Is a directory"):
        store.announce(NOW, STEP)


def _write(top: str, siret: str, count: int) -> None:
    store = Store(top, siret)
    for number in range(count):
        note(store, NOW, "one", f"{siret}-{number}")


def test_four_writers_lose_no_line(tmp_path: Path) -> None:
    top, sirets = str(tmp_path / "store"), [f"2181000480001{number}" for number in range(4)]
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(top, siret, 60)) for siret in sirets]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    lines = journal_lines(Path(top))
    assert [line["number"] for line in lines] == list(range(1, 481))
    assert all(later["previous"] == earlier["hash"] for earlier, later in pairwise(lines))
    assert Counter(concluded_steps(Path(top))) == Counter(("one", f"{siret}-{number}", "done") for siret in sirets for number in range(60))


def _act_until_killed(top: str, traces: Path) -> None:
    """What a run does: announce, do (a file appears), conclude."""
    store, number = Store(top, SIRET), 0
    while True:
        with store.locked():
            intent = store.announce(NOW, Step("one", "", f"{os.getpid()}-{number}"))
            (traces / f"{os.getpid()}-{number}").touch()
            store.write(store.root / "jobs.json", b"{}" * 2000)
            store.conclude(NOW, intent)
        number += 1


def test_no_write_is_missing_after_a_kill(tmp_path: Path) -> None:
    top, traces = tmp_path / "store", tmp_path / "deeds"
    traces.mkdir()
    context, dice = multiprocessing.get_context("fork"), random.Random(7)
    for _kill in range(12):
        run = context.Process(target=_act_until_killed, args=(str(top), traces))
        before = len(list(traces.iterdir()))
        run.start()
        while run.is_alive() and len(list(traces.iterdir())) <= before:
            run.join(0.001)
        run.join(dice.random() * 0.02)
        os.kill(run.pid or 0, signal.SIGKILL)
        run.join()
    store = Store(str(top), SIRET)
    with store.locked():
        note(store, NOW, "last")
    assert {path.name for path in traces.iterdir()} <= {entry.target for entry in store.attempts()}
    assert not [path for path in top.rglob("*") if path.name.endswith(".tmp")]
