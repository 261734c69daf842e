# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a convention reads and does, with a store on disk and operations of the test; and why activations wait for it."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document import Document
from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document_rules import failure_phrases
from ansible_collections.collectivites.antai.plugins.module_utils._pki.verdict import Judgement, Verdict
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Step
from ansible_collections.collectivites.antai.plugins.module_utils._resources.base import Context
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.convention import Convention
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.gate import convention_waiting
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.plan import DeclaredConvention
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.fake_operations import FakeOperations
from tests.support.observed import CORRECTED, NOW, OTHER_PDF, PDF, SIGNED, SINCE, SIRET, account, convention, space

OPEN: dict[str, Any] = {"account_get": account(), "convention_list": [convention("in_force")], "certificate_list": []}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(str(tmp_path), SIRET)


def lay(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def test_observe_without_store() -> None:
    observed = Convention(DeclaredConvention(SIRET, "complet", SIGNED)).observe(Context(FakeOperations(OPEN)))
    assert (observed.document, observed.blank, observed.copy, observed.copy_sha256) == (SIGNED, None, None, None)
    assert observed.space == space(conventions=(convention("in_force"),))


def test_observe_empty_store(store: Store) -> None:
    observed = Convention(DeclaredConvention(SIRET, "complet")).observe(Context(FakeOperations(OPEN), store))
    assert (observed.document, observed.blank, observed.copy, observed.copy_sha256) == (None, None, None, None)
    assert not store.root.exists()


def test_observe_store(store: Store) -> None:
    folder = store.conventions("complet")
    for name in ("blank.pdf", "signed.pdf", "countersigned.pdf"):
        lay(folder / name, PDF)
    observed = Convention(DeclaredConvention(SIRET, "complet")).observe(Context(FakeOperations(OPEN), store))
    assert observed.document == SIGNED
    assert (observed.blank, observed.copy) == (str(folder / "blank.pdf"), str(folder / "countersigned.pdf"))
    assert observed.copy_sha256 == hashlib.sha256(PDF).hexdigest()


def test_a_declared_document_goes_before_the_one_in_the_store(store: Store) -> None:
    lay(store.signed_convention("complet"), PDF)
    assert Convention(DeclaredConvention(SIRET, "complet", CORRECTED)).observe(Context(FakeOperations(OPEN), store)).document == CORRECTED


def test_the_other_cycle_has_a_document_of_its_own(store: Store) -> None:
    lay(store.signed_convention("partiel"), PDF)
    assert Convention(DeclaredConvention(SIRET, "complet")).observe(Context(FakeOperations(OPEN), store)).document is None


class Judge:
    """Answers with one verdict, and remembers what it was asked."""

    def __init__(self, outcome: str = "pass") -> None:
        self.asked: list[tuple[str, bool]] = []
        self.judgement = Judgement(outcome, (Verdict("siret", outcome, "why", "R7"),))

    def __call__(self, document: Document, unsigned: bool) -> Judgement:
        self.asked.append((document.name, unsigned))
        return self.judgement


NONE_YET = {**OPEN, "convention_list": []}


def test_a_document_is_judged_once_for_each_run(store: Store) -> None:
    judge, context = Judge(), Context(FakeOperations(NONE_YET), store)
    resource = Convention(DeclaredConvention(SIRET, "complet", SIGNED), judge)
    assert resource.observe(context).checks is resource.observe(context).checks is judge.judgement
    assert judge.asked == [("signed.pdf", False)]


@pytest.mark.parametrize("declared", ["document", "next_document", "laid in the store"])
def test_the_document_of_a_new_account_is_judged_beforehand(store: Store, declared: str) -> None:
    judge, operations = Judge(), FakeOperations(NONE_YET)
    if declared == "laid in the store":
        lay(store.signed_convention("complet"), SIGNED.content)
    resource = Convention(DeclaredConvention(SIRET, "complet", **{declared: SIGNED} if declared != "laid in the store" else {}), judge)
    resource.prepare(Context(operations, store))
    assert judge.asked == [], "of an account that was there before, only the space tells"
    resource.prepare(Context(operations, store, opened={SIRET}))
    assert (judge.asked, operations.calls) == ([("signed.pdf", False)], [])
    assert resource.observe(Context(operations, store)).checks is judge.judgement
    assert len(judge.asked) == 1


@pytest.mark.parametrize("state", ["in_force", "upcoming", "submitted"])
def test_a_document_that_is_not_to_be_sent_is_not_judged(state: str) -> None:
    judge = Judge()
    operations = FakeOperations({**OPEN, "convention_list": [convention(state)]})
    assert Convention(DeclaredConvention(SIRET, "complet", CORRECTED), judge).observe(Context(operations)).checks is None
    assert judge.asked == []


@pytest.mark.parametrize("name", ["blank.pdf", "to_sign.pdf"])
def test_the_stores_own_unsigned_documents_are_known(store: Store, name: str) -> None:
    judge = Judge()
    lay(store.conventions("complet") / name, PDF)
    Convention(DeclaredConvention(SIRET, "complet", SIGNED), judge).observe(Context(FakeOperations(NONE_YET), store))
    assert judge.asked == [("signed.pdf", True)]


def test_a_document_that_fails_is_not_sent_and_the_collectivite_is_waited_for(store: Store) -> None:
    resource = Convention(DeclaredConvention(SIRET, "complet", SIGNED), Judge("fail"))
    plan = resource.plan(resource.observe(Context(FakeOperations(NONE_YET), store)), NOW)
    assert plan.steps == ()
    assert [(each.code, each.reason.on) for each in plan.waiting] == [("convention_document", "collectivite")]
    told = plan.waiting[0].as_dict("fr", NOW)["next_action"]["text"]
    assert "signed.pdf n'est pas envoyé : le SIRET est celui d'une autre collectivité" in told
    assert str(store.signed_convention("complet")) in told
    assert plan.before["checks"]["outcome"] == "fail"


@pytest.mark.parametrize(
    ("outcome", "warnings"),
    [("pass", ()), ("warn", ("signed.pdf: siret: why",)), ("not_verifiable", ("signed.pdf: not verifiable: siret",))],
)
def test_a_document_that_does_not_fail_is_sent_and_what_is_said_of_it_is_told(outcome: str, warnings: tuple[str, ...]) -> None:
    resource = Convention(DeclaredConvention(SIRET, "complet", SIGNED), Judge(outcome))
    plan = resource.plan(resource.observe(Context(FakeOperations(NONE_YET))), NOW)
    assert [step.code for step in plan.steps] == ["upload_convention"]
    assert plan.warnings == warnings


@pytest.mark.parametrize("lacks", [False, True], ids=["no account", "no upload"])
def test_what_is_said_of_a_document_is_told_while_it_waits(lacks: bool) -> None:
    answers = NONE_YET if lacks else {**NONE_YET, "account_get": account("under_control")}
    operations = FakeOperations(answers, absent=("convention_upload",) if lacks else ())
    resource = Convention(DeclaredConvention(SIRET, "complet", SIGNED), Judge("warn"))
    plan = resource.plan(resource.observe(Context(operations)), NOW)
    assert [each.code for each in plan.waiting] == ["convention_upload_by_hand" if lacks else "account_control"]
    assert (plan.before == plan.after, plan.warnings) == (True, ("signed.pdf: siret: why",))


def test_what_was_remarked_is_told_by_the_run_that_has_sent_it() -> None:
    operations = FakeOperations(dict(NONE_YET))
    resource, context = Convention(DeclaredConvention(SIRET, "complet", SIGNED), Judge("warn")), Context(operations)
    resource.observe(context)
    operations.answers["convention_list"] = [convention("submitted")]
    plan = resource.plan(resource.observe(context), NOW)
    assert ([each.code for each in plan.waiting], plan.warnings) == (["convention_countersignature"], ("signed.pdf: siret: why",))
    operations.answers["convention_list"] = [convention("in_force")]
    assert resource.plan(resource.observe(context), NOW).warnings == ("signed.pdf: siret: why",)


def test_all_that_fails_is_named_in_both_languages() -> None:
    judgement = Judgement(
        "fail", (Verdict("siret", "fail", "a", "R7"), Verdict("size", "pass", "b", ""), Verdict("whole", "fail", "c", ""))
    )
    resource = Convention(DeclaredConvention(SIRET, "complet", SIGNED), lambda document, unsigned: judgement)
    (waiting,) = resource.plan(resource.observe(Context(FakeOperations(NONE_YET))), NOW).waiting
    for language, between in (("fr", " ; "), ("en", "; ")):
        first, second = failure_phrases(judgement, language)
        assert waiting.facts["reasons"][language] == f"{first}{between}{second}"


def test_upload_sends_the_document() -> None:
    operations = FakeOperations(OPEN)
    resource, context = Convention(DeclaredConvention(SIRET, "partiel", CORRECTED)), Context(operations)
    resource.apply(context, resource.observe(context), Step("upload_convention", "why"), NOW)
    assert operations.written == [("convention_upload", SIRET, "partiel", "corrected.pdf", OTHER_PDF)]


def test_fetch_blank_lays_it_in_the_store(store: Store) -> None:
    operations = FakeOperations({**OPEN, "convention_blank": PDF})
    resource, context = Convention(DeclaredConvention(SIRET, "partiel")), Context(operations, store)
    resource.apply(context, resource.observe(context), Step("fetch_blank", "why"), NOW)
    assert (store.conventions("partiel") / "blank.pdf").read_bytes() == PDF
    assert operations.calls[-1] == ("convention_blank", "partiel")


@pytest.mark.parametrize("answer", [PDF, None], ids=["there", "not there"])
def test_fetch_countersigned(store: Store, answer: bytes | None) -> None:
    operations = FakeOperations({**OPEN, "convention_document": answer})
    resource, context = Convention(DeclaredConvention(SIRET, "complet")), Context(operations, store)
    resource.apply(context, resource.observe(context), Step("fetch_countersigned", "why"), NOW)
    copy = store.conventions("complet") / "countersigned.pdf"
    assert operations.calls[-1] == ("convention_document", SIRET, "7")
    assert (copy.read_bytes() if copy.exists() else None) == answer


# Why no certificate can be activated (R2, R6)


@pytest.mark.parametrize(
    ("conventions", "code", "since"),
    [
        pytest.param((), "convention_signature", None, id="none"),
        pytest.param((convention("submitted"),), "convention_countersignature", SINCE, id="submitted"),
        pytest.param((convention("refused"),), "convention_refused", SINCE, id="refused"),
        pytest.param((convention("upcoming"),), None, None, id="upcoming"),
        pytest.param((convention("ended"),), "convention_ended", SINCE, id="ended"),
        pytest.param((convention("ended"), convention("submitted")), "convention_lapsed", SINCE, id="ended, next submitted"),
        pytest.param((convention("ended"), convention("upcoming")), None, None, id="ended, next upcoming"),
        pytest.param((convention("upcoming"), convention("refused", "partiel")), None, None, id="upcoming, other refused"),
        pytest.param((convention("in_force"),), None, None, id="in force"),
        pytest.param((convention("in_force", "partiel"),), None, None, id="partiel in force"),
        pytest.param((convention("in_force", "partiel"), convention("submitted")), None, None, id="partiel in force, complet submitted"),
    ],
)
def test_convention_waiting(conventions: tuple[dict[str, Any], ...], code: str | None, since: str | None) -> None:
    waiting = convention_waiting(space(conventions=conventions), None)
    assert (waiting and waiting.code, waiting and waiting.since) == (code, since)


def test_convention_waiting_names_the_cycle_and_the_place(store: Store) -> None:
    waiting = convention_waiting(space(conventions=(convention("refused", "partiel"),)), store)
    assert waiting is not None
    assert (waiting.facts["cycle"], waiting.facts["path"]) == ("partiel", str(store.signed_convention("partiel")))
