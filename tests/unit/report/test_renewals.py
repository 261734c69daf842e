# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of a renewal wave: which state each host is in, who is late, what the file says."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import jsonschema
import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._texts.renewals import STATES
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.renewals import (
    SCHEMA,
    counted,
    csv_bytes,
    line,
    ordered,
    text,
)
from tests.support.collection import ROOT
from tests.support.observed import SIRET

LATE = 30
PUBLISHED = json.loads((ROOT / "docs/renewals.schema.json").read_text(encoding="utf-8"))
WAITING = {
    "on": "collectivite",
    "for": "convention",
    "since": "2026-09-01T08:00:00Z",
    "since_at_least": None,
    "next_action": {"code": "convention_renewal", "text": "Faites-la signer.", "support": None},
}


def answered(state: str = "in_force", renewal: str | None = None, days: int = 60, due: bool = True, **more: Any) -> dict[str, Any]:
    found = {"state": renewal, "due": due, "days_left": days} if renewal else None
    convention = {"cycle": "complet", "state": state, "end": "2026-12-31", "lapsed": None, **more}
    return {"convention": convention, "renewal": found, "ahead": [WAITING] if renewal == "to_sign" else [], "waiting": []}


def one(result: dict[str, Any], name: str = "Lyon", **prefill: Any) -> dict[str, Any]:
    """Every one that a test makes keeps to the published format."""
    found = line("lyon", name, SIRET, result, prefill, LATE)
    jsonschema.validate({"schema": SCHEMA, "renewals": [found], "totals": counted([found])}, PUBLISHED)
    return found


def test_every_state_is_published() -> None:
    assert PUBLISHED["properties"]["renewals"]["items"]["properties"]["state"]["enum"] == list(STATES)


@pytest.mark.parametrize(
    ("result", "state", "late"),
    [
        pytest.param(answered(renewal="not_due", due=False, days=200), "not_due", False, id="not due"),
        pytest.param(answered(renewal="to_sign"), "to_sign", False, id="to sign"),
        pytest.param(answered(renewal="to_sign", days=LATE), "to_sign", True, id="to sign, late"),
        pytest.param(answered(renewal="submitted", days=LATE + 1), "submitted", False, id="submitted"),
        pytest.param(answered(renewal="submitted", days=3), "submitted", True, id="submitted, late"),
        pytest.param(answered(renewal="refused", days=3), "refused", True, id="refused, late"),
        pytest.param(answered(renewal="secured", days=1), "secured", False, id="secured"),
        pytest.param(answered("ended", lapsed="2026-12-31"), "lapsed", True, id="ended"),
        pytest.param(answered("submitted", lapsed="2026-12-31"), "lapsed", True, id="ended, the next one submitted"),
        pytest.param(answered("submitted"), "first", False, id="the first one"),
        pytest.param(answered("upcoming"), "secured", False, id="to come"),
        pytest.param(answered("unknown"), "unknown", False, id="may not be seen"),
        pytest.param({"failed": True, "msg": "boom"}, "failed", False, id="failed"),
        pytest.param({}, "failed", False, id="not looked at"),
    ],
)
def test_states(result: dict[str, Any], state: str, late: bool) -> None:
    told = one(result)
    assert (told["state"], told["late"]) == (state, late)


SEND = {"code": "renew_convention", "target": "complet", "reason": "why", "outcome": "planned"}


@pytest.mark.parametrize(
    ("step", "waiting", "steps"),
    [
        (SEND, 0, ["renew_convention"]),  # that ANTAI has to countersign it is not true yet
        (SEND | {"code": "fetch_blank"}, 1, ["fetch_blank"]),  # it has to be signed all the same
        (SEND | {"outcome": "done"}, 1, []),
    ],
)
def test_what_check_mode_foresees_is_for_the_next_run(step: dict[str, str], waiting: int, steps: list[str]) -> None:
    told = one(answered(renewal="to_sign") | {"steps": [step]})
    assert (len(told["waiting"]), [each["code"] for each in told["steps"]]) == (waiting, steps)
    shown = text([told], "fr", 2)
    assert ("prochain passage (1 à faire)" in shown) == ("Reste à faire au prochain passage :\n  Lyon : " in shown) == bool(steps)
    assert ("Lyon : Faites-la signer." in shown) == bool(waiting)


def test_a_prefill_to_come_still_waits_for_a_signature() -> None:
    told = one(answered(renewal="to_sign"), steps=[SEND | {"code": "prefill_convention"}])
    assert ([each["code"] for each in told["steps"]], len(told["waiting"])) == (["prefill_convention"], 1)


def test_the_terminal_shows_a_siret_and_a_name_as_they_are() -> None:
    told = text([one(answered(renewal="not_due", due=False), "=Lyon")], "fr", 1)
    assert told.splitlines()[2].split()[:2] == ["=Lyon", SIRET]
    assert told.splitlines()[-1] == "En retard : 0. Pas encore dû : 1."


def test_late_first_then_the_worst() -> None:
    lines = [one(answered(renewal="secured"), "A"), one(answered(renewal="to_sign"), "B"), one(answered(renewal="submitted", days=2), "C")]
    assert [each["name"] for each in ordered(lines)] == ["C", "B", "A"]
    assert counted(lines) == {"collectivites": 3, "late": 1, "to_sign": 1, "submitted": 1, "secured": 1}


def test_the_file_is_for_a_spreadsheet_and_no_name_is_a_formula() -> None:
    gaps = [{"what": "missing", "label": "Délibération du"}, {"what": "by_hand", "label": "Fait à"}]
    content = csv_bytes([one(answered(renewal="to_sign", days=3), "=Lyon", prefill={"gaps": gaps, "document": "/s/to_sign.pdf"})], "fr")
    assert content.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    assert (row["Collectivité"], row["SIRET"], row["En retard"]) == ("'=Lyon", f'="{SIRET}"', "oui")
    assert (row["À compléter"], row["Document à signer"], row["Que faire"]) == ("Délibération du", "/s/to_sign.pdf", "Faites-la signer.")


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_table(language: str) -> None:
    lines = [
        one(answered(renewal="to_sign", days=3)),
        one({"failed": True, "msg": "boom"}, "Nice"),
        one(answered(renewal="secured"), "Metz"),
    ]
    told = text(lines, language, 2)
    assert "Lyon" in told and "boom" in told and "Faites-la signer." in told and "Metz" not in told
    assert all(STATES[state].text(language) in told for state in ("to_sign", "failed", "secured"))
