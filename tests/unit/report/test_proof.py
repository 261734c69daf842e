# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What counts as proved, as a table: when the SI FPS last authorised it, its last word, whether anybody here can ask, and silence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils.dates import instant
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.model import HostRun
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.report_columns import spreadsheet
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.summary import totals
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.table import table
from tests.support.statuses import CONTROL, DONE, STEP, status_of, told
from tests.unit.report.test_contents import NOW, made


def dialogue(hours: float | None, state: str = "authorised", verifiable: bool | None = True, provider: str = "acme") -> dict[str, Any]:
    """hours: since it was last authorised."""
    at = None if hours is None else instant(NOW - timedelta(hours=hours))
    source = "store" if at else "none"
    return told(provider, state if at or state != "authorised" else "not_asked") | {
        "proved_at": at,
        "verifiable": verifiable,
        "source": source,
        "message": None,
    }


def in_service(*dialogues: dict[str, Any], silent: bool = False) -> HostRun:
    exchanged = {"active_since": instant(NOW - timedelta(days=99))} if silent else {}
    return HostRun("a", status_of(DONE, DONE, DONE, DONE, dialogues=dialogues) | exchanged)


@pytest.mark.parametrize(
    ("seen", "proof", "outcome", "code"),
    [
        pytest.param(in_service(dialogue(0)), "proved", "converged", 0, id="now"),
        pytest.param(in_service(dialogue(48)), "proved", "converged", 0, id="48 hours ago"),
        pytest.param(in_service(dialogue(48.1)), "unproved", "unproved", 3, id="longer ago"),
        pytest.param(in_service(dialogue(-0.05)), "proved", "converged", 0, id="by a clock that is a little ahead"),
        pytest.param(in_service(dialogue(-1)), "unproved", "unproved", 3, id="in the future"),
        pytest.param(in_service(dialogue(None)), "unproved", "unproved", 3, id="never"),
        pytest.param(in_service(dialogue(2, "unknown")), "unproved", "unproved", 3, id="the SI FPS does not know it any more"),
        pytest.param(in_service(dialogue(2, "known_inactive")), "unproved", "unproved", 3, id="active for the space alone"),
        pytest.param(in_service(dialogue(2, "refused")), "unproved", "stopped", 2, id="refused since"),
        pytest.param(in_service(dialogue(0), dialogue(None, provider="b")), "unproved", "unproved", 3, id="one of two"),
        pytest.param(in_service(dialogue(None, verifiable=False)), "unverifiable", "converged", 0, id="key elsewhere"),
        pytest.param(in_service(dialogue(None, verifiable=False), silent=True), "unproved", "unproved", 3, id="key elsewhere, and silent"),
        pytest.param(in_service(dialogue(0), silent=True), "proved", "converged", 0, id="proved, and silent"),
        pytest.param(in_service(dialogue(None, verifiable=None)), None, "converged", 0, id="nothing to be proved yet"),
        pytest.param(in_service(), None, "converged", 0, id="no certificate"),
        pytest.param(
            HostRun("a", status_of(DONE, DONE, DONE, STEP, dialogues=(dialogue(None),))), "unproved", "unproved", 3, id="with a step left"
        ),
        pytest.param(
            HostRun("a", status_of(CONTROL, DONE, DONE, DONE, dialogues=(dialogue(None),))),
            "unproved",
            "unproved",
            3,
            id="and somebody waits",
        ),
    ],
)
def test_proof(seen: HostRun, proof: str | None, outcome: str, code: int) -> None:
    report = made(seen)
    (entry,) = report["collectivites"]
    assert (entry["proof"], entry["outcome"], report["totals"]["outcome"], report["totals"]["exit_code"]) == (proof, outcome, outcome, code)


def test_what_is_not_proved_is_not_said_to_be_in_service() -> None:
    report = made(in_service(dialogue(None)), language="fr")
    text = table(report)
    assert "en service, non prouvé" in text
    assert "Dialogues non prouvés depuis plus de 48 h" in text
    assert "Lyon : acme, non demandé, dernière preuve : jamais" in text
    assert totals(report) == (
        "1 collectivité : 0 en service, 1 en service sans preuve, 0 en attente, 0 en échec ; 0 a avancé à ce passage.\n"
        "Dialogues : 0 prouvé, 1 non prouvé, 0 invérifiable (clé ailleurs, ou interface sans question)."
    )


def test_when_it_was_last_proved_stands_in_every_form() -> None:
    report = made(in_service(dialogue(5), dialogue(30, provider="b")), language="en")
    (entry,) = report["collectivites"]
    assert [each["proved_at"] for each in entry["dialogues"]] == ["2027-03-01T07:00:00Z", "2027-02-28T06:00:00Z"]
    header, _rule, row = table(report).splitlines()[:3]
    assert header.endswith("Proved on")
    assert row.endswith("authorised x2  2027-02-28"), "the older of both"
    assert spreadsheet(report).decode().splitlines()[1].split(";")[7] == "2027-02-28"
    assert report["totals"]["dialogues"] == {"proved": 2, "unverifiable": 0, "unproved": 0}


def test_how_long_a_proof_lasts_is_what_the_user_says() -> None:
    assert made(in_service(dialogue(5)), proof_max_age=4)["totals"]["outcome"] == "unproved"
    assert made(in_service(dialogue(500)), proof_max_age=501)["totals"]["outcome"] == "converged"
