# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the recipes have added works: run by tests/meta/test_recipes.py in the copy of the tree where they were made, and only there."""

from __future__ import annotations

import csv
import io
from typing import Any

from ansible_collections.collectivites.antai.plugins.module_utils._interface.auth.methods import METHODS
from ansible_collections.collectivites.antai.plugins.module_utils._interface.catalogue import OPERATIONS, RECORDS
from ansible_collections.collectivites.antai.plugins.module_utils._pki.blocking_rules import BLOCKS
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import ALL_RULES
from ansible_collections.collectivites.antai.plugins.module_utils._plan.steps import STEPS
from ansible_collections.collectivites.antai.plugins.module_utils._resources.account import account, view
from ansible_collections.collectivites.antai.plugins.module_utils._resources.space import Space, account_waiting
from ansible_collections.collectivites.antai.plugins.module_utils._texts.report import ALERTS
from ansible_collections.collectivites.antai.plugins.plugin_utils._csv_inventory.columns import by_title
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.report_columns import spreadsheet
from tests.support.kinds import DECLARING, INFORMING
from tests.support.observed import NOW, SIRET
from tests.unit.interface.auth.test_methods import headers


def test_the_account_field_is_an_option_that_is_compared_and_sent() -> None:
    assert DECLARING["account"].spec["phone"] == INFORMING["onboarding_info"].spec["phone"] == {"type": "str"}
    assert "phone" in OPERATIONS["account_request"].values
    assert "phone" in RECORDS["account"].fields
    assert by_title("Téléphone") is not None
    parameters: dict[str, Any] = dict.fromkeys(DECLARING["account"].spec) | {"siret": SIRET, "state": "present", "phone": "0563000000"}
    record: Any = {"name": "Albi", "phone": "0563111111", "since": None, "reason": None}
    plan = account(parameters).plan(Space("open", "active", record), NOW)
    assert [(step.code, step.reason) for step in plan.steps] == [("update_account", "differs from the declaration: phone")]
    assert view(SIRET, Space("open", "active", record))["phone"] == "0563111111"


def test_the_column_is_in_the_file() -> None:
    entry: dict[str, Any] = dict.fromkeys(
        ("name", "siret", "stage_text", "host", "alert", "certificate_until", "convention_until", "last_exchange_at", "failure")
    )
    entry |= {"name": "Albi", "siret": SIRET, "stage_text": "", "host": "albi", "alert": next(iter(ALERTS))}
    entry |= {name: [] for name in ("steps", "waiting", "dialogues", "changed", "undeclared_certificates")}
    report: Any = {"language": "fr", "problems": [], "collectivites": [entry]}
    file = spreadsheet(report).decode("utf-8-sig")
    assert [row["SIREN"] for row in csv.DictReader(io.StringIO(file), delimiter=";")] == [SIRET[:9]]


def test_the_state_is_read_and_somebody_is_waited_for() -> None:
    assert "suspended" in RECORDS["account"].states
    waiting = account_waiting(Space("open", "suspended"), None)
    assert waiting is not None
    result = waiting.as_dict("en", NOW)
    assert (result["on"], result["next_action"]["text"]) == ("antai", "Space suspended; call ANTAI.")


def test_the_method_logs_in() -> None:
    assert "session_header" in METHODS
    assert headers({"method": "session_header"}, token="t") == {"X-Session": "Bearer t"}


def test_the_rule_is_judged_and_blocks() -> None:
    assert "least_lifetime" in ALL_RULES
    assert BLOCKS["least_lifetime"] == ("fail",)


def test_the_resource_has_its_step() -> None:
    assert "add_extra" in STEPS
    assert {"extra", "extra_info"} <= set(DECLARING) | set(INFORMING)
