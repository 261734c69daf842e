# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a profile makes operations.py say and understand: pages, look-ups, jobs, links, meanings. No network: the server is a function."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Request, Response
from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files import load_chain
from ansible_collections.collectivites.antai.plugins.module_utils.errors import (
    AuthenticationFailed,
    Forbidden,
    InvalidInput,
    OperationAbsent,
    RefusedByServer,
    StillRunning,
    UnexpectedAnswer,
)
from tests.support.certificates import self_signed_now
from tests.support.observed import OTHER, PDF, SIRET
from tests.support.wire import Wire, told

Change = Callable[[dict[str, Any]], None]


def change(operation: str, **keys: Any) -> Change:
    def apply(data: dict[str, Any]) -> None:
        data["operations"].setdefault(operation, {"class": "read", "request": {"method": "GET", "path": "/x"}, "success": [200]})
        data["operations"][operation] |= keys

    return apply


def both(*changes: Change) -> Change:
    def apply(data: dict[str, Any]) -> None:
        for each in changes:
            each(data)

    return apply


def certificate(number: int, **changes: Any) -> dict[str, Any]:
    return {"empreinte": f"{number:064x}", "etat": "ACTIF", **changes}


# Pages

ALL = [certificate(number) for number in range(1, 6)]


def by_number(request: Request) -> Response:
    page, size = int(request.query["p"]), 2
    return told({"l": ALL[(page - 1) * size : page * size], "total": 5, "pages": 3, "encore": page < 3}, x_total="5")


def by_offset(request: Request) -> Response:
    begin = int(request.query["debut"])
    return told({"l": ALL[begin : begin + 2], "total": "5"})


def by_cursor(request: Request) -> Response:
    begin = int(request.query.get("apres", "0"))
    after = begin + 2 if begin + 2 < 5 else None
    return told({"l": ALL[begin : begin + 2], "suite": after}, **({"x_suite": str(after)} if after else {}))


def by_link(request: Request) -> Response:
    begin = int(request.path.partition("?")[2][6:] or 0)
    after = f"/racine/x?debut={begin + 2}" if begin + 2 < 5 else None
    header = f'<https://portal.example{after}>; rel="next", </autre>; rel=first' if after else "</autre>; rel=first"
    return told({"l": ALL[begin : begin + 2], "suite": after and f"?debut={begin + 2}"}, link=header)


@pytest.mark.parametrize(
    ("server", "pagination", "requests"),
    [
        (by_number, {"style": "page", "page": "p", "total": "total"}, 3),
        (by_number, {"style": "page", "page": "p", "total_pages": "pages"}, 3),
        (by_number, {"style": "page", "page": "p", "total_header": "X-Total"}, 3),
        (by_number, {"style": "page", "page": "p", "more": "encore"}, 3),
        (by_number, {"style": "page", "page": "p"}, 4),
        (by_number, {"style": "page", "page": "p", "size": "n", "per_page": 2}, 4),
        (by_offset, {"style": "offset", "offset": "debut", "total": "total"}, 3),
        (by_offset, {"style": "offset", "offset": "debut", "per_page": 2}, 4),
        (by_cursor, {"style": "cursor", "cursor": "apres", "next": "suite"}, 3),
        (by_cursor, {"style": "cursor", "cursor": "apres", "next_header": "X-Suite"}, 3),
        (by_link, {"style": "link"}, 3),
        (by_link, {"style": "link", "next": "suite"}, 3),
    ],
)
def test_pages(monkeypatch: pytest.MonkeyPatch, server: Any, pagination: dict[str, Any], requests: int) -> None:
    wire = Wire(monkeypatch, server)
    request = {"method": "GET", "path": "/x"}
    operations = wire.operations(change("certificate_list", request=request, answer={"at": "l"}, pagination=pagination))
    assert [each["fingerprint"] for each in operations.certificate_list(SIRET)] == [each["empreinte"] for each in ALL]
    assert len(wire.sent) == requests
    if "size" in pagination:
        assert {each.query["n"] for each in wire.sent} == {"2"}


def test_pages_that_are_asked_for_in_the_body(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, lambda request: told({"l": ALL if request.json["p"] == 0 else []}))
    paging = {"style": "page", "page": "p", "first": 0, "in": "body", "size": "n", "per_page": 5}
    request = {"method": "POST", "path": "/x", "body": {"siret": "{siret}"}}
    operations = wire.operations(change("certificate_list", request=request, answer={"at": "l"}, pagination=paging))
    assert len(operations.certificate_list(SIRET)) == 5
    assert [each.json for each in wire.sent] == [{"siret": SIRET, "p": 0, "n": 5}, {"siret": SIRET, "p": 1, "n": 5}]


@pytest.mark.parametrize(
    ("server", "pagination", "said"),
    [
        (lambda r: told({"l": [], "suite": "x"}), {"style": "cursor", "cursor": "c", "next": "suite"}, "go in circles"),
        (lambda r: told({"l": [certificate(int(r.query["p"]))]}), {"style": "page", "page": "p", "most_pages": 7}, r"more than 7 pages"),
        (lambda r: told({"l": ALL}, link="<https://evil.example/x>; rel=next"), {"style": "link"}, "on another server"),
        (lambda r: told({"l": ALL}), {"style": "page", "page": "p", "total": "t"}, "no number where the profile looks for total"),
        (lambda r: told({"l": {}}), {"style": "page", "page": "p"}, "no list where"),
    ],
)
def test_pages_that_do_not_end_well(monkeypatch: pytest.MonkeyPatch, server: Any, pagination: dict[str, Any], said: str) -> None:
    wire = Wire(monkeypatch, server)
    operations = wire.operations(change("certificate_list", answer={"at": "l"}, pagination=pagination))
    with pytest.raises(UnexpectedAnswer, match=said):
        operations.certificate_list(SIRET)
    assert len(wire.sent) < 10


# Lists of all, one among many


def three_lists(data: dict[str, Any]) -> None:
    """Accounts, conventions and certificates apart, each of all collectivités."""
    data["operations"]["space_list"] = {"absent": True}
    for name in ("account_list", "convention_list_all", "certificate_list_all"):
        change(name, request={"method": "GET", "path": f"/{name}"})(data)
    for record in ("convention", "certificate"):
        data["records"][record]["extra"] = {"siret": "a"}


def lists(request: Request) -> Response:
    accounts = [{"siret": each, "etat": "ACTIF"} for each in (SIRET, OTHER)]
    conventions = [{"a": OTHER, "etat": "DEPOSEE", "cycle": "complet"}]
    found: dict[str, Any] = {
        "/account_list": accounts,
        "/convention_list_all": conventions,
        "/certificate_list_all": [ALL[0] | {"a": SIRET}],
    }
    return told(found[request.path])


def test_separate_lists_are_joined(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, lists)
    operations = wire.operations(three_lists)
    spaces = list(operations.space_list())
    assert operations.has_list
    assert len(wire.sent) == 3
    assert [(each["account"]["siret"], len(each["conventions"]), len(each["certificates"])) for each in spaces] == [
        (SIRET, 0, 1),
        (OTHER, 1, 0),
    ]
    assert "extra" not in spaces[0]["account"]


def test_what_has_no_list_is_read_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    def server(request: Request) -> Response:
        return lists(request) if request.path == "/account_list" else told({"conventions": [], "certificats": ALL})

    def only_accounts(data: dict[str, Any]) -> None:
        three_lists(data)
        del data["operations"]["convention_list_all"], data["operations"]["certificate_list_all"]

    wire = Wire(monkeypatch, server)
    assert [len(each["certificates"]) for each in wire.operations(only_accounts).space_list()] == [5, 5]
    assert wire.paths == ["GET /account_list", f"GET /api/espaces/{SIRET}", f"GET /api/espaces/{OTHER}"], "one page serves both lists"


def test_one_among_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, lambda request: told({"l": [{"siret": OTHER, "etat": "CLOS"}, {"siret": SIRET, "etat": "ACTIF"}]}))
    searched = change("account_get", request={"method": "GET", "path": "/x"}, answer={"at": "l", "where": {"siret": "{siret}"}})
    operations = wire.operations(searched)
    found = operations.account_get(SIRET)
    assert found is not None
    assert (found["siret"], found["state"]) == (SIRET, "active")
    assert operations.account_get("21060088800015") is None, "a list without it: not there"
    assert len(wire.sent) == 1


def test_without_any_list(monkeypatch: pytest.MonkeyPatch) -> None:
    operations = Wire(monkeypatch, lists).operations(lambda data: data["operations"].update(space_list={"absent": True}))
    assert not operations.has_list


# Look-ups and identities

PEM = self_signed_now(SIRET, ec.generate_private_key(ec.SECP256R1()))
HELD = load_chain(PEM, "certificate")[0]
CLIENT = ClientCertificate("/c.pem", "/k.pem")


def test_their_identifier_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, lambda request: told({"certificats": [certificate(7, cle="a/b")]}))

    def by_their_id(data: dict[str, Any]) -> None:
        data["records"]["certificate"]["extra"] = {"cle": "cle"}
        change("certificate_activate", request={"method": "PUT", "path": "/k/{certificate.cle}"})(data)

    operations = wire.operations(by_their_id)
    assert operations.certificate_change("certificate_activate", SIRET, f"{7:064x}")
    assert wire.paths == [f"GET /api/espaces/{SIRET}", "PUT /k/a%2Fb"]
    assert not operations.certificate_change("certificate_activate", SIRET, f"{8:064x}"), "not listed: nothing is sent"
    assert len(wire.sent) == 3


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("sha1", HELD.sha1.upper()),
        ("serial", HELD.serial),
        ("serial_decimal", str(int(HELD.serial, 16))),
        ("pem", PEM.decode()),
        ("base64", base64.b64encode(bytes.fromhex(HELD.fingerprint)).decode()),
        ("hex", ":".join(HELD.fingerprint.upper()[at : at + 2] for at in range(0, 64, 2))),
    ],
    ids=["sha1", "serial", "serial_decimal", "pem", "base64", "hex"],  # the values differ from one process to the next
)
def test_a_certificate_that_lies_here_is_known_by_whatever_they_call_it(monkeypatch: pytest.MonkeyPatch, form: str, shown: str) -> None:
    wire = Wire(monkeypatch, lambda request: told({"certificats": [certificate(1, empreinte=shown)]}))

    def called(data: dict[str, Any]) -> None:
        data["records"]["certificate"]["fields"]["fingerprint"] = {"at": "empreinte", "format": form}

    operations = wire.operations(called)
    operations.hold(HELD)
    assert [each["fingerprint"] for each in operations.certificate_list(SIRET)] == [HELD.fingerprint]


def test_of_another_only_their_name_is_known_and_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, lambda request: told({"certificats": [certificate(1, empreinte="AB" * 20)]}))

    def by_sha1(data: dict[str, Any]) -> None:
        data["records"]["certificate"]["fields"]["fingerprint"] = {"at": "empreinte", "format": "sha1"}
        change("certificate_deactivate", request={"method": "PUT", "path": "/k/{sha1}"})(data)

    operations = wire.operations(by_sha1)
    (found,) = operations.certificate_list(SIRET)
    assert found["fingerprint"] == "sha1:" + "ab" * 20
    operations.certificate_change("certificate_deactivate", SIRET, found["fingerprint"])
    assert wire.paths[-1] == f"PUT /k/{'ab' * 20}"
    with pytest.raises(InvalidInput, match="sha1: of certificate"):
        operations.certificate_change("certificate_deactivate", SIRET, "c" * 64)


def test_the_whole_certificate_is_sent_where_they_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, lambda request: told({}))
    body = {"pem": "{certificate_pem}", "der": "{certificate_der}", "n": "{serial}", "e": "{fingerprint|unhex}", "c": "{cycle|default:x}"}
    body.pop("c")
    operations = wire.operations(change("certificate_install", request={"method": "POST", "path": "/k", "body": body}))
    operations.hold(HELD, CLIENT)
    operations.certificate_install(SIRET, "acme", CLIENT)
    sent = wire.sent[0].json
    assert (sent["pem"], base64.b64decode(sent["der"]), sent["n"]) == (HELD.pem.decode(), HELD.der, HELD.serial)
    assert base64.b64decode(sent["e"]).hex() == HELD.fingerprint


def test_a_word_of_ours_that_the_profile_does_not_write(monkeypatch: pytest.MonkeyPatch) -> None:
    operations = Wire(monkeypatch, lambda request: told({})).operations(lambda data: data.update(values={"name": {"Lyon": "LYON"}}))
    with pytest.raises(InvalidInput, match="name: 'Albi' is not among the profile's values"):
        operations.account_update({"siret": SIRET, "name": "Albi"})


# Meanings


@pytest.mark.parametrize(
    ("answer", "declared", "outcome"),
    [
        (told({"ok": False, "erreur": {"code": "ABSENT"}}), {"means": "not_there", "codes": ["ABSENT"]}, None),
        (told({"ok": False}), {"means": "not_there", "when": "ok == `false`"}, None),
        (told({"ok": False}), {"means": "refused", "when": "ok == `false`"}, RefusedByServer),
        (told({"ok": False}), {"means": "forbidden", "when": "ok == `false`"}, RefusedByServer),
        (told({"ok": False}, 422), {"means": "conflict", "status": [422]}, RefusedByServer),
        (told({"erreur": {"code": 12}}), {"means": "busy", "codes": [12]}, UnexpectedAnswer),
        (told({"x": 1}, 403), {"means": "unauthenticated", "status": [403]}, AuthenticationFailed),
        (told({"erreur": {"code": "MANDAT"}}, 403), {"means": "success", "status": [500]}, Forbidden),
    ],
)
def test_what_an_answer_means_by_what_is_in_it(
    monkeypatch: pytest.MonkeyPatch, answer: Response, declared: dict[str, Any], outcome: type[Exception] | None
) -> None:
    operations = Wire(monkeypatch, lambda request: answer).operations(change("account_get", outcomes=[declared]))
    if outcome is None:
        assert operations.account_get(SIRET) is None
        return
    with pytest.raises(outcome) as raised:
        operations.account_get(SIRET)
    if isinstance(raised.value, RefusedByServer):
        assert raised.value.conflict is (declared["means"] == "conflict")


def test_outcomes_of_all_operations_come_after_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    def declared(data: dict[str, Any]) -> None:
        data["errors"]["outcomes"] = [{"means": "refused", "when": "ok == `false`"}]
        data["operations"]["account_get"]["outcomes"] = [{"means": "not_there", "codes": ["X"]}]

    wire = Wire(monkeypatch, lambda request: told({"ok": False, "erreur": {"code": "X"}}))
    assert wire.operations(declared).account_get(SIRET) is None
    wire.handle = lambda request: told({"ok": False, "erreur": {"message": "non"}})
    with pytest.raises(RefusedByServer, match="account_get: non"):
        wire.operations(declared).account_get(SIRET)


def test_a_write_that_was_done_before_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, lambda request: told({"erreur": {"code": "DEJA"}}, 410))
    operations = wire.operations(change("certificate_activate", already_done=[410]))
    assert operations.certificate_change("certificate_activate", SIRET, "a" * 64)


def test_no_content(monkeypatch: pytest.MonkeyPatch) -> None:
    operations = Wire(monkeypatch, lambda request: told(None, 204)).operations(
        both(*(change(name, success=[200, 204]) for name in ("account_get", "certificate_list", "account_close")))
    )
    assert (operations.account_get(SIRET), operations.certificate_list(SIRET)) == (None, [])
    operations.account_close(SIRET)


def test_a_token_that_has_expired_is_renewed_once(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    def server(request: Request) -> Response:
        if request.path == "/token":
            return told({"access_token": f"t{len(seen)}", "expires_in": 100})
        seen.append(request.headers["Authorization"])
        return told({"erreur": {"code": "JETON"}}, 401) if len(seen) == 1 else told({"compte": {"siret": SIRET, "etat": "ACTIF"}})

    def oauth(data: dict[str, Any]) -> None:
        data["faces"]["portal"]["auth"] = {"method": "oauth2_client_credentials", "token_url": "https://jetons.example/token"}

    operations = Wire(monkeypatch, server).operations(oauth, client_id="c", client_secret="s")
    assert operations.has_login
    assert operations.account_get(SIRET) is not None
    assert seen == ["Bearer t0", "Bearer t1"]
    assert operations.counts["session"] == 2


def test_a_face_presents_the_declared_certificate_or_says_that_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    def mutual(data: dict[str, Any]) -> None:
        data["faces"]["portal"] = {"client_certificate": "declared", "auth": {"method": "client_certificate"}}

    operations = Wire(monkeypatch, lambda request: told({})).operations(mutual)
    assert not operations.has_login
    with pytest.raises(InvalidInput, match="client_certificate: is not set"):
        operations.account_get(SIRET)


def test_headers_of_a_face(monkeypatch: pytest.MonkeyPatch) -> None:
    def face(data: dict[str, Any]) -> None:
        data["faces"]["portal"] |= {"base_path": "/v2", "headers": {"X-V": "3"}, "correlation_header": "X-Id"}

    wire = Wire(monkeypatch, lambda request: told({"compte": {"siret": SIRET, "etat": "ACTIF"}}))
    wire.operations(face).account_get(SIRET)
    assert wire.paths == [f"GET /v2/api/espaces/{SIRET}"]
    assert wire.sent[0].headers["X-V"] == "3"
    assert len(wire.sent[0].headers["X-Id"]) == 36


# Documents


def test_a_document_in_base64(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(monkeypatch, lambda request: told({"d": base64.b64encode(PDF).decode()}))
    assert wire.operations(change("convention_blank", answer={"document": "d"})).convention_blank("complet") == PDF
    wire.handle = lambda request: told({"d": "???"})
    with pytest.raises(UnexpectedAnswer, match="no base64"):
        wire.operations(change("convention_blank", answer={"document": "d"})).convention_blank("complet")


@pytest.mark.parametrize("address", ["/f/1?x=y", "https://portal.example/f/1?x=y", "https://portal.example:443/f/1?x=y", "../f/1?x=y"])
def test_a_document_behind_a_link(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    wire = Wire(monkeypatch, lambda request: told(PDF) if request.rooted else told({"l": address}))
    assert wire.operations(change("convention_blank", answer={"link": "l"})).convention_blank("complet") == PDF
    assert wire.sent[1].path == "/f/1?x=y"


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/f",
        "http://portal.example/f",
        "//evil.example/f",
        "https://portal.example@evil.example/f",
        "https://portal.example:8443/f",
        "https://u@portal.example/f",
        None,
        "/f\r\nX: y",
        "https://[x/",
    ],
)
def test_a_link_elsewhere_is_not_followed(monkeypatch: pytest.MonkeyPatch, address: str | None) -> None:
    wire = Wire(monkeypatch, lambda request: told({"l": address}))
    with pytest.raises(UnexpectedAnswer, match="is not on this server"):
        wire.operations(change("convention_blank", answer={"link": "l"})).convention_blank("complet")
    assert len(wire.sent) == 1


# Jobs

JOB = {"state": "etat", "states": {"W": "pending", "D": "done", "F": "failed"}, "interval": 2, "timeout": 10}


class Worker:
    """A server that accepts and then works: `states` are what its job says, one look after the other, the last for ever."""

    def __init__(self, *states: Any, location: str | None = "/travaux/1") -> None:
        self.states = list(states)
        self.location = location

    def __call__(self, request: Request) -> Response:
        if request.method == "POST":
            return told({"travail": "n 1"}, 202, **({"location": self.location} if self.location else {}))
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        return state if isinstance(state, Response) else told({"etat": state, "erreur": {"message": "illisible", "regle": "R2"}})


def upload(monkeypatch: pytest.MonkeyPatch, worker: Worker, **job: Any) -> Wire:
    wire = Wire(monkeypatch, worker)
    operations = wire.operations(change("convention_upload", job=JOB | job))
    operations.convention_upload(SIRET, "complet", "c.pdf", PDF)
    return wire


def test_a_job_is_looked_at_until_it_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = upload(monkeypatch, Worker("W", told({"etat": "W"}, retry_after="3"), "D"))
    assert wire.paths[1:] == ["GET /travaux/1"] * 3
    assert wire.slept == [2, 3], "as the profile says, then as the server says"


def test_a_job_by_its_identifier(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = upload(monkeypatch, Worker("D", location=None), id="travail", path="/jobs/{job}/etat")
    assert wire.paths[1:] == ["GET /jobs/n%201/etat"]


def test_a_job_that_leads_to_its_result_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(upload(monkeypatch, Worker(told(None, 303, location="/x"))).sent) == 2


def test_a_job_that_fails_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(RefusedByServer, match="the job has failed: illisible") as raised:
        upload(monkeypatch, Worker("W", "F"))
    assert raised.value.rule == "R2"


@pytest.mark.parametrize("state", ["W", "?", told(b"<html>"), told(None, 500), told(None, 404)])
def test_a_job_that_does_not_end_is_no_failure(monkeypatch: pytest.MonkeyPatch, state: Any) -> None:
    """Neither what cannot be understood: it was accepted, and must not be sent again."""
    with pytest.raises(StillRunning) as raised:
        upload(monkeypatch, Worker(state))
    assert raised.value.job == {"operation": "convention_upload", "path": "/travaux/1", "rooted": True}


@pytest.mark.parametrize("location", [None, "https://evil.example/travaux/1"])
def test_a_job_that_cannot_be_looked_at(monkeypatch: pytest.MonkeyPatch, location: str | None) -> None:
    with pytest.raises(UnexpectedAnswer, match="a job has begun, and its address is") as raised:
        upload(monkeypatch, Worker("D", location=location))
    assert raised.value.ambiguous


@pytest.mark.parametrize(("state", "found"), [("W", "pending"), ("D", "done"), (told(None, 404), "unknown")])
def test_a_job_of_an_earlier_run(monkeypatch: pytest.MonkeyPatch, state: Any, found: str) -> None:
    operations = Wire(monkeypatch, Worker(state)).operations(change("convention_upload", job=JOB))
    kept = {"operation": "convention_upload", "path": "/travaux/1", "rooted": True}
    assert operations.job_state(kept) == found
    assert operations.counts == {"read": 1, "write": 0, "session": 0}


# Writes of several requests


def two_steps(data: dict[str, Any]) -> None:
    file = {"method": "PUT", "path": "/c/{kept.id}/fichier", "as": "raw", "body": "{document}", "content_type": "application/pdf"}
    data["operations"]["convention_upload"] |= {
        "request": {"method": "POST", "path": "/c", "body": {"cycle": "{cycle}", "taille": "{document_size}", "h": "{document_sha256}"}},
        "answer": {"keep": {"id": "numero"}},
        "then": [
            {"request": file, "success": [204], "answer": {"keep": {"v": "version"}}},
            {"request": {"method": "POST", "path": "/c/{kept.id}/envoi", "body": {"version": "{kept.v}"}}, "success": [200]},
        ],
    }


def test_a_write_that_takes_several_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(
        monkeypatch,
        lambda request: told(None, 204) if request.method == "PUT" else told({"numero": 12}, 201 if request.path == "/c" else 200),
    )
    wire.operations(two_steps).convention_upload(SIRET, "complet", "c.pdf", PDF)
    assert wire.paths == ["POST /c", "PUT /c/12/fichier", "POST /c/12/envoi"]
    assert (wire.sent[0].json["taille"], wire.sent[1].content, wire.sent[2].json) == (len(PDF), PDF, {"version": None})


def test_a_refusal_in_the_middle_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    wire = Wire(
        monkeypatch, lambda request: told({"erreur": {"message": "non"}}, 422) if request.method == "PUT" else told({"numero": 12}, 201)
    )
    with pytest.raises(RefusedByServer, match="convention_upload: non"):
        wire.operations(two_steps).convention_upload(SIRET, "complet", "c.pdf", PDF)
    assert len(wire.sent) == 2


def test_an_error_in_the_middle_that_comes_as_200(monkeypatch: pytest.MonkeyPatch) -> None:
    def told_in_the_body(data: dict[str, Any]) -> None:
        two_steps(data)
        data["errors"]["outcomes"] = [{"means": "refused", "when": "ok == `false`"}]
        data["operations"]["convention_upload"]["then"][0]["success"] = [200]

    wire = Wire(monkeypatch, lambda request: told({"ok": False}) if request.method == "PUT" else told({"numero": 12}, 201))
    with pytest.raises(RefusedByServer, match="convention_upload"):
        wire.operations(told_in_the_body).convention_upload(SIRET, "complet", "c.pdf", PDF)
    assert len(wire.sent) == 2


def test_what_a_job_s_first_answer_names_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def server(request: Request) -> Response:
        return told({"etat": "D"}) if request.method == "GET" else told({"numero": 12}, 202 if request.path == "/c" else 200, location="/t")

    def begun(data: dict[str, Any]) -> None:
        two_steps(data)
        data["operations"]["convention_upload"] |= {"job": JOB}
        data["operations"]["convention_upload"]["then"][0]["success"] = [200]

    wire = Wire(monkeypatch, server)
    wire.operations(begun).convention_upload(SIRET, "complet", "c.pdf", PDF)
    assert wire.paths == ["POST /c", "GET /t", "PUT /c/12/fichier", "POST /c/12/envoi"]


def test_positions_that_begin_with_1_and_a_total_in_content_range(monkeypatch: pytest.MonkeyPatch) -> None:
    def server(request: Request) -> Response:
        begin = int(request.query["debut"]) - 1
        return told({"l": ALL[begin : begin + 2]}, 206, content_range=f"items {begin}-{begin + 1}/5")

    wire = Wire(monkeypatch, server)
    pagination = {"style": "offset", "offset": "debut", "first": 1, "total_header": "Content-Range"}
    operations = wire.operations(change("certificate_list", answer={"at": "l"}, success=[206], pagination=pagination))
    assert len(operations.certificate_list(SIRET)) == 5
    assert [each.query["debut"] for each in wire.sent] == ["1", "3", "5"]


def test_an_operation_that_does_not_exist_says_what_that_means(monkeypatch: pytest.MonkeyPatch) -> None:
    operations = Wire(monkeypatch, lambda request: told({})).operations(
        lambda data: data["operations"].update(account_close={"absent": True})
    )
    with pytest.raises(OperationAbsent, match="it is done by hand in the space"):
        operations.account_close(SIRET)


# An answer about somebody else


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("account_get", {"compte": {"siret": OTHER, "etat": "ACTIF"}}),
        ("account_request_get", {"siret": OTHER, "etat": "EN_CONTROLE"}),
        ("convention_list", {"conventions": [{"cycle": "complet", "etat": "DEPOSEE", "a": OTHER}]}),
        ("certificate_list", {"certificats": [certificate(1, a=SIRET), certificate(2, a=OTHER)]}),
    ],
)
def test_an_answer_about_another_siret(monkeypatch: pytest.MonkeyPatch, operation: str, body: Any) -> None:
    def whose(data: dict[str, Any]) -> None:
        data["records"]["request"]["fields"] |= {"siret": "siret"}
        for record in ("convention", "certificate"):
            data["records"][record]["extra"] = {"siret": "a"}

    operations = Wire(monkeypatch, lambda request: told(body)).operations(whose)
    more = ("m@x.example",) if operation == "account_request_get" else ()
    with pytest.raises(UnexpectedAnswer, match=f"^{operation}: the answer is about the SIRET {OTHER}, and {SIRET} was asked for"):
        getattr(operations, operation)(SIRET, *more)


def test_an_answer_about_another_certificate(monkeypatch: pytest.MonkeyPatch) -> None:
    operations = Wire(monkeypatch, lambda request: told({"empreinte": "f" * 64, "etat": "AUTORISE"})).operations()
    operations.hold(HELD, CLIENT)
    with pytest.raises(
        UnexpectedAnswer, match=f"exchange_query: the answer is about the certificate {'f' * 64}, and {HELD.fingerprint} was"
    ):
        operations.exchange_query(SIRET, CLIENT)
