# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The next convention, from its document in the store to ANTAI's copy of it, against a space of the test."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document import Document
from ansible_collections.collectivites.antai.plugins.module_utils._pki.renewal import RenewalPolicy
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import Judgement, Verdict
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.convention import Convention
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.plan import DeclaredConvention
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.fake_operations import FakeOperations
from tests.support.observed import CORRECTED, NOW, OTHER_PDF, PDF, SIRET, account, convention

ENDS = (NOW.date() + timedelta(days=9)).isoformat()
IN_FORCE = convention("in_force", end=ENDS, countersigned_sha256=hashlib.sha256(PDF).hexdigest())
NEXT = {"id": "8", "sha256": CORRECTED.sha256, "start": "2026-03-12", "end": "2029-03-11"}
LAID = Document("signed.pdf", OTHER_PDF)
THIRD = Document("third.pdf", b"%PDF-1.4\n3 0 obj\n%%EOF\n")


class Bench:
    """A convention in force that ends soon, its copy in the store; what the space shows comes after it."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(str(folder), SIRET)
        self.store.keep_countersigned("complet", PDF, {"id": "7"})
        self.conventions = [IN_FORCE]
        self.asked: list[tuple[str, bool]] = []
        self.outcome = "pass"
        self.operations = FakeOperations(
            {
                "account_get": account(),
                "convention_list": lambda siret: list(self.conventions),
                "certificate_list": [],
                "convention_document": OTHER_PDF,
            }
        )

    def judge(self, document: Document, unsigned: bool) -> Judgement:
        self.asked.append((document.name, unsigned))
        return Judgement(self.outcome, (Verdict("siret", self.outcome, "why", "R7"),))

    def lay(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def sign(self, content: bytes = OTHER_PDF) -> Path:
        path = self.store.signed_convention("complet", following=True)
        self.lay(path, content)
        return path

    def resource(self, **declared: Any) -> Convention:
        return Convention(DeclaredConvention(SIRET, "complet", policy=RenewalPolicy((60, 30)), **declared), self.judge)

    def plan(self, **declared: Any) -> Plan:
        resource = self.resource(**declared)
        return resource.plan(resource.observe(self.context), NOW)

    def run(self, **declared: Any) -> tuple[list[str], Plan]:
        """The steps done, and the plan of afterwards, made by the same run."""
        resource = self.resource(**declared)
        observed = resource.observe(self.context)
        plan = resource.plan(observed, NOW)
        for step in plan.steps:
            resource.apply(self.context, observed, step, NOW)
            if step.code == "renew_convention":
                self.conventions.append(convention("submitted", **{**NEXT, "start": None, "end": None}))
        after = resource.plan(resource.observe(self.context), NOW)
        unknown = set(plan.server_assigned)
        assert {k: v for k, v in after.before.items() if k not in unknown} == {k: v for k, v in plan.after.items() if k not in unknown}
        return [step.code for step in plan.steps], after

    @property
    def context(self) -> Context:
        return Context(cast(Operations, self.operations), self.store)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def test_the_road_of_the_next_one(bench: Bench) -> None:
    bench.outcome = "warn"
    steps, plan = bench.run()
    assert (steps, [each.code for each in plan.facts["ahead"]]) == ([], ["convention_renewal"])
    bench.sign()
    steps, plan = bench.run()
    assert steps == ["renew_convention"]
    assert bench.operations.written == [("convention_upload", SIRET, "complet", "signed.pdf", OTHER_PDF)]
    assert bench.asked == [("signed.pdf", False)], "once in a run"
    assert (plan.before["next"]["id"], plan.before["next"]["state"]) == ("8", "submitted")
    assert "signed.pdf: siret: why" in plan.warnings, "what was remarked is still told by the run that has sent it"
    assert [each.code for each in plan.facts["ahead"]] == ["convention_renewal_countersignature"]
    assert bench.run()[0] == []
    bench.conventions[-1] = convention("upcoming", **NEXT, countersigned_sha256=hashlib.sha256(OTHER_PDF).hexdigest())
    steps, plan = bench.run()
    assert steps == ["fetch_next_countersigned"]
    assert bench.operations.calls.count(("convention_document", SIRET, "8")) == 1
    copy = bench.store.countersigned_convention("complet", following=True)
    assert (plan.before["next_countersigned_copy"], copy.read_bytes()) == (str(copy), OTHER_PDF)
    assert bench.store.countersigned_convention("complet").read_bytes() == PDF, "that of the one in force stays"
    record = (bench.store.conventions("complet") / "record.jsonl").read_text().splitlines()
    told = json.loads(record[-1])
    assert {name: told[name] for name in NEXT} == NEXT
    assert (bench.run()[0], plan.facts["ahead"], plan.facts["renewal"]["state"]) == ([], (), "secured")


def test_what_is_planned_of_the_next_one(bench: Bench) -> None:
    bench.sign()
    plan = bench.plan()
    (step,) = plan.steps
    assert step.key == ("renew_convention", "complet")
    assert step.reason == f"the convention ends on {ENDS}, within 30 days, and the document of the next period is there"
    assert plan.server_assigned == ("next",)
    next_one = {name: value for name, value in plan.after["next"].items() if value is not None}
    assert next_one == {"cycle": "complet", "state": "submitted", "sha256": CORRECTED.sha256}
    assert plan.facts["renewal"]["due"] is True


def test_what_is_remarked_on_the_next_one_is_told_before_it_is_sent(bench: Bench) -> None:
    bench.outcome = "warn"
    bench.sign()
    plan = bench.plan()
    assert ([step.code for step in plan.steps], plan.warnings) == (["renew_convention"], ("signed.pdf: siret: why",))


def test_the_next_one_is_sent_once_whatever_else_is_done(bench: Bench) -> None:
    bench.store.countersigned_convention("complet").unlink()
    bench.conventions = [IN_FORCE | {"countersigned_sha256": hashlib.sha256(OTHER_PDF).hexdigest()}]
    bench.sign()
    assert bench.run()[0] == ["fetch_countersigned", "renew_convention"]
    assert len(bench.operations.written) == 1
    assert bench.store.countersigned_convention("complet").read_bytes() == OTHER_PDF


def test_a_declared_next_document_goes_before_the_one_in_the_store(bench: Bench) -> None:
    bench.sign()
    assert bench.resource(next_document=THIRD).observe(bench.context).next_document == THIRD
    assert bench.resource().observe(bench.context).next_document == LAID


@pytest.mark.parametrize("place", ["blank_convention", "convention_to_sign"])
def test_the_next_period_s_unsigned_documents_are_known(bench: Bench, place: str) -> None:
    bench.lay(getattr(bench.store, place)("complet", following=True), OTHER_PDF)
    bench.sign()
    bench.plan()
    assert bench.asked == [("signed.pdf", True)]


def test_the_documents_of_the_period_in_force_are_not_the_next_one(bench: Bench) -> None:
    bench.lay(bench.store.signed_convention("complet"), OTHER_PDF)
    observed = bench.resource().observe(bench.context)
    assert (observed.document, observed.next_document) == (LAID, None)
    assert (observed.copy_sha256, observed.next_copy, observed.next_copy_sha256) == (hashlib.sha256(PDF).hexdigest(), None, None)


# Words and places


@pytest.mark.parametrize("expected", [None, "/next/lyon.pdf"], ids=["in the store", "declared"])
def test_where_the_next_one_is_awaited(bench: Bench, expected: str | None) -> None:
    path = expected or str(bench.store.signed_convention("complet", following=True))
    (waiting,) = bench.plan(next_path=expected).facts["ahead"]
    assert waiting.facts == {"end": ENDS, "after": "2026-03-12", "cycle": "complet", "path": path}
    bench.outcome = "fail"
    bench.sign()
    (refused,) = bench.plan(next_path=expected).waiting
    assert (refused.code, refused.facts["path"]) == ("convention_document", path)


def test_without_a_store_its_option_is_named(bench: Bench) -> None:
    resource = bench.resource()
    plan = resource.plan(resource.observe(Context(cast(Operations, bench.operations))), NOW)
    assert plan.facts["ahead"][0].facts["path"] == "antai_convention_next_document"


@pytest.mark.parametrize(
    ("later", "left"),
    [
        ((), "nobody has signed it yet"),
        ((convention("refused"),), "ANTAI refused it"),
        ((convention("submitted"),), "ANTAI has to countersign it"),
    ],
)
def test_what_a_lapse_would_do_is_said(bench: Bench, later: tuple[dict[str, Any], ...], left: str) -> None:
    bench.conventions += later
    assert bench.plan().warnings == (
        f"the convention ends on {ENDS}; from 2026-03-12 no FPS passes unless the next one is countersigned by then: {left}",
    )


def test_a_document_that_is_early_is_told_when_it_is_sent(bench: Bench) -> None:
    bench.conventions, bench.outcome = [IN_FORCE | {"end": "2028-12-31"}], "warn"
    bench.sign()
    plan = bench.plan()
    assert plan.steps == ()
    assert plan.warnings == (
        "signed.pdf: it is sent from 60 days before the end of the convention in force (2028-12-31) on",
        "signed.pdf: siret: why",
    )


def test_an_interface_without_upload_leaves_it_to_people(bench: Bench) -> None:
    bench.outcome = "warn"
    bench.operations.absent = frozenset({"convention_upload"})
    bench.sign()
    plan = bench.plan()
    assert (plan.steps, [each.code for each in plan.waiting]) == ((), ["convention_upload_by_hand"])
    assert plan.before == plan.after
    assert [each.partition(":")[0] for each in plan.warnings][-1] == "signed.pdf"
    assert plan.warnings[0].startswith(f"the convention ends on {ENDS}; ")
    assert plan.facts["ahead"] == (), "who is waited for is told once"
