# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table that people read."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils.report import dialogue, row, table
from ansible_collections.collectivites.antai.plugins.module_utils.waiting import SUPPORT_LINE, Waiting
from tests.support.observed import SIRET
from tests.support.statuses import CONTROL, DONE, ORDER, STEP, status_of, told


@pytest.mark.parametrize(
    ("dialogues", "fr", "en"),
    [
        ([], "-", "-"),
        ([told("a", "authorised")], "autorisé", "authorised"),
        ([told("a", "known_inactive")], "connu, inactif", "known, inactive"),
        ([told("a", "unknown")], "inconnu", "unknown"),
        ([told("a", "refused", "R6")], "refusé (R6)", "refused (R6)"),
        ([told("a", "refused")], "refusé", "refused"),
        ([told("a", "authorised", "R6")], "autorisé", "authorised"),
        ([told("a", "authorised"), told("b", "authorised")], "autorisé x2", "authorised x2"),
        ([told("a", "authorised"), told("b", "unknown")], "a: autorisé, b: inconnu", "a: authorised, b: unknown"),
    ],
)
def test_dialogue(dialogues: list[dict[str, Any]], fr: str, en: str) -> None:
    assert (dialogue(dialogues, "fr"), dialogue(dialogues, "en")) == (fr, en)


def test_rows() -> None:
    waiting = row(
        "lyon", status_of(CONTROL, ORDER, DONE, DONE, dialogues=(told("a", "unknown", None, "2028-01-01T00:00:00Z"),)), None, "fr"
    )
    assert waiting["waiting_for"] == ["ANTAI (espace numérique)", "collectivité (certificat)"]
    assert (waiting["since"], waiting["certificate_until"], waiting["dialogue"]) == (["2026-02-20", "-"], "2028-01-01", "inconnu")
    failed, not_run = row("nice", None, "boom", "en"), row("nice", None, None, "en")
    assert (failed["stage"], failed["failure"], failed["collectivite"], failed["siret"]) == ("FAILED", "boom", "nice", "-")
    assert (not_run["stage"], not_run["failure"]) == ("FAILED", "stopped before the end, see the error above")


def test_table() -> None:
    rows = [
        row("lyon", status_of(DONE, DONE, DONE, DONE, language="en"), None, "en"),
        row("nice", {**status_of(CONTROL, ORDER, DONE, DONE, language="en"), "name": "Nice"}, None, "en"),
        row("lens", None, "no such host", "en"),
    ]
    lines = table(rows, "en").splitlines()
    assert lines[0].split("  ")[0] == "Collectivité"
    assert set(lines[1]) == {"-", " "}
    assert [line.split()[0] for line in lines[2:4]] == ["lens", "Nice"]
    assert lines[4].strip().startswith("collectivité (certificate)")
    assert lines[5].split()[:4] == ["Lyon", SIRET, "in", "service"]
    assert lines[6:] == [
        "",
        "Failures:",
        "  lens: no such host",
        "",
        "Who is waited for, and what for:",
        "  Nice: ANTAI is checking the request for the space; nothing to do.",
        "  Nice: No certificate for acme: request it (antai_certificate_request) or declare its fingerprint.",
    ]


def test_the_support_line_is_shown_where_antai_is_late() -> None:
    late = Plan({}, {}, (), (Waiting("account_control", "2026-01-01T00:00:00Z"),))
    text = table([row("lyon", status_of(late, DONE, DONE, DONE), None, "fr")], "fr")
    assert text.endswith(f"rien à faire. (ANTAI : {SUPPORT_LINE})")


def test_an_empty_table() -> None:
    assert len(table([], "fr").splitlines()) == 2


def test_steps_to_come_are_said() -> None:
    found = row("lyon", status_of(DONE, DONE, DONE, STEP), None, "fr")
    assert (found["waiting_for"], found["since"]) == (["prochain passage (1 étapes)"], ["-"])


def test_what_a_task_tried_in_vain_is_told_first_and_once() -> None:
    status = status_of(CONTROL, DONE, DONE, STEP)
    tried = status_of(DONE, ORDER, DONE, DONE)["waiting"]
    found = row("lyon", status, None, "fr", [*tried, *status["waiting"]])
    assert found["waiting_for"] == ["collectivité (certificat)", "ANTAI (espace numérique)"]
