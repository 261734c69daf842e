# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of a convention as a table: desired x observed -> steps, who is waited for, what will differ."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pdf.document import Document
from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.convention import Convention
from ansible_collections.collectivites.antai.plugins.module_utils._resources.convention.plan import (
    FIELDS,
    DeclaredConvention,
    ObservedConvention,
)
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.observed import CORRECTED, EMAIL, NOW, SIGNED, SINCE, SIRET, changes, codes, convention, space, waited

STORE = Store("/store", SIRET)
BLANK = f"/store/{SIRET}/conventions/complet/blank.pdf"
COPY = f"/store/{SIRET}/conventions/complet/countersigned.pdf"
NEXT_COPY = f"/store/{SIRET}/conventions/complet/next/countersigned.pdf"
UPLOAD, FETCH_BLANK, FETCH_COPY = [("upload_convention", "complet")], [("fetch_blank", "complet")], [("fetch_countersigned", "complet")]
COUNTERSIGNED = "c" * 64


@dataclass(frozen=True)
class Case:
    """document: what is declared. conventions: what the space shows. blank, copy: what the store holds (copy: its SHA-256)."""

    conventions: tuple[dict[str, Any], ...] = ()
    document: Document | None = None
    space: Space = field(default_factory=space)
    store: Store | None = STORE
    blank: bool = True
    copy: str | None = None
    next_document: Document | None = None
    next_copy: str | None = None
    cycle: str = "complet"
    steps: list[tuple[str, str]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    differs: dict[str, Any] = field(default_factory=dict)
    warns: bool = False

    def plan(self) -> Plan:
        folder = f"/store/{SIRET}/conventions/{self.cycle}"
        found = Space(self.space.access, self.space.state, self.space.account, self.conventions)
        observed = ObservedConvention(
            found,
            self.document,
            self.store,
            f"{folder}/blank.pdf" if self.blank and self.store else None,
            f"{folder}/countersigned.pdf" if self.copy else None,
            self.copy,
            next_document=self.next_document,
            next_copy=f"{folder}/next/countersigned.pdf" if self.next_copy else None,
            next_copy_sha256=self.next_copy,
        )
        return Convention(DeclaredConvention(SIRET, self.cycle, agent_email=EMAIL)).plan(observed, NOW)


def uploaded(before: dict[str, Any] | None, document: Document) -> dict[str, Any]:
    """What an upload changes in the record that was there before it; the cycle stays."""
    old = before or dict.fromkeys(FIELDS) | {"state": "none"}
    after = dict.fromkeys(FIELDS) | {"state": "submitted", "sha256": document.sha256}
    return {name: after[name] for name in FIELDS if name != "cycle" and old[name] != after[name]}


REFUSED, ENDED = convention("refused"), convention("ended")
IN_FORCE, UPCOMING, SUBMITTED = convention("in_force"), convention("upcoming"), convention("submitted")
WAITS_SIGNATURE, WAITS_ANTAI, LAPSED = ["convention_signature"], ["convention_countersignature"], ["convention_lapsed"]

CASES: dict[str, Case] = {
    # Nothing at ANTAI yet
    "none, nothing to send": Case(waiting=WAITS_SIGNATURE),
    "none, nothing to send, no blank yet": Case(blank=False, steps=FETCH_BLANK, waiting=WAITS_SIGNATURE, differs={"blank": BLANK}),
    "none, nothing to send, no store": Case(store=None, waiting=WAITS_SIGNATURE),
    "none, signed": Case(document=SIGNED, steps=UPLOAD, waiting=WAITS_ANTAI, differs=uploaded(None, SIGNED)),
    "none, signed, no blank": Case(document=SIGNED, blank=False, steps=UPLOAD, waiting=WAITS_ANTAI, differs=uploaded(None, SIGNED)),
    "none, signed, no store": Case(document=SIGNED, store=None, steps=UPLOAD, waiting=WAITS_ANTAI, differs=uploaded(None, SIGNED)),
    # Submitted
    "submitted": Case((SUBMITTED,), waiting=WAITS_ANTAI),
    "submitted, same document": Case((SUBMITTED,), SIGNED, waiting=WAITS_ANTAI),
    "submitted, another document": Case((SUBMITTED,), CORRECTED, waiting=WAITS_ANTAI),
    "submitted, no blank": Case((SUBMITTED,), blank=False, waiting=WAITS_ANTAI),
    # Refused
    "refused, same document": Case((REFUSED,), SIGNED, waiting=["convention_refused"]),
    "refused, no document": Case((REFUSED,), waiting=["convention_refused"]),
    "refused, no document, no blank": Case(
        (REFUSED,), blank=False, steps=FETCH_BLANK, waiting=["convention_refused"], differs={"blank": BLANK}
    ),
    "refused, corrected": Case((REFUSED,), CORRECTED, steps=UPLOAD, waiting=WAITS_ANTAI, differs=uploaded(REFUSED, CORRECTED)),
    "refused, then submitted again": Case((REFUSED, SUBMITTED), SIGNED, waiting=WAITS_ANTAI),
    # Upcoming
    "upcoming, no store": Case((UPCOMING,), store=None, waiting=["convention_begins"]),
    "upcoming, copy to fetch": Case((UPCOMING,), steps=FETCH_COPY, waiting=["convention_begins"], differs={"countersigned_copy": COPY}),
    "upcoming, copy here": Case((UPCOMING,), copy=COUNTERSIGNED, waiting=["convention_begins"]),
    "upcoming, another document": Case((UPCOMING,), CORRECTED, copy=COUNTERSIGNED, waiting=["convention_begins"], warns=True),
    # In force
    "in force, no store": Case((IN_FORCE,), store=None),
    "in force, same document, copy here": Case((IN_FORCE,), SIGNED, copy=COUNTERSIGNED),
    "in force, copy to fetch": Case((IN_FORCE,), steps=FETCH_COPY, differs={"countersigned_copy": COPY}),
    "in force, copy is not ANTAI's": Case((IN_FORCE,), copy="d" * 64, steps=FETCH_COPY),
    "in force, copy here, no digest shown": Case((convention("in_force", countersigned_sha256=None),), copy="d" * 64),
    "in force, another document": Case((IN_FORCE,), CORRECTED, copy=COUNTERSIGNED, warns=True),
    "in force, another document, copy to fetch": Case(
        (IN_FORCE,), CORRECTED, steps=FETCH_COPY, differs={"countersigned_copy": COPY}, warns=True
    ),
    "in force, a document, no digest shown": Case((convention("in_force", sha256=None),), CORRECTED, copy=COUNTERSIGNED),
    "in force, after one that ended": Case((ENDED, IN_FORCE), copy=COUNTERSIGNED),
    "in force, before one upcoming": Case(
        (IN_FORCE, UPCOMING),
        copy=COUNTERSIGNED,
        steps=[("fetch_next_countersigned", "complet")],
        differs={"next_countersigned_copy": NEXT_COPY},
    ),
    "in force, before one upcoming, both copies here": Case((IN_FORCE, UPCOMING), copy=COUNTERSIGNED, next_copy=COUNTERSIGNED),
    "in force, before one upcoming, no store": Case((IN_FORCE, UPCOMING), store=None),
    "in force, a later one refused": Case((IN_FORCE, REFUSED), copy=COUNTERSIGNED),
    # Ended (R6)
    "ended, same document": Case((ENDED,), SIGNED, waiting=["convention_ended"]),
    "ended, no document": Case((ENDED,), waiting=["convention_ended"]),
    "ended, another document": Case((ENDED,), CORRECTED, steps=UPLOAD, waiting=LAPSED, differs=uploaded(ENDED, CORRECTED)),
    "ended, the next document": Case(
        (ENDED,), SIGNED, next_document=CORRECTED, steps=UPLOAD, waiting=LAPSED, differs=uploaded(ENDED, CORRECTED)
    ),
    "refused, then another refused, the first again": Case(
        (REFUSED, convention("refused", sha256=CORRECTED.sha256)), SIGNED, waiting=["convention_refused"]
    ),
    "ended, next one upcoming": Case((ENDED, UPCOMING), copy=COUNTERSIGNED, waiting=["convention_begins"]),
    "ended, next one submitted": Case((ENDED, SUBMITTED), waiting=LAPSED),
    # Both cycles (R5)
    "complet wanted, partiel in force, no document": Case((convention("in_force", "partiel"),), waiting=WAITS_SIGNATURE),
    "complet wanted, partiel in force, signed": Case(
        (convention("in_force", "partiel"),), CORRECTED, steps=UPLOAD, waiting=WAITS_ANTAI, differs=uploaded(None, CORRECTED), warns=True
    ),
    **{
        f"partiel wanted, complet {state}": Case((convention(state),), CORRECTED, cycle="partiel", waiting=["convention_exclusive"])
        for state in ("in_force", "upcoming")
    },
    **{
        f"partiel wanted, complet {state}": Case(
            (convention(state),),
            CORRECTED,
            cycle="partiel",
            steps=[("upload_convention", "partiel")],
            waiting=LAPSED if state == "ended" else WAITS_ANTAI,
            differs=uploaded(None, CORRECTED),
        )
        for state in ("submitted", "refused", "ended")
    },
    "partiel wanted and in force beside complet": Case(
        (convention("in_force"), convention("in_force", "partiel")), cycle="partiel", copy=COUNTERSIGNED
    ),
    "partiel wanted and submitted beside complet": Case(
        (convention("in_force"), convention("submitted", "partiel")), cycle="partiel", waiting=WAITS_ANTAI
    ),
    # The account (R1)
    **{
        f"signed, account {state}, {access}": Case(document=SIGNED, space=space(state, access), waiting=[waiting])
        for state, access, waiting in (
            ("absent", "open", "account_missing"),
            ("absent", "no_credentials", "account_missing"),
            ("under_control", "open", "account_control"),
            ("under_control", "no_mandate", "account_control"),
            ("refused", "no_credentials", "account_refused"),
            ("closed", "open", "account_closed"),
            ("accepted", "no_credentials", "credentials"),
            ("accepted", "no_mandate", "mandate"),
            ("unknown", "no_credentials", "access"),
            ("unknown", "no_mandate", "mandate"),
        )
    },
    "no document, account under control: both are waited for, and the blank is fetched": Case(
        space=space("under_control", "no_credentials"),
        blank=False,
        steps=FETCH_BLANK,
        waiting=["convention_signature", "account_control"],
        differs={"blank": BLANK},
    ),
    "no document, account accepted, unseen": Case(space=space("accepted", "no_credentials"), blank=False, waiting=["credentials"]),
    "no document, account unknown": Case(space=space("unknown", "no_mandate"), blank=False, waiting=["mandate"]),
    "refused, corrected, account closed": Case((REFUSED,), CORRECTED, space=space("closed"), waiting=["account_closed"]),
    "in force, account closed": Case((IN_FORCE,), space=space("closed"), copy=COUNTERSIGNED),
}


@pytest.mark.parametrize("name", CASES)
def test_plan(name: str) -> None:
    case = CASES[name]
    plan = case.plan()
    assert (codes(plan), waited(plan), changes(plan)) == (case.steps, case.waiting, case.differs)
    assert plan.after["cycle"] == plan.before["cycle"] == case.cycle
    assert bool(plan.warnings) is case.warns
    assert plan.server_assigned == (("id", "since") if case.steps and case.steps[0][0] == "upload_convention" else ())


@pytest.mark.parametrize(
    ("observed", "state"),
    [
        (space(), "none"),
        (space("absent", "no_credentials"), "none"),
        (space("under_control", "no_mandate"), "none"),
        (space("refused", "no_credentials"), "none"),
        (space("accepted", "no_credentials"), "unknown"),
        (space("unknown", "no_mandate"), "unknown"),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value.state} {value.access}",
)
def test_what_one_may_not_see_is_unknown(observed: Space, state: str) -> None:
    assert Case(space=observed).plan().before["state"] == state


def test_view_of_none() -> None:
    assert Case(blank=False).plan().before == {
        "siret": SIRET,
        **dict.fromkeys(FIELDS),
        "cycle": "complet",
        "state": "none",
        "blank": None,
        "countersigned_copy": None,
        "next_countersigned_copy": None,
        "lapsed": None,
        "next": None,
        "checks": None,
    }


@pytest.mark.parametrize(
    ("case", "about"),
    [
        (Case(), {"cycle": "complet", "path": f"/store/{SIRET}/conventions/complet/signed.pdf"}),
        (Case(store=None), {"cycle": "complet", "path": "antai_convention_document"}),
        (
            Case((REFUSED,), SIGNED),
            {"cycle": "complet", "path": f"/store/{SIRET}/conventions/complet/signed.pdf", "reason": "page 3 manque"},
        ),
        (Case((ENDED,), SIGNED), {"cycle": "complet", "path": f"/store/{SIRET}/conventions/complet/next/signed.pdf", "end": "2028-12-31"}),
        (Case((UPCOMING,), store=None), {"start": "2026-01-01"}),
        (Case((IN_FORCE,), cycle="partiel"), {"end": "2028-12-31"}),
    ],
    ids=["to sign", "to sign, no store", "refused", "ended", "upcoming", "exclusive"],
)
def test_waiting_tells_the_facts(case: Case, about: dict[str, Any]) -> None:
    assert case.plan().waiting[0].facts == about


def test_who_is_waited_for_under_which_name() -> None:
    """The agent where the mandate is missing; and since when ANTAI has had the document."""
    for conventions in ((), (REFUSED,)):
        (waiting,) = Case(conventions, CORRECTED, space=space("accepted", "no_mandate")).plan().waiting
        assert (waiting.code, waiting.facts["agent_email"]) == ("mandate", EMAIL)
    (waiting,) = Case((ENDED, SUBMITTED)).plan().waiting
    assert (waiting.code, waiting.since, waiting.facts) == ("convention_lapsed", SINCE, {"end": "2028-12-31", "cycle": "complet"})


def test_an_account_that_is_open_and_not_shown_is_waited_for_as_a_mandate() -> None:
    found = Space("no_mandate", "accepted", space("accepted", "no_mandate").account)
    assert waited(Case(space=found).plan()) == ["mandate"]


@pytest.mark.parametrize(
    ("case", "warning"),
    [
        (
            Case((IN_FORCE,), CORRECTED, copy=COUNTERSIGNED),
            "corrected.pdf is not the document of the convention in_force; it is not sent while that one runs: "
            "one that is to follow it is declared as next_document",
        ),
        (
            Case((convention("in_force", "partiel"),), CORRECTED),
            "the convention cycle partiel stays in force until ANTAI countersigns this one, which then replaces it at once (R5); "
            "the exchange goes on",
        ),
    ],
    ids=["left alone", "partiel to complet"],
)
def test_warnings(case: Case, warning: str) -> None:
    assert case.plan().warnings == (warning,)


@pytest.mark.parametrize(
    ("declared", "path"),
    [
        ({"next_path": "/next.pdf", "path": "/now.pdf"}, "/next.pdf"),
        ({"path": "/now.pdf"}, "/now.pdf"),
        ({}, f"/store/{SIRET}/conventions/complet/next/signed.pdf"),
    ],
)
def test_after_an_end_that_of_the_next_period_is_awaited(declared: dict[str, Any], path: str) -> None:
    observed = ObservedConvention(space(conventions=(ENDED,)), None, STORE, "blank", None, None)
    assert Convention(DeclaredConvention(SIRET, "complet", **declared)).plan(observed, NOW).waiting[0].facts["path"] == path


def test_without_a_store_the_option_of_the_next_period_is_named() -> None:
    assert Case((ENDED,), store=None).plan().waiting[0].facts["path"] == "antai_convention_next_document"


def test_the_last_day_is_that_of_what_has_ended() -> None:
    """Not of one that is to come: ANTAI may have signed it already."""
    assert Case((ENDED, convention("upcoming", end="2031-12-31"))).plan().before["lapsed"] == "2028-12-31"


def test_a_declared_path_is_where_the_document_is_awaited() -> None:
    resource = Convention(DeclaredConvention(SIRET, "complet", path="/files/lyon.pdf"))
    plan = resource.plan(ObservedConvention(space(), None, STORE, "blank", None, None), NOW)
    assert plan.waiting[0].facts["path"] == "/files/lyon.pdf"


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (Case(document=SIGNED), "the space holds no convention cycle complet"),
        (Case((REFUSED,), CORRECTED), "the convention is refused, and another document is declared"),
        (Case((ENDED,), CORRECTED), "the convention is ended, and another document is declared"),
        (Case(blank=False), "nothing to sign lies in the store yet"),
        (Case((IN_FORCE,)), "the store does not hold the countersigned copy"),
        (Case((IN_FORCE, UPCOMING), copy=COUNTERSIGNED), "the store does not hold the next countersigned copy"),
    ],
    ids=["none", "refused", "ended", "blank", "copy", "next copy"],
)
def test_reasons(case: Case, reason: str) -> None:
    assert [step.reason for step in case.plan().steps] == [reason]


def test_the_latest_in_force_counts() -> None:
    plan = Case((convention("in_force", id="1"), convention("in_force", id="2")), copy=COUNTERSIGNED).plan()
    assert plan.before["id"] == "2"
