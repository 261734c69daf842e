# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the doctor says: both languages, the same facts, something to do wherever something is wrong."""

from __future__ import annotations

import re

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._doctor.check_result import (
    FAIL,
    FINDINGS,
    NOT_VERIFIABLE,
    OK,
    SKIPPED,
    WARN,
    CheckResult,
    overall,
)
from ansible_collections.collectivites.antai.plugins.module_utils._doctor.table import table_of_lines, together
from tests.support.collection import MODULE_UTILS

CODE = "\n".join(path.read_text(encoding="utf-8") for path in (MODULE_UTILS / "_doctor").glob("*.py")) + (
    MODULE_UTILS / "_http" / "probe.py"
).read_text(encoding="utf-8")


@pytest.mark.parametrize("code", FINDINGS)
def test_every_text_is_used(code: str) -> None:
    assert re.search(rf"\"{code}\"(?!: [(_])", CODE), "no finding has this code"


@pytest.mark.parametrize(
    ("outcomes", "worst"), [([], OK), ([OK, SKIPPED], OK), ([OK, WARN, NOT_VERIFIABLE], WARN), ([FAIL, WARN, OK], FAIL)]
)
def test_overall(outcomes: list[str], worst: str) -> None:
    assert overall(outcomes) == worst


def test_advice_is_given_where_there_is_something_to_do() -> None:
    assert CheckResult("url", "portal", SKIPPED, "no_url").as_dict("en")["what_to_do"] == "declare antai_portal_url"
    assert CheckResult("tls", "portal", SKIPPED, "prerequisite", {"because": "dns"}).as_dict("fr")["what"] == "non vérifié : dns d'abord"
    assert (
        CheckResult("proxy", "portal", OK, "direct", {"source": "no_proxy"}).as_dict("fr")["what"] == "sans proxy (NO_PROXY nomme cet hôte)"
    )


def test_one_table_for_many_hosts() -> None:
    good = CheckResult("dns", "portal", OK, "resolved", {"name": "a", "addresses": ["1"]}).as_dict("en")
    bad = CheckResult(
        "login", "portal", FAIL, "bad_credentials", {"methods": ["basic"], "told": "no", "options": ["antai_password"]}
    ).as_dict("en")
    text = table_of_lines(together({"one": [good], "two": [good, bad]}), "en")
    assert [line.split() for line in text.splitlines()] == [
        ["Portal"],
        ["ok", "dns", "a:", "1"],
        ["FAIL", "login", "the", "server", "refuses", "the", "credentials", "(basic)", "[two]"],
        ["to", "do:", "check", "antai_password"],
        [],
        ["1", "ok,", "1", "fail"],
    ]
    other = CheckResult("dns", "portal", OK, "resolved", {"name": "b", "addresses": ["2"]}).as_dict("en")
    assert [line.finding for line in together({"one": [good], "two": [other], "three": [other]})] == ["a: 1, ..."]
    worse = bad | {"what": "another reason"}
    assert [line.finding for line in together({"one": [bad], "two": [worse]})] == [bad["what"], "another reason"]
    many = {f"h{number}": [bad] for number in range(6)} | {"good": [good]}
    assert "[h0, h1, h2, h3 +2]" in table_of_lines(together(many), "en")


def test_the_details_are_the_facts_as_they_are() -> None:
    shown = CheckResult("dns", "portal", OK, "resolved", {"name": "a", "addresses": ["1", "2"]}).as_dict("en")
    assert (shown["what"], shown["details"]) == ("a: 1, 2", {"name": "a", "addresses": ["1", "2"]})
