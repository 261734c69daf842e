# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue of who is waited for, in French and English."""

from __future__ import annotations

import string
from datetime import timedelta

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import (
    LATE_AFTER,
    REASONS,
    SUPPORT_LINE,
    Waiting,
    parse_date,
)
from ansible_collections.collectivites.antai.plugins.module_utils._texts.report import PEOPLE, PURPOSES
from ansible_collections.collectivites.antai.plugins.module_utils._texts.text import LANGUAGES
from tests.support.observed import NOW, SINCE


def placeholders(text: str) -> set[str]:
    return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("code", REASONS)
def test_a_reason_is_complete_in_both_languages(code: str) -> None:
    reason = REASONS[code]
    assert reason.on in PEOPLE
    assert reason.purpose in PURPOSES
    assert placeholders(reason.next_action.fr) == placeholders(reason.next_action.en)
    assert reason.next_action.fr != reason.next_action.en
    for language in LANGUAGES:
        about = {name: f"<{name}>" for name in placeholders(reason.next_action.fr)}
        told = Waiting(code, SINCE, about).as_dict(language, NOW)
        assert told["on"] == reason.on
        assert told["for"] == reason.purpose
        assert told["next_action"]["code"] == code
        assert placeholders(told["next_action"]["text"]) == set()
        for value in about.values():
            assert value in told["next_action"]["text"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("fr", "L'ANTAI contrôle la demande d'espace numérique ; rien à faire."),
        ("en", "ANTAI is checking the request for the space; nothing to do."),
    ],
)
def test_as_dict(language: str, text: str) -> None:
    assert Waiting("account_control", SINCE).as_dict(language, NOW) == {
        "on": "antai",
        "for": "account",
        "since": SINCE,
        "since_at_least": None,
        "next_action": {"code": "account_control", "text": text, "support": None},
    }


def ago(delta: timedelta) -> str:
    return (NOW - delta).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("code", "since", "late"),
    [
        ("account_control", ago(LATE_AFTER), False),
        ("account_control", ago(LATE_AFTER + timedelta(seconds=1)), True),
        ("convention_countersignature", ago(LATE_AFTER * 2), True),
        ("certificate_listing", ago(LATE_AFTER * 2), True),
        ("account_control", None, False),
        ("account_refused", ago(LATE_AFTER * 2), False),
        ("certificate_issue", ago(LATE_AFTER * 2), False),
        ("account_control", (NOW - LATE_AFTER * 2).date().isoformat(), True),
        ("account_control", "2026-01-01T00:00:00+02:00", True),
        ("account_control", "il y a longtemps", False),
        ("account_control", "", False),
    ],
)
def test_support_line_where_antai_is_late(code: str, since: str | None, late: bool) -> None:
    about = {"reason": "r", "provider": "p", "csr": "c", "drop": "d"}
    told = Waiting(code, since, about).as_dict("fr", NOW)
    assert told["next_action"]["support"] == (SUPPORT_LINE if late else None)
    assert told["since"] == since


def test_a_servers_words_are_not_a_template() -> None:
    told = Waiting("account_refused", None, {"reason": "{agent_email} {0.__class__}"}).as_dict("en", NOW)
    assert '"{agent_email} {0.__class__}"' in told["next_action"]["text"]


@pytest.mark.parametrize("text", ["2026-03-02T10:00:00Z", "2026-03-02T12:00:00+02:00", "2026-03-02T10:00:00"])
def test_parse_date(text: str) -> None:
    assert parse_date(text) == NOW


@pytest.mark.parametrize("text", ["", "hier", "02/03/2026"])
def test_no_date(text: str) -> None:
    with pytest.raises(ValueError):
        parse_date(text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_certificate_that_is_no_longer_good_names_the_run_that_replaces_it(language: str) -> None:
    about = {"provider": "acme", "fingerprint": "f" * 64, "failures": "revocation"}
    text = Waiting("certificate_no_longer_rgs", None, about).as_dict(language, NOW)["next_action"]["text"]
    assert f"antai_rotation_replace: {'f' * 64}" in text
    assert "rotate_certificates" in text
    assert "antai_rotation_compromised: true" in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", ["rotation_refused", "rotation_not_rgs", "rotation_rolled_back"])
def test_who_waits_for_a_certificate_that_was_not_taken_reads_how_to_wait_no_more(code: str, language: str) -> None:
    about = {"fingerprint": "ab" * 32, "provider": "acme", "reason": "non", "rule": "R9", "failures": "rgs-x"}
    text = Waiting(code, None, about).as_dict(language, NOW)["next_action"]["text"]
    assert f"antai_rotation_replace: {'ab' * 32}" in text
    assert f"antai_rotation_acknowledge: {'ab' * 32}" in text
