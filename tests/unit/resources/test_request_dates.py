# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Since when we have asked, where the server does not say since when it is waited for."""

from __future__ import annotations

import string
from datetime import timedelta
from pathlib import Path

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._plan.steps import STEPS
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import REASONS, REQUESTED_BY, Waiting
from ansible_collections.collectivites.antai.plugins.module_utils._resources.request_dates import date_plan, date_waiting
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from tests.support.journal import note
from tests.support.observed import NOW, SINCE, SIRET

DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Partial: sent ten days ago, again three days ago; complet: five days ago. A certificate installed, and one step of the future."""
    store = Store(str(tmp_path), SIRET)
    for days, step, target in (
        (12, "request_account", ""),
        (10, "upload_convention", "partiel"),
        (5, "upload_convention", "complet"),
        (3, "renew_convention", "partiel"),
        (2, "install_certificate", "aa"),
        (-1, "activate_certificate", "aa"),
    ):
        note(store, NOW - days * DAY, step, target)
    return store


@pytest.mark.parametrize(
    ("waiting", "days"),
    [
        pytest.param(Waiting("account_control"), 12, id="the space"),
        pytest.param(Waiting("convention_countersignature", None, {"cycle": "complet"}), 5, id="its cycle"),
        pytest.param(Waiting("convention_countersignature", None, {"cycle": "partiel"}), 3, id="the last time"),
        pytest.param(Waiting("certificate_listing", None, {"fingerprint": "aa"}), 2, id="its fingerprint"),
        pytest.param(Waiting("certificate_listing", None, {"fingerprint": "bb"}), None, id="another certificate"),
        pytest.param(Waiting("certificate_listing"), None, id="no certificate"),
        pytest.param(Waiting("account_control", SINCE), None, id="the server says it"),
        pytest.param(Waiting("account_refused"), None, id="the refusal came later"),
        pytest.param(Waiting("credentials"), None, id="the acceptance came later"),
        pytest.param(
            Waiting("convention_lapsed", None, {"cycle": "complet"}, wording="convention_lapsed_next"), None, id="a day is awaited"
        ),
        pytest.param(Waiting("certificate_proof", None, {"fingerprint": "aa"}), None, id="of the future"),
    ],
)
def test_since_at_least(store: Store, waiting: Waiting, days: int | None) -> None:
    expected = None if days is None else (NOW - days * DAY).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert date_waiting(waiting, store, NOW).since_at_least == expected
    ahead = date_plan(Plan({}, {}, waiting=(waiting,), facts={"ahead": (waiting,), "verdicts": []}), store, NOW)
    assert [each.since_at_least for each in (*ahead.waiting, *ahead.facts["ahead"])] == [expected] * 2
    assert ahead.facts["verdicts"] == []


def test_without_a_store_nothing_is_known() -> None:
    assert date_waiting(Waiting("account_control"), None, NOW).since_at_least is None
    assert date_plan(Plan({}, {}, waiting=(Waiting("account_control"),)), None, NOW).waiting[0].since_at_least is None


@pytest.mark.parametrize("line", REQUESTED_BY)
def test_a_request_names_steps_and_a_placeholder(line: str) -> None:
    """A line of the catalogue that does not name the target in its text is given it all the same."""
    request = REQUESTED_BY[line]
    assert set(request.codes) <= set(STEPS)
    named = {name for _text, name, _spec, _conversion in string.Formatter().parse(REASONS[line].next_action.fr) if name}
    assert request.target in named | {"", "cycle", "fingerprint"}
