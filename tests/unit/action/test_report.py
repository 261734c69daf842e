# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What antai_report makes of the results that the roles register."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.action.antai_report import DONE as OUTCOMES_DONE
from ansible_collections.collectivites.antai.plugins.action.antai_report import RESULTS, ROTATION, host_run, registered
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.contents import report
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.model import ReportOptions
from tests.support.collection import ROLES, yaml_files
from tests.support.statuses import DONE, STEP, status_of

ISSUE = {"on": "psce", "for": "certificate", "since": None, "next_action": {"code": "certificate_issue", "text": "t", "support": None}}


def rotated(*steps: tuple[str, str], waiting: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    """As a loop over one provider registers it."""
    told = [{"code": code, "target": "t", "reason": "why", "outcome": outcome} for code, outcome in steps]
    return {"results": [{"changed": bool(steps), "steps": told, "waiting": list(waiting)}]}


@pytest.mark.parametrize(
    ("passes", "changed", "tried"),
    [
        (
            (rotated(("hand_out", "done")), rotated(("swap", "settled")), rotated(("confirm_reload", "done"))),
            ["hand_out", "swap", "confirm_reload"],
            0,
        ),
        ((rotated(("enroll", "waiting"), waiting=(ISSUE,)), rotated(("ask_again", "done")), rotated()), ["ask_again"], 0),
        ((rotated(), rotated(), rotated(("enroll", "waiting"), waiting=(ISSUE,))), [], 1),
        ((rotated(("enroll", "waiting"), waiting=(ISSUE,)),), [], 1),  # the others were not reached
        ((rotated(("hand_out", "planned")), rotated(("hand_out", "planned")), rotated()), [], 0),
    ],
)
def test_all_passes_of_a_rotation_are_told(passes: tuple[dict[str, Any], ...], changed: list[str], tried: int) -> None:
    found = host_run("albi", registered(dict(zip(ROTATION, passes, strict=False))), "fr")
    assert ([each["code"] for each in found.changed], len(found.tried)) == (changed, tried)
    assert {each["outcome"] for each in found.changed} <= set(OUTCOMES_DONE)


def test_what_check_mode_foresees_is_left_to_a_further_run() -> None:
    twice = rotated(("hand_out", "planned"))
    found = host_run("albi", registered(dict(zip(ROTATION, (twice, twice, rotated()), strict=True))), "fr")
    told = report([replace(found, status=status_of(DONE, DONE, DONE, STEP))], ReportOptions(datetime(2027, 3, 1, tzinfo=UTC)))
    (entry,) = told["collectivites"]
    assert [each["code"] for each in entry["steps"]] == ["activate_certificate", "hand_out"]


def test_what_playbooks_and_roles_register_is_read() -> None:
    """But for what no report of theirs tells: inventory, doctor and prefilled conventions are told by others."""
    others = {
        "antai_fleet_result",
        "antai_report_result",
        "antai_convention_prefill_result",
        "antai_inventory_result",
        "antai_doctor_result",
    }
    files = [*yaml_files("playbooks"), *(path for role in ROLES for path in yaml_files(f"roles/{role}/tasks"))]
    texts = (path.read_text(encoding="utf-8") for path in files)
    names = {name for text in texts for name in re.findall(r"register: (\w+)", text)}
    assert names - others == set(RESULTS)
