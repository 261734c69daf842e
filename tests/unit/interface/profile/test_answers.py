# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From an answer to a record: what the profile does not explain is an error with a name."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml

from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Response
from ansible_collections.collectivites.antai.plugins.module_utils._interface.catalogue import RECORDS
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.answers import plain
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.expressions import compiled, search
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.operation import ProfileOperation
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.profile import Profile
from ansible_collections.collectivites.antai.plugins.module_utils.errors import UnexpectedAnswer
from tests.support.collection import PLUGINS
from tests.support.observed import PDF, SINCE, SIRET

SHIPPED = PLUGINS / "plugin_utils" / "_shipped" / "profiles" / "sandbox.yml"
DATA: dict[str, Any] = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
PROFILE = Profile(copy.deepcopy(DATA))

ACCOUNT = {
    "siret": SIRET,
    "nom": "Lyon",
    "departement": "69",
    "adresse": {"voie": "1 place", "code_postal": "69001", "commune": "Lyon"},
    "courriel": "m@x.example",
    "etat": "ACTIF",
    "etat_depuis": SINCE,
    "motif": None,
}
CERTIFICATE = {"empreinte": "a" * 64, "prestataire": "acme", "etat": "INACTIF"}


def answer(content: Any, content_type: str | None = "application/json", status: int = 200) -> Response:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return Response(status, {"content-type": content_type} if content_type else {}, body, {})


def call(operation: str) -> ProfileOperation:
    found = PROFILE.call(operation)
    assert found is not None
    return found


def read(operation: str, content: Any, content_type: str | None = "application/json", profile: Profile = PROFILE) -> Any:
    """As operations.py does it, for one answer."""
    found = profile.call(operation)
    assert found is not None
    response = answer(content, content_type)
    if found.spec.answer == "document":
        return profile.document(found, response)
    if found.spec.answer == "none":
        return profile.json(found, response)
    if found.spec.answer == "one":
        return plain(profile.read_one(found, response, {}) or {})
    items = profile.records(found, response, profile.items(found, profile.json(found, response)), {})
    return items if found.spec.answer == "space" else [plain(each) for each in items]


def test_one() -> None:
    assert read("account_get", {"compte": ACCOUNT}) == {
        "siret": SIRET,
        "name": "Lyon",
        "departement": "69",
        "street": "1 place",
        "postal_code": "69001",
        "city": "Lyon",
        "contact_email": "m@x.example",
        "state": "active",
        "since": SINCE,
        "reason": None,
    }


def test_what_is_not_shown_is_none() -> None:
    record = read("account_get", {"compte": {"etat": "CLOS", "siret": SIRET}})
    assert record == dict.fromkeys(RECORDS["account"].fields) | {"state": "closed", "siret": SIRET}


def test_many() -> None:
    found = read("certificate_list", {"certificats": [CERTIFICATE, {**CERTIFICATE, "etat": "ACTIF"}]})
    assert [(each["provider"], each["state"]) for each in found] == [("acme", "inactive"), ("acme", "active")]
    assert read("certificate_list", {"certificats": []}) == []


def test_space() -> None:
    item = {"compte": ACCOUNT, "conventions": [{"etat": "EN_VIGUEUR", "cycle": "complet"}], "certificats": [CERTIFICATE]}
    (found,) = read("space_list", {"elements": [item], "total": 1})
    assert (found["account"]["state"], found["conventions"][0]["state"], found["certificates"][0]["state"]) == (
        "active",
        "in_force",
        "inactive",
    )


def test_space_without_lists() -> None:
    (found,) = read("space_list", {"elements": [{"compte": ACCOUNT}]})
    assert (found["conventions"], found["certificates"]) == ([], [])


def test_nothing_is_read_from_a_writes_answer() -> None:
    assert read("account_close", {"etat": "CLOS"}) == {"etat": "CLOS"}
    assert read("account_close", b"", None) is None


def test_document() -> None:
    assert read("convention_blank", PDF, "application/pdf") == PDF


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "application/problem+json", "Application/JSON"]
)
def test_json_content_types(content_type: str) -> None:
    assert read("account_get", {"compte": ACCOUNT}, content_type)["state"] == "active"


@pytest.mark.parametrize(
    ("operation", "content", "content_type", "said"),
    [
        pytest.param(
            "account_get", {"compte": {"etat": "SUSPENDU"}}, "application/json", "state 'SUSPENDU' of account", id="unmapped state"
        ),
        pytest.param("account_get", {"compte": {}}, "application/json", "state None of account", id="no state"),
        pytest.param("account_get", {}, "application/json", "state None of account", id="no record"),
        pytest.param(
            "account_get", {"compte": {"etat": {"a": 1}}}, "application/json", "state {'a': 1} of account", id="state is an object"
        ),
        pytest.param(
            "account_get", {"compte": {"etat": ["ACTIF"]}}, "application/json", "state ['ACTIF'] of account", id="state is a list"
        ),
        pytest.param("account_get", {"compte": [1]}, "application/json", "state None of account", id="record is a list"),
        pytest.param("account_get", b"{", "application/json", "the body is no JSON", id="cut short"),
        pytest.param("account_get", b"", "application/json", "the body is no JSON", id="empty"),
        pytest.param("account_get", b"\xff\xfe{", "application/json", "the body is no JSON", id="not UTF-8"),
        pytest.param("account_get", b"[" * 100_000, "application/json", "the body is no JSON", id="too deep"),
        pytest.param("account_get", b"<html>", "text/html", "content type text/html instead of JSON", id="HTML"),
        pytest.param("account_get", {"compte": ACCOUNT}, None, "content type missing instead of JSON", id="no content type"),
        pytest.param("account_close", b"ok", "text/plain", "content type text/plain instead of JSON", id="write answered by text"),
        pytest.param("certificate_list", {"certificats": None}, "application/json", "no list where", id="no list"),
        pytest.param("certificate_list", {"certificats": {"a": 1}}, "application/json", "no list where", id="an object for a list"),
        pytest.param("certificate_list", {"certificats": [None]}, "application/json", "state None of certificate", id="null in a list"),
        pytest.param("space_list", {"elements": "x"}, "application/json", "no list where", id="a text for a list"),
        pytest.param("space_list", {"elements": [{}]}, "application/json", "state None of account", id="space without account"),
        pytest.param("convention_blank", b"<html>", "application/pdf", "no PDF (content type application/pdf)", id="not a PDF"),
        pytest.param("convention_blank", PDF, "text/html", "no PDF (content type text/html)", id="PDF of another type"),
        pytest.param("convention_blank", PDF, None, "no PDF (content type missing)", id="PDF without type"),
    ],
)
def test_unexpected(operation: str, content: Any, content_type: str | None, said: str) -> None:
    with pytest.raises(UnexpectedAnswer) as caught:
        read(operation, content, content_type)
    assert caught.value.message.startswith(f"{operation}: {said}")
    assert caught.value.details["operation"] == operation
    assert caught.value.ambiguous is (operation == "account_close")


def test_an_expression_that_cannot_take_the_answer_is_unexpected() -> None:
    data = copy.deepcopy(DATA)
    data["operations"]["certificate_list"]["answer"]["at"] = "sort(certificats)"
    with pytest.raises(UnexpectedAnswer, match="no list where"):
        read("certificate_list", {"certificats": 3}, profile=Profile(data))


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"erreur": {"code": "C", "regle": "R1", "message": "m"}}, ("C", "R1", "m")),
        ({"erreur": {"code": 12}}, ("12", None, None)),
        ({"erreur": "x"}, (None, None, None)),
        ([], (None, None, None)),
        (b"<html>", (None, None, None)),
        (b"\xff", (None, None, None)),
        (b"[" * 100_000, (None, None, None)),
        (b"", (None, None, None)),
    ],
)
def test_error(content: Any, found: tuple[str | None, ...]) -> None:
    assert PROFILE.error(answer(content, status=400)) == dict(zip(("code", "rule", "message"), found, strict=True))


@pytest.mark.parametrize(
    ("shown", "zone", "since", "start"),
    [
        ("2026-03-02T08:00:00Z", "Europe/Paris", "2026-03-02T08:00:00Z", "2026-03-02"),
        ("2026-12-31T23:00:00Z", "Europe/Paris", "2026-12-31T23:00:00Z", "2027-01-01"),
        ("2026-12-31T23:00:00Z", None, "2026-12-31T23:00:00Z", "2026-12-31"),
        ("2027-01-01T00:00:00+01:00", None, "2026-12-31T23:00:00Z", "2027-01-01"),
        ("2027-01-01T00:00:00.1234567+0100", None, "2026-12-31T23:00:00Z", "2027-01-01"),
        ("2027-01-01 00:00:00", "Europe/Paris", "2026-12-31T23:00:00Z", "2027-01-01"),
        ("2027-01-01", "Europe/Paris", "2027-01-01", "2027-01-01"),
    ],
)
def test_moments_in_iso(shown: str, zone: str | None, since: str, start: str) -> None:
    data = copy.deepcopy(DATA) | ({"timezone": zone} if zone else {})
    data["records"]["convention"]["fields"] |= {"since": "quand", "start": "quand"}
    (found,) = read("convention_list", {"conventions": [{"etat": "DEPOSEE", "cycle": "complet", "quand": shown}]}, profile=Profile(data))
    assert (found["since"], found["start"]) == (since, start)


@pytest.mark.parametrize(
    ("filters", "shown", "found"),
    [
        (["last:/"], "/v3/certificats/C-7", "C-7"),
        (["after:@", "before:."], "agent@essai.example", "essai"),
        (["before:#"], "whole", "whole"),
        (["unpad", "digits:2"], "02A", "2A"),
        (["unpad"], "000", "0"),
        (["default:rien"], None, "rien"),
        (["upper"], None, None),
    ],
)
def test_filters_of_a_field(filters: list[str], shown: Any, found: Any) -> None:
    data = copy.deepcopy(DATA)
    data["records"]["account"]["fields"]["name"] = {"at": "nom", "filters": filters}
    assert read("account_get", {"compte": ACCOUNT | {"nom": shown}}, profile=Profile(data))["name"] == found


def test_filters_of_a_state() -> None:
    data = copy.deepcopy(DATA)
    data["records"]["account"]["fields"]["state"] = {"at": "etat", "filters": ["last:#"]}
    assert read("account_get", {"compte": ACCOUNT | {"etat": "etats#ACTIF"}}, profile=Profile(data))["state"] == "active"


def test_a_value_that_a_filter_cannot_take_is_unexpected() -> None:
    data = copy.deepcopy(DATA)
    data["records"]["account"]["fields"]["name"] = {"at": "nom", "filters": ["integer"]}
    with pytest.raises(UnexpectedAnswer, match="name 'Lyon' cannot be read by the filters"):
        read("account_get", {"compte": ACCOUNT}, profile=Profile(data))


@pytest.mark.parametrize("charset", ["iso-8859-1", '"ISO-8859-15"', "utf-8", "inconnu"])
def test_the_character_set_that_the_answer_names(charset: str) -> None:
    body = json.dumps({"compte": ACCOUNT | {"nom": "Évry"}}, ensure_ascii=False).encode("utf-8" if charset == "utf-8" else "latin-1")
    if charset == "inconnu":
        with pytest.raises(UnexpectedAnswer, match="the body is no JSON"):
            read("account_get", body, f"application/json; charset={charset}")
        return
    assert read("account_get", body, f"application/json; charset={charset}")["name"] == "Évry"


@pytest.mark.parametrize(
    ("at", "shown", "found"),
    [
        ("not_null(_embedded.c, `[]`)", {"_embedded": {"c": [1]}}, [1]),
        ("not_null(_embedded.c, `[]`)", {}, []),
        ("[c][?@]", {"c": {"a": 1}}, [{"a": 1}]),
        ("[c][?@]", {"c": None}, []),
        (
            '[a[].merge(@, `{"e": "A"}`), i[].merge(@, `{"e": "I"}`)][]',
            {"a": [{"n": 1}], "i": [{"n": 2}]},
            [{"n": 1, "e": "A"}, {"n": 2, "e": "I"}],
        ),
        ("fin != '00/00/0000' && fin || null", {"fin": "00/00/0000"}, None),
        ("fin != '00/00/0000' && fin || null", {"fin": "31/12/2026"}, "31/12/2026"),
        ("(closLe && 'CLOS') || (actif && 'ACTIF') || 'ATTENTE'", {"actif": True}, "ACTIF"),
        ("page.suite && page.curseur", {"page": {"suite": False, "curseur": "x"}}, False),
        ('type."@value"', {"type": {"@value": "x"}}, "x"),
    ],
)
def test_the_turns_of_phrase_of_the_documentation(at: str, shown: Any, found: Any) -> None:
    assert search(compiled(at), shown) == found
