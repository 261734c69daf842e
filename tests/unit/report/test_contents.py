# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as data: the order, who is silent, what ends, who is waited for."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._plan.plan import Plan
from ansible_collections.collectivites.antai.plugins.module_utils._plan.steps import STEPS
from ansible_collections.collectivites.antai.plugins.module_utils._plan.waiting import REASONS, Waiting
from ansible_collections.collectivites.antai.plugins.module_utils._texts.report import ALERTS, DANGERS, PEOPLE, PURPOSES
from ansible_collections.collectivites.antai.plugins.module_utils._texts.stages import STAGES
from ansible_collections.collectivites.antai.plugins.module_utils.dates import instant
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.brake import SIRET_CHANGE
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.collectivite import ALERT_ORDER
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.contents import report
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.model import FleetRun, HostRun, ReportOptions
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.outcome import OUTCOMES
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.report_columns import spreadsheet
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.summary import summary
from ansible_collections.collectivites.antai.plugins.plugin_utils._report.table import table
from tests.support.collection import PLUGINS, ROOT
from tests.support.observed import SIRET
from tests.support.statuses import CONTROL, DONE, ORDER, STEP, status_of, told

NOW = datetime(2027, 3, 1, 12, tzinfo=UTC)
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text())


def ago(days: float) -> str:
    return instant(NOW - timedelta(days=days))


def in_service(**more: Any) -> dict[str, Any]:
    return status_of(DONE, DONE, DONE, DONE) | more


def made(*seen: HostRun, **settings: Any) -> dict[str, Any]:
    """A report; every one that a test makes keeps to the published format."""
    found = report(list(seen), ReportOptions(NOW, **settings))
    jsonschema.validate(json.loads(json.dumps(found)), SCHEMA)
    return found


REFUSED = told("p", "refused", "PKI-REVOCATION") | {"fingerprint": "f", "message": "m"}


def ended(code: str) -> Plan:
    about = {"end": "2027-02-26", "provider": "a", "path": "/p", "fingerprint": "f", "failures": "revocation"}
    return Plan({}, {}, (), (Waiting(code, ago(3), about),))


def judged(rule: str, outcome: str) -> dict[str, Any]:
    return {"verdicts": [{"provider": "a", "fingerprint": "f", "outcome": outcome, "verdicts": [{"rule": rule, "outcome": outcome}]}]}


@pytest.mark.parametrize(
    ("seen", "alert"),
    [
        (HostRun("a", None, "boom"), "failed"),
        (HostRun("a", in_service(), "boom"), "failed"),
        (HostRun("a"), "failed"),
        (HostRun("a", status_of(DONE, DONE, ended("convention_ended"), DONE)), "stopped"),
        (HostRun("a", status_of(DONE, DONE, DONE, ended("certificate_expired"))), "stopped"),
        (
            HostRun("a", status_of(DONE, DONE, DONE, DONE, dialogues=(told("p", "refused", "R6") | {"fingerprint": "f", "message": "m"},))),
            "stopped",
        ),
        (HostRun("a", status_of(DONE, DONE, DONE, ended("dialogue_down"))), "stopped"),
        # A revoked certificate, left active: by what is waited for, or by the space's own word.
        (HostRun("a", status_of(DONE, DONE, DONE, ended("certificate_no_longer_rgs"), dialogues=(REFUSED,))), "stopped"),
        (HostRun("a", status_of(DONE, DONE, DONE, CONTROL, dialogues=(REFUSED,)) | {"active_since": ago(1)}), "stopped"),
        (HostRun("a", status_of(DONE, DONE, DONE, ended("certificate_no_longer_rgs"))), "waiting"),  # the SI FPS was not asked
        (HostRun("a", status_of(DONE, DONE, DONE, ended("certificate_no_longer_rgs")) | judged("revocation", "fail")), "stopped"),
        (HostRun("a", status_of(DONE, DONE, DONE, ended("certificate_no_longer_rgs")) | judged("revocation", "warn")), "waiting"),
        (HostRun("a", status_of(DONE, DONE, DONE, ended("certificate_no_longer_rgs")) | judged("key_usage", "fail")), "waiting"),
        (
            HostRun("a", status_of(DONE, DONE, DONE, ended("certificate_not_rgs")) | judged("revocation", "fail")),
            "waiting",
        ),  # never installed
        # Whatever is planned for it.
        (HostRun("a", status_of(STEP, DONE, DONE, DONE, dialogues=(REFUSED | {"verifiable": True},))), "stopped"),
        (HostRun("a", status_of(CONTROL, DONE, DONE, DONE, dialogues=(REFUSED,))), "waiting"),  # never was in service
        (HostRun("a", in_service(active_since=ago(300), last_exchange_at=ago(31))), "silent"),
        (HostRun("a", in_service(active_since=ago(31))), "silent"),
        (HostRun("a", status_of(DONE, DONE, CONTROL, DONE) | {"active_since": ago(300), "last_exchange_at": ago(31)}), "silent"),
        (HostRun("a", in_service(active_since=ago(300), last_exchange_at=ago(30))), "in_service"),
        (HostRun("a", in_service(active_since=ago(2))), "in_service"),
        (HostRun("a", in_service(last_exchange_at=ago(300))), "in_service"),  # may not exchange, as far as anybody knows
        (HostRun("a", in_service(active_since="yesterday")), "in_service"),
        (HostRun("a", status_of(CONTROL, DONE, DONE, DONE)), "waiting"),
        (HostRun("a", in_service(), None, tuple(status_of(CONTROL, DONE, DONE, DONE)["waiting"])), "waiting"),
        (HostRun("a", status_of(DONE, DONE, DONE, STEP)), "next_run"),
        (HostRun("a", in_service()), "in_service"),
    ],
)
def test_alert(seen: HostRun, alert: str) -> None:
    found = made(seen)
    assert found["collectivites"][0]["alert"] == alert
    assert found["totals"]["by_alert"] == {alert: 1}


@pytest.mark.parametrize(("days", "alert"), [(9, "silent"), (10, "in_service")])
def test_silence_is_what_the_user_says(days: int, alert: str) -> None:
    assert (
        made(HostRun("a", in_service(active_since=ago(99), last_exchange_at=ago(10))), silence_days=days)["collectivites"][0]["alert"]
        == alert
    )


@pytest.mark.parametrize(
    ("seen", "name", "siret"),
    [
        (HostRun("h", None, "boom"), "h", None),
        (HostRun("h", None, "boom", name="Albi", siret=SIRET), "Albi", SIRET),
        (HostRun("h", None, "boom", name="Albi", siret="123"), "Albi", None),  # the failure says what is wrong with it
        (HostRun("h", in_service() | {"name": "Lyon"}, "boom", name="Albi", siret="1"), "Lyon", SIRET),
        (HostRun("h", in_service() | {"name": None}, None, name="Albi"), "Albi", SIRET),
    ],
)
def test_who_it_is(seen: HostRun, name: str, siret: str | None) -> None:
    (entry,) = made(seen)["collectivites"]
    assert (entry["name"], entry["siret"]) == (name, siret)


def test_the_worst_comes_first() -> None:
    late = status_of(Plan({}, {}, (), (Waiting("account_control", ago(60)),)), DONE, DONE, DONE)
    soon = status_of(Plan({}, {}, (), (Waiting("account_control", ago(1)),)), DONE, DONE, DONE)
    undated = status_of(DONE, ORDER, DONE, DONE)
    names = ["ok", "undated", "soon", "late", "next", "mute", "muter", "stopped", "failed"]
    found = made(
        HostRun("ok", in_service(name="ok")),
        HostRun("undated", undated | {"name": "undated"}),
        HostRun("soon", soon | {"name": "soon"}),
        HostRun("late", late | {"name": "late"}),
        HostRun("next", status_of(DONE, DONE, DONE, STEP) | {"name": "next"}),
        HostRun("mute", in_service(name="mute", active_since=ago(99), last_exchange_at=ago(40))),
        HostRun("muter", in_service(name="muter", active_since=ago(99), last_exchange_at=ago(80))),
        HostRun("stopped", status_of(DONE, DONE, ended("convention_ended"), DONE) | {"name": "stopped"}),
        HostRun("failed", None, "boom"),
    )
    order = [each["name"] for each in found["collectivites"]]
    assert order == ["failed", "stopped", "muter", "mute", "late", "soon", "undated", "next", "ok"]
    assert sorted(order) == sorted(names)
    assert found["totals"]["collectivites"] == 9
    assert sum(found["totals"]["by_stage"].values()) == 9


def test_names_are_sorted_as_a_reader_looks_for_them() -> None:
    names = ["Albi", "béziers", "Bourges", "Évreux", "Foix", "L'Haÿ-les-Roses", "Œuilly"]
    found = made(*(HostRun(f"h{each}", in_service(name=each, convention_until="2027-03-31")) for each in reversed(names)))
    assert [each["name"] for each in found["collectivites"]] == [each["name"] for each in found["ending"]] == names


def awaits(code: str, since: str | None, since_at_least: str | None = None) -> Plan:
    return Plan({}, {}, (), (Waiting(code, since, {"provider": "acme", "cycle": "complet"}, since_at_least=since_at_least),))


@pytest.mark.parametrize(
    ("dates", "oldest", "sentence"),
    [
        ([(ago(60), None), (ago(70), None)], (ago(70), None), "depuis le 2026-12-21 pour la plus ancienne"),
        ([(ago(60), None), (None, ago(70))], (None, ago(70)), "au moins depuis le 2026-12-21 pour la plus ancienne"),
        ([(ago(70), None), (None, ago(60))], (None, ago(70)), "au moins depuis le 2026-12-21 pour la plus ancienne"),
        ([(ago(70), None), (None, None)], (None, ago(70)), "au moins depuis le 2026-12-21 pour la plus ancienne"),
        ([(None, None), (None, None)], (None, None), None),
    ],
)
def test_since_when_the_oldest_is_waited_for(
    dates: list[tuple[str | None, str | None]], oldest: tuple[str | None, str | None], sentence: str | None
) -> None:
    members = [
        HostRun(f"h{number}", status_of(awaits("account_control", *pair), DONE, DONE, DONE), siret=SIRET)
        for number, pair in enumerate(dates)
    ]
    whole = made(*members, language="fr")
    (awaited,) = whole["awaited"]
    assert (awaited["count"], awaited["oldest"], awaited["oldest_at_least"]) == (2, *oldest)
    assert f"  2 x ANTAI (espace numérique){', ' + sentence if sentence else ''}" in summary(whole, []).splitlines()


def test_since_when_we_have_asked_stands_in_every_form() -> None:
    whole = made(HostRun("lyon", status_of(awaits("account_control", None, ago(60)), DONE, DONE, DONE)), language="fr")
    assert "ANTAI (espace numérique)  au moins 2026-12-31  " in table(whole)
    assert ";ANTAI (espace numérique);au moins 2026-12-31;" in spreadsheet(whole).decode()


def test_the_most_awaited_comes_first() -> None:
    whole = made(
        HostRun("a", status_of(CONTROL, DONE, DONE, DONE)),
        HostRun("b", status_of(CONTROL, DONE, DONE, DONE)),
        HostRun("c", status_of(DONE, ORDER, DONE, DONE)),
        language="en",
    )
    assert [(group["text"], group["count"]) for group in whole["awaited"]] == [("ANTAI (space)", 2), ("collectivité (certificate)", 1)]


@pytest.mark.parametrize("schema", ["report", "renewals"])
def test_the_schema_knows_everybody_who_can_be_waited_for(schema: str) -> None:
    published = json.loads((ROOT / "docs" / f"{schema}.schema.json").read_text())
    waiting = (
        published["$defs"]["waiting"]
        if schema == "report"
        else published["properties"]["renewals"]["items"]["properties"]["waiting"]["items"]
    )
    assert set(waiting["properties"]["on"]["enum"]) == {reason.on for reason in REASONS.values()} == set(PEOPLE)
    assert set(waiting["properties"]) == set(Waiting("unseen").as_dict("fr", NOW)) == set(waiting["required"])


@pytest.mark.parametrize("module", sorted((PLUGINS / "modules").glob("*.py")), ids=lambda path: path.stem)
def test_a_module_names_everybody_who_can_be_waited_for(module: Path) -> None:
    for line in re.findall(r"C\(on\) is one of (.*)\.", module.read_text(encoding="utf-8")):
        assert set(re.findall(r"V\((\w+)\)", line)) == {reason.on for reason in REASONS.values()}


def test_what_a_step_waited_for_is_told_once_and_stands_for_the_steps_to_come() -> None:
    status = status_of(CONTROL, DONE, DONE, STEP)
    entry = made(HostRun("a", status, None, (status["waiting"][0],)))["collectivites"][0]
    assert (len(entry["waiting"]), entry["steps"]) == (1, [])
    assert made(HostRun("a", status_of(DONE, DONE, DONE, STEP)))["collectivites"][0]["steps"] != []


@pytest.mark.parametrize(
    ("ends", "expected"),
    [
        ({"certificate_until": "2027-05-30T12:00:00Z"}, [("certificate", "2027-05-30T12:00:00Z")]),
        ({"certificate_until": "2027-05-30T12:00:01Z"}, []),
        ({"certificate_until": "2026-01-01T00:00:00Z"}, [("certificate", "2026-01-01T00:00:00Z")]),
        (
            {"convention_until": "2027-03-31", "certificate_until": "2027-04-01T00:00:00Z"},
            [("convention", "2027-03-31"), ("certificate", "2027-04-01T00:00:00Z")],
        ),
        ({"convention_until": "some day"}, []),
        ({}, []),
    ],
)
def test_what_ends(ends: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert [(each["what"], each["end"]) for each in made(HostRun("a", in_service(**ends)))["ending"]] == expected


def test_who_must_act_before_an_end_is_told_and_nobody_is_late_for_it() -> None:
    ahead = (Waiting("convention_renewal", None, {"end": "x", "after": "y", "cycle": "complet", "path": "p"}),)
    words = [each.as_dict("fr", NOW) for each in ahead]
    status = status_of(DONE, DONE, DONE, DONE) | {"convention_until": instant(NOW + timedelta(days=9)), "ahead": words}
    told = made(HostRun("lyon", status))
    assert [(each["what"], each["ahead"]) for each in told["ending"]] == [("convention", words)]
    assert told["collectivites"][0]["alert"] == "in_service"
    assert words[0]["next_action"]["text"] in table(told)


def test_after_an_end_nothing_passes_whoever_is_waited_for() -> None:
    lapsed = status_of(DONE, DONE, CONTROL, DONE) | {"convention_lapsed": "2025-12-31"}
    assert made(HostRun("lyon", lapsed))["collectivites"][0]["alert"] == "stopped"


def test_what_was_done() -> None:
    done = {"code": "install_certificate", "target": "f", "reason": "why", "outcome": "done"}
    found = made(HostRun("a", in_service(), None, (), (done,)), HostRun("b", in_service()))
    assert found["totals"]["changed"] == 1
    assert [each["changed"] for each in found["collectivites"]] == [[{"code": "install_certificate", "target": "f"}], []]


def test_there_are_words_for_every_reason() -> None:
    assert {each.on for each in REASONS.values()} <= set(PEOPLE)
    assert {each.purpose for each in REASONS.values()} <= set(PURPOSES)
    assert tuple(ALERTS) == ALERT_ORDER


@pytest.mark.parametrize(
    ("seen", "outcome"),
    [
        ([], "converged"),
        ([HostRun("a", in_service())], "converged"),
        (
            [HostRun("a", in_service(active_since=ago(300), last_exchange_at=ago(31)))],
            "converged",
        ),  # silent, and nothing is left to be done
        ([HostRun("a", in_service()), HostRun("b", status_of(DONE, DONE, DONE, STEP))], "pending"),
        ([HostRun("a", status_of(DONE, DONE, DONE, STEP)), HostRun("b", status_of(CONTROL, DONE, DONE, DONE))], "waiting"),
        ([HostRun("a", in_service(), None, tuple(status_of(CONTROL, DONE, DONE, DONE)["waiting"]))], "waiting"),
        ([HostRun("a", status_of(CONTROL, DONE, DONE, DONE)), HostRun("b", in_service(), "boom")], "failed"),
        ([HostRun("a")], "failed"),
    ],
)
def test_the_outcome_is_the_worst_of_all(seen: list[HostRun], outcome: str) -> None:
    assert outcome in OUTCOMES
    assert made(*seen)["totals"]["outcome"] == outcome


def test_what_is_left_to_a_further_run_is_counted() -> None:
    totals = made(
        HostRun("a", status_of(DONE, DONE, DONE, STEP), held=True),
        HostRun("b", status_of(DONE, DONE, DONE, STEP)),
        HostRun("c", in_service()),
    )
    assert (totals["totals"]["pending"], totals["totals"]["held"]) == (2, 1)
    assert [each["host"] for each in totals["collectivites"] if each["held"]] == ["a"]


def test_what_the_run_as_a_whole_knows_is_handed_on() -> None:
    danger = {"host": "a", "siret": "21690123100011", "kind": "closure", "target": "21690123100011", "reason": "why"}
    brake = {"engaged": True, "limit": 0, "planned": [danger]}
    found = report([HostRun("a", in_service())], ReportOptions(NOW), FleetRun(brake, ({"siret": "21690123100011", "name": "Lyon"},)))
    jsonschema.validate(json.loads(json.dumps(found)), SCHEMA)
    assert (found["brake"], found["undeclared"]) == (brake, [{"siret": "21690123100011", "name": "Lyon"}])
    assert (made()["brake"], made()["undeclared"], made()["declared_elsewhere"]) == (None, None, None), "not known"


def test_every_stage_is_published() -> None:
    assert SCHEMA["$defs"]["entry"]["properties"]["stage"]["enum"] == ["failed", *STAGES]


def test_every_danger_has_its_words() -> None:
    assert set(DANGERS) == {SIRET_CHANGE, *filter(None, (step.takes_away for step in STEPS.values()))}
