# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The forms of the report: table, summary, spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan, Step
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import SUPPORT_LINE, Waiting
from ansible_collections.collectivites.antai.plugins.module_utils.dates import instant
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.contents import report
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.model import FleetRun, HostRun, ReportOptions
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.report_columns import dialogue, spreadsheet
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.sections import LONGEST_SECTION
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.spreadsheet import safe
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.summary import WORST, summary, totals
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.table import table
from tests.support.observed import SIRET
from tests.support.statuses import CONTROL, DONE, ORDER, STEP, status_of, told

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)


def made(*seen: HostRun, language: str = "en") -> dict[str, Any]:
    return report(list(seen), ReportOptions(NOW, language))


@pytest.mark.parametrize(
    ("dialogues", "fr", "en"),
    [
        ([], "", ""),
        ([told("a", "authorised")], "autorisé", "authorised"),
        ([told("a", "known_inactive")], "connu, inactif", "known, inactive"),
        ([told("a", "unknown")], "inconnu du SI FPS", "unknown to the SI FPS"),
        ([told("a", "unknown") | {"source": "space"}], "non demandé", "not asked"),
        ([told("a", "unknown") | {"source": "none"}], "non demandé", "not asked"),
        ([told("a", "unknown") | {"fingerprint": None, "source": "none"}], "-", "-"),
        ([told("a", "authorised") | {"source": "store"}], "autorisé", "authorised"),
        ([told("a", "refused", "R6")], "refusé (R6)", "refused (R6)"),
        ([told("a", "refused")], "refusé", "refused"),
        ([told("a", "authorised", "R6")], "autorisé", "authorised"),
        ([told("a", "authorised"), told("b", "authorised")], "autorisé x2", "authorised x2"),
        ([told("a", "authorised"), told("b", "unknown")], "a : autorisé, b : inconnu du SI FPS", "a: authorised, b: unknown to the SI FPS"),
    ],
)
def test_dialogue(dialogues: list[dict[str, Any]], fr: str, en: str) -> None:
    assert (dialogue(dialogues, "fr"), dialogue(dialogues, "en")) == (fr, en)


def test_table() -> None:
    told_of = made(
        HostRun("lyon", status_of(DONE, DONE, DONE, DONE, language="en")),
        HostRun("nice", {**status_of(CONTROL, ORDER, DONE, DONE, language="en"), "name": "Nice"}),
        HostRun("lens", None, "no such host"),
    )
    lines = table(told_of).splitlines()
    assert lines[0].split("  ")[0] == "Collectivité"
    assert set(lines[1]) == {"-", " "}
    assert [line.split()[0] for line in lines[2:4]] == ["lens", "Nice"]
    assert lines[4].strip().startswith("collectivité (certificate)")
    assert lines[5].split()[:4] == ["Lyon", SIRET, "in", "service"]
    assert (
        lines[6:]
        == [
            "",
            "Failures:",
            "  lens: no such host",
            "",
            "Who is waited for, and what for:",
            "  Nice: ANTAI is checking the request for the space; nothing to do.",
            "  Nice: No certificate for acme: request it (antai_certificate_request) or declare its fingerprint.",
        ]
        or SUPPORT_LINE not in lines[11]
    )


def test_the_support_line_is_shown_where_antai_is_late() -> None:
    late = Plan({}, {}, (), (Waiting("account_control", "2026-01-01T00:00:00Z"),))
    assert (
        table(made(HostRun("lyon", status_of(late, DONE, DONE, DONE)), language="fr"))
        .split("\n\n")[1]
        .endswith(f"(ANTAI : {SUPPORT_LINE})")
    )


def test_what_many_are_to_do_is_said_once() -> None:
    told_of = made(
        *(HostRun(f"h{number}", status_of(DONE, ORDER, DONE, DONE, language="en") | {"name": f"N{number}"}) for number in range(7))
    )
    (line,) = [line for line in table(told_of).splitlines() if "request it" in line]
    assert line.strip().startswith("N0, N1, N2, N3, N4 and 2 more: No certificate")


def test_a_long_section_is_cut_and_says_so() -> None:
    told_of = made(*(HostRun(f"h{number:03}", None, f"boom {number}") for number in range(LONGEST_SECTION + 3)))
    lines = table(told_of).splitlines()
    assert lines[-1] == "  and 3 more"
    assert sum("boom" in line for line in lines) == LONGEST_SECTION


def test_silence_ends_and_changes_have_their_sections() -> None:
    old, never = "2026-12-01T00:00:00Z", "2026-11-01T00:00:00Z"
    service = status_of(DONE, DONE, DONE, DONE)
    done = {"code": "install_certificate", "target": "f", "reason": "why", "outcome": "done"}
    told_of = made(
        HostRun("a", service | {"name": "Mute", "active_since": never, "last_exchange_at": old}),
        HostRun("b", service | {"name": "Never", "active_since": never}),
        HostRun(
            "c",
            service | {"name": "Ends", "convention_until": "2027-03-31", "certificate_until": "2027-03-30T00:00:00Z"},
            None,
            (),
            (done, done),
        ),
        HostRun("d", service | {"name": "Too", "convention_until": "2027-03-31"}),
    )
    text = table(told_of)
    assert "Silence: no exchange for more than 30 days (R11):\n  Never: never, in service since 2026-11-01\n  Mute: 2026-12-01\n" in text
    assert "Ending within 90 days:\n  2027-03-30 certificate: Ends\n  2027-03-31 convention: Ends, Too\n" in text
    assert text.endswith("Done in this run:\n  Ends: certificate installed")


def test_the_next_run_has_its_words() -> None:
    assert "next run (1 to do)" in table(made(HostRun("a", status_of(DONE, DONE, DONE, STEP))))


def test_who_is_only_asked_again_is_waited_for_and_nothing_is_left_to_be_done() -> None:
    asking = Step("ask_again", "why", "acme")
    text = table(made(HostRun("a", status_of(DONE, Plan({}, {}, (asking,), ORDER.waiting), DONE, DONE, language="en"))))
    assert ("collectivité (certificate)" in text, "next run" in text, "asked again" in text) == (True, False, False)
    alone = table(made(HostRun("a", status_of(DONE, Plan({}, {}, (asking,)), DONE, DONE, language="en"))))
    assert ("next run (1 to do)" in alone, "asked again" in alone) == (True, True)


def test_an_empty_report() -> None:
    assert len(table(made()).splitlines()) == 2
    assert summary(made(), []).startswith("0 collectivités: 0 in service")


def test_totals() -> None:
    told_of = made(
        HostRun("a", None, "boom"),
        HostRun("b", status_of(CONTROL, DONE, DONE, DONE)),
        HostRun("c", status_of(DONE, DONE, DONE, STEP)),
        HostRun("d", status_of(DONE, DONE, DONE, DONE)),
        HostRun("e", status_of(DONE, DONE, DONE, DONE) | {"active_since": "2026-01-01T00:00:00Z"}),
        language="fr",
    )
    assert totals(told_of) == "5 collectivités : 2 en service, 2 en attente, 1 en échec ; 0 a avancé à ce passage."


@pytest.mark.parametrize(
    ("count", "language", "expected"),
    [
        (0, "fr", "0 collectivité : 0 en service, 0 en attente, 0 en échec ; 0 a avancé à ce passage."),
        (1, "fr", "1 collectivité : 0 en service, 0 en attente, 1 en échec ; 1 a avancé à ce passage."),
        (2, "fr", "2 collectivités : 0 en service, 0 en attente, 2 en échec ; 2 ont avancé à ce passage."),
        (0, "en", "0 collectivités: 0 in service, 0 waiting, 0 failed; 0 advanced in this run."),
        (1, "en", "1 collectivité: 0 in service, 0 waiting, 1 failed; 1 advanced in this run."),
    ],
)
def test_one_is_no_plural(count: int, language: str, expected: str) -> None:
    done = {"code": "install_certificate", "target": "f"}
    assert totals(made(*(HostRun(f"h{number}", None, "boom", (), (done,)) for number in range(count)), language=language)) == expected


@pytest.mark.parametrize(("count", "more"), [(6, "et 1 autre :"), (7, "et 2 autres :")])
def test_how_many_more(count: int, more: str) -> None:
    assert more in table(made(*(HostRun(f"h{number}", None, "boom") for number in range(count)), language="fr"))


def test_summary_shows_the_worst_and_where_the_rest_is() -> None:
    waiting = Plan({}, {}, (), (Waiting("account_control", instant(NOW - timedelta(days=60))),))
    many = [
        HostRun(f"h{number:04}", status_of(waiting, DONE, DONE, DONE, language="en") | {"name": f"N{number:04}"}) for number in range(1500)
    ]
    text = summary(made(*many), ["/srv/report.csv"])
    lines = text.splitlines()
    assert lines[:3] == [
        "1500 collectivités: 0 in service, 1500 waiting, 0 failed; 0 advanced in this run.",
        "",
        "  1500 x ANTAI (space), the oldest since 2026-12-31",
    ]
    assert lines[4] == f"The {WORST} that need it most:"
    assert lines[-1] == "All collectivités: /srv/report.csv"
    assert len(lines) < 60


def test_spreadsheet_opens_right_in_a_french_excel() -> None:
    told_of = made(
        HostRun("lyon", status_of(CONTROL, ORDER, DONE, DONE) | {"name": 'L\'Haÿ-les-Roses; "x"'}),
        HostRun("=cmd()", None, "-1 is\nno port"),
        language="fr",
    )
    content = spreadsheet(told_of)
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.count(b"\r\n") == 3
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert [each["Collectivité"] for each in rows] == ["'=cmd()", 'L\'Haÿ-les-Roses; "x"']
    assert (rows[0]["SIRET"], rows[0]["Que faire"], rows[0]["Alerte"]) == ("", "'-1 is | no port", "échec")
    assert rows[1]["SIRET"] == f'="{SIRET}"'
    assert rows[1]["En attente de"] == "ANTAI (espace numérique) | collectivité (certificat)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@a", "'@a"),
        ("\t=1", "'\t=1"),
        ("\n=1", "'\n=1"),
        ("\r=1", "'\r=1"),
        ("a=1", "a=1"),
        ("", ""),
    ],
)
def test_safe(text: str, expected: str) -> None:
    assert safe(text) == expected


def test_the_brake_lists_what_it_holds_and_only_then() -> None:
    planned = [{"host": "a", "siret": SIRET, "kind": "deactivation", "target": "ab12", "reason": "why"}]
    for engaged in (True, False):
        together = FleetRun({"engaged": engaged, "limit": 0, "planned": planned})
        text = table(report([HostRun("a", status_of(DONE, DONE, DONE, DONE))], ReportOptions(NOW, "fr"), together))
        assert ("Frein de sécurité (au plus 0)" in text) == engaged
        assert ("  Lyon : désactivation du certificat ab12 (why)" in text) == engaged


def test_a_failure_of_many_is_told_once() -> None:
    text = table(made(HostRun("a", None, "the brake"), HostRun("b", None, "the brake"), HostRun("c", None, "boom")))
    assert "Failures:\n  a, b: the brake\n  c: boom" in text


def test_what_is_left_to_others_is_told() -> None:
    status = status_of(DONE, DONE, DONE, STEP)
    told_ = report(
        [HostRun("a", status, held=True)], ReportOptions(NOW, "en"), FleetRun(None, ({"siret": "21690123100011", "name": "Ecully"},))
    )
    text = table(told_)
    assert "Left for the next run:\n  Lyon: certificate activated" in text
    assert "Left to another run that is working on them:\n  Lyon" in text
    assert "(nothing is done about them):\n  Ecully (21690123100011)" in text
