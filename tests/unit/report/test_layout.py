# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a fleet of hundreds looks like on a terminal: tables that fit it, and what many share said once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import Waiting
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.column import grid
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.contents import report
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.layout import aligned, fitted, shared
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.model import HostRun, ReportOptions
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.report_columns import REPORT_COLUMNS
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.summary import summary
from tests.support.statuses import DONE, status_of

NATIONAL = 622
ABOUT = {"login": "antai_username, antai_password"}
NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def waiting(number: int) -> HostRun:
    """One of those who have to declare their credentials, each told so with an address of its own."""
    credentials = Plan({}, {}, (), (Waiting("credentials", "2027-02-01T08:00:00Z", ABOUT | {"agent_email": f"agent@c{number}.example"}),))
    return HostRun(
        f"h{number:03}", status_of(credentials, DONE, DONE, DONE, language="fr") | {"name": f"Saint-Quelque-Chose-sur-Loire-{number:03}"}
    )


def national(count: int) -> list[HostRun]:
    rest = [
        HostRun(f"s{number:03}", status_of(DONE, DONE, DONE, DONE, language="fr") | {"name": f"S{number}"})
        for number in range(count, NATIONAL)
    ]
    return [*map(waiting, range(count)), *rest]


@pytest.mark.parametrize("width", [80, 100, 120, 200])
@pytest.mark.parametrize("count", [1, 252, 622])
def test_a_table_is_no_wider_than_the_terminal(width: int, count: int) -> None:
    lines = grid(REPORT_COLUMNS, report(national(count), ReportOptions(NOW))["collectivites"], "fr", width)
    assert max(map(len, lines)) <= width
    titles = lines[0]
    assert all(title in titles for title in ("Collectivité", "SIRET", "En attente de", "Depuis"))


def test_without_a_terminal_nothing_is_cut() -> None:
    entries = report(national(1), ReportOptions(NOW))["collectivites"]
    assert "Saint-Quelque-Chose-sur-Loire-000" in "\n".join(grid(REPORT_COLUMNS, entries, "fr"))


def test_what_the_files_have_goes_before_anything_is_cut() -> None:
    lines = [["Name", "SIRET", "Until"], ["Saint-Denis-de-la-Réunion", "21974011500013", "2027-01-01"]]
    assert fitted(lines, None, [2], {0}) == lines
    assert fitted(lines, 53, [2], {0}) == lines
    assert fitted(lines, 52, [2], {0}) == [line[:2] for line in lines]
    assert fitted(lines, 36, [2], {0})[1] == ["Saint-Denis-de-la...", "21974011500013"]
    assert fitted(lines, 10, [2], {0})[1] == ["Saint-Den...", "21974011500013"], "a SIRET is never cut"
    assert aligned([["a", "b"], ["cc", ""]]) == ["a   b", "--  -", "cc"]


def test_what_many_wait_for_is_counted_and_shown_by_an_example() -> None:
    lines = summary(report(national(252), ReportOptions(NOW)), [], 80).splitlines()
    text = "\n".join(lines)
    assert "  252 x collectivité (identifiants), depuis le 2027-02-01 pour la plus ancienne" in text
    begin = lines.index("Qui est attendu, et pour quoi :")
    assert lines[begin + 1].startswith("  252 x collectivité (identifiants) : Saint-Quelque-Chose-sur-Loire-000, ")
    assert lines[begin + 1].endswith(" et 247 autres")
    assert lines[begin + 2].strip().startswith("par exemple Saint-Quelque-Chose-sur-Loire-000 : ")
    assert len(lines) < 40


def test_a_few_are_told_one_by_one() -> None:
    text = summary(report(national(3), ReportOptions(NOW)), [])
    assert text.count("identifiants à agent@c") == 3


def test_a_warning_that_many_share_is_one_line() -> None:
    told = [(f"h{number}", f"2169012310{number:04}", f"2169012310{number:04}.pdf: not verifiable: fields") for number in range(370)]
    assert shared(told) == ["370 x (h0, h1, h2, h3, h4 and 365 more): <SIRET>.pdf: not verifiable: fields"]
    assert shared(told, "fr") == ["370 x (h0, h1, h2, h3, h4 et 365 autres) : <SIRET>.pdf: not verifiable: fields"]


def test_a_warning_of_its_own_keeps_its_line() -> None:
    assert shared([("a", "1", "1.pdf: x"), ("a", "1", "1.pdf: x"), ("b", "", "y"), ("c", "", "z"), ("d", "", "z")]) == [
        "a: 1.pdf: x",
        "b: y",
        "2 x (c, d): z",
    ]
