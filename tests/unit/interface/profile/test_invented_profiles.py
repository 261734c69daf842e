# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Three interfaces invented on paper (tests/data/profiles/invented), as unlike each other as we could: what the collection says and understands through them.

gateway: two ways to log in at once, HAL, split identifiers, ETags, JSON Patch, a state told by the HTTP status. counter: one address, actions in forms,
errors as 200, JSON under text/html, maps instead of lists. resources: jobs told by HTTP alone, cursors in the body, raw certificates.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from email import message_from_bytes
from typing import Any
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from ansible_collections.collectivites.antai.plugins.module_utils._doctor.reading import judge_answer
from ansible_collections.collectivites.antai.plugins.module_utils._http.client_certificate import ClientCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._http.messages import Request, Response
from ansible_collections.collectivites.antai.plugins.module_utils._interface.operations import Operations
from ansible_collections.collectivites.antai.plugins.module_utils._interface.raw_answers import raw_answer
from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files import load_chain
from ansible_collections.collectivites.antai.plugins.module_utils.errors import (
    AuthenticationFailed,
    Forbidden,
    RefusedByServer,
    StillRunning,
)
from ansible_collections.collectivites.antai.plugins.plugin_utils._controller import profile_file
from tests.support.certificates import self_signed_now
from tests.support.collection import ROOT
from tests.support.observed import OTHER, PDF, SIRET
from tests.support.wire import Wire, told

INVENTED = ROOT / "tests" / "data" / "profiles" / "invented"
SIREN, NIC = SIRET[:9], SIRET[9:]
PEM = self_signed_now(SIRET, ec.generate_private_key(ec.SECP256R1()))
HELD = load_chain(PEM, "certificate")[0]
CLIENT = ClientCertificate("/c.pem", "/k.pem")
THUMBPRINT = base64.urlsafe_b64encode(bytes.fromhex(HELD.fingerprint)).decode().rstrip("=")
KNOWN = {"username": "agent", "password": "p", "client_id": "c", "client_secret": "s", "api_key": "cle"}
Handler = Callable[[Request], Response]


@pytest.fixture
def through(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Wire, Operations]]:
    """`through(name, server)`: the wire, and operations that speak this profile over it; the certificate lies here."""

    def opened(name: str, server: Handler) -> tuple[Wire, Operations]:
        wire = Wire(monkeypatch, lambda request: told({"access_token": "jeton"}) if request.path == "/api/oauth/token" else server(request))

        def instead(data: dict[str, Any]) -> None:
            data.clear()
            data.update(profile_file.load(INVENTED / f"{name}.yml"))
            for face in data["faces"].values():
                face.pop("client_certificate", None)  # no connection is made here
                face.update({"client_certificate": "none", "auth": {"method": "basic"}} if name == "resources" else {})

        operations = wire.operations(instead, **KNOWN)
        operations.hold(HELD, CLIENT)
        return wire, operations

    return opened


def test_each_of_them_is_tried_here() -> None:
    assert {path.stem for path in INVENTED.iterdir()} == {"counter", "gateway", "resources"}


# gateway


def hal(kind: str, *items: Any, status: int = 200, **headers: str) -> Response:
    return told({"_embedded": {kind: list(items)}} if items else {"_links": {}}, status, **headers)


ESTABLISHMENT = {
    "siren": SIREN,
    "nic": NIC,
    "codeDepartement": "1",
    "statut": {"code": "OUVERTE", "depuis": "2026-03-02T10:00:00.123+0200"},
}


def test_two_ways_to_log_in_and_a_key_for_those_who_need_no_login(through: Any) -> None:
    wire, operations = through("gateway", lambda request: told(ESTABLISHMENT, 200 if request.method == "GET" else 201))
    operations.account_get(SIRET)
    assert (wire.sent[-1].headers["Authorization"], wire.sent[-1].headers["KeyId"]) == ("Bearer jeton", "cle")
    operations.account_request({"siret": SIRET, "name": "Lyon", "agent_name": "Anne de Lyon", "agent_email": "a@x.example"})
    sent = wire.sent[-1]
    assert ("Authorization" in sent.headers, sent.headers["KeyId"]) == (False, "cle")
    assert (sent.path, sent.json["referent"]) == (
        f"/stationnement/v3/organisations/{SIREN}/etablissements/{NIC}/adhesion",
        {"prenom": "Anne", "nom": "de Lyon", "mel": "a@x.example"},
    )


def test_an_offset_of_theirs_becomes_utc_and_a_short_number_is_filled_up(through: Any) -> None:
    _wire, operations = through("gateway", lambda request: told(ESTABLISHMENT))
    found = operations.account_get(SIRET)
    assert (found["siret"], found["departement"], found["since"]) == (SIRET, "01", "2026-03-02T08:00:00Z")


def test_an_etag_goes_back_with_the_update(through: Any) -> None:
    wire, operations = through("gateway", lambda request: told(ESTABLISHMENT, etag='W/"7"'))
    operations.account_update({"siret": SIRET, "name": "Lyon", "contact_email": "a@x.example"})
    sent = wire.sent[-1]
    assert (sent.method, sent.headers["If-Match"], sent.headers["Content-Type"]) == ("PATCH", 'W/"7"', "application/json-patch+json")
    assert sent.json == [{"op": "replace", "path": "/denomination", "value": "Lyon"}]


def test_somebody_else_was_faster(through: Any) -> None:
    _wire, operations = through("gateway", lambda request: told(ESTABLISHMENT, etag='"7"') if request.method == "GET" else told({}, 412))
    with pytest.raises(RefusedByServer) as raised:
        operations.account_update({"siret": SIRET, "name": "Lyon", "contact_email": "a@x.example"})
    assert raised.value.conflict


def test_hal_lists_even_where_they_are_empty(through: Any) -> None:
    mine = {"thumbprint": THUMBPRINT, "actif": True, "_links": {"self": {"href": "/stationnement/v3/certificats/C-7"}}}
    wire, operations = through("gateway", lambda request: hal("certificats", mine) if request.method == "GET" else told({}))
    assert [(each["fingerprint"], each["state"]) for each in operations.certificate_list(SIRET)] == [(HELD.fingerprint, "active")]
    operations.certificate_change("certificate_deactivate", SIRET, HELD.fingerprint)
    assert (wire.paths[-1], wire.sent[-1].json) == ("PATCH /stationnement/v3/certificats/C-7", {"action": "SUSPENDRE"})
    wire.handle = lambda request: hal("certificats")
    assert operations.certificate_list(SIRET) == []


def test_done_already_is_done(through: Any) -> None:
    mine = {"thumbprint": THUMBPRINT, "actif": False, "_links": {"self": {"href": "/certificats/C-7"}}}
    _wire, operations = through("gateway", lambda request: hal("certificats", mine) if request.method == "GET" else told({}, 409))
    assert operations.certificate_change("certificate_activate", SIRET, HELD.fingerprint)


def test_an_identifier_from_the_location_and_a_job_at_the_end(through: Any) -> None:
    looks = [told({}, 202), told(None, 204)]

    def server(request: Request) -> Response:
        if request.method == "GET":
            return looks.pop(0)
        if request.path.endswith("/documents"):
            return told(None, 201, location="/stationnement/v3/documents/D%209")
        return told(None, 202, operation_location="/stationnement/v3/operations/1?v=2")

    wire, operations = through("gateway", server)
    operations.convention_upload(SIRET, "complet", "c.pdf", PDF)
    _token, document, convention, *polls = wire.sent
    assert (document.content, document.headers["Content-Type"]) == (PDF, "application/pdf")
    assert convention.json == {"document": "D%209", "type": "COMPLET"}
    assert [each.path for each in polls] == ["/stationnement/v3/operations/1?v=2"] * 2


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (told(None, 204), "authorised"),
        (told({"erreurs": [{"regle": "R3", "libelle": "inactif"}]}, 409), "known_inactive"),
        (told({"erreurs": [{"regle": "R6", "libelle": "terminée"}]}, 403), "refused"),
        (told(b"", 404), "unknown"),
    ],
)
def test_a_state_told_by_the_status_alone(through: Any, answer: Response, state: str) -> None:
    _wire, operations = through("gateway", lambda request: answer)
    found = operations.exchange_query(SIRET, CLIENT)
    assert found["state"] == state
    assert (found["rule"] is not None) is (b"regle" in answer.body)


def test_a_certificate_by_its_thumbprint_in_the_base64_of_urls(through: Any) -> None:
    wire, operations = through("gateway", lambda request: told(None, 204))
    operations.certificate_install(SIRET, "acme", CLIENT)
    assert (wire.sent[-1].path, wire.sent[-1].content) == (f"/certificats/{THUMBPRINT}", HELD.pem)


# counter


def counter(**answers: Any) -> Handler:
    """One address: the action says what is meant; the answer claims to be a page."""

    def server(request: Request) -> Response:
        form = {name: values[0] for name, values in parse_qs((request.content or b"").decode()).items()} or request.json
        answer = answers[form["action"]] if "action" in form else answers["seul"]
        content = answer(form) if callable(answer) else answer
        text = json.dumps({"retour": {"code": 0}} | content, ensure_ascii=False).encode("latin-1")
        return Response(200, {"content-type": "text/html; charset=ISO-8859-1", "x-total": "3"}, text, {})

    return server


def test_what_does_not_repeat_its_siret_has_the_one_asked_for(through: Any) -> None:
    place = {"libelle": "Bézières", "dept": "034", "flag": 1, "dateCloture": "", "majMs": 1767225600000}
    wire, operations = through("counter", counter(consulter={"donnees": place}))
    found = operations.account_get(SIRET)
    assert (found["siret"], found["name"], found["departement"], found["state"]) == (SIRET, "Bézières", "34", "active")
    assert wire.paths == ["POST /ws.php"]


@pytest.mark.parametrize(("flag", "closed", "state"), [("1", None, "active"), (1, "03/02/2026", "closed"), (0, None, "under_control")])
def test_a_state_from_two_fields(through: Any, flag: Any, closed: str | None, state: str) -> None:
    _wire, operations = through("counter", counter(consulter={"donnees": {"flag": flag, "dateCloture": closed}}))
    assert operations.account_get(SIRET)["state"] == state


@pytest.mark.parametrize(("code", "error"), [(42, RefusedByServer), (7, RefusedByServer), (403, Forbidden), (401, AuthenticationFailed)])
def test_errors_come_as_200(through: Any, code: int, error: type[Exception]) -> None:
    _wire, operations = through("counter", counter(consulter={"retour": {"code": code, "libelle": "refusé"}}))
    with pytest.raises(error, match="refusé"):
        operations.account_get(SIRET)


def test_nothing_there_comes_as_200_too(through: Any) -> None:
    _wire, operations = through("counter", counter(consulter={"retour": {"code": 404}}))
    assert operations.account_get(SIRET) is None


def test_a_map_instead_of_a_list_in_pages_of_a_form(through: Any) -> None:
    mine = str(int(HELD.serial, 16))
    entries = {mine: {"actif": "O", "fin": "31/12/2026 23:59"}, "8": {"actif": "N"}, "9": {"actif": "N"}}

    def page(form: dict[str, str]) -> dict[str, Any]:
        begin = int(form["debut"])
        return {"certificats": dict(list(entries.items())[begin : begin + 2])}

    wire, operations = through("counter", counter(certificats=page))
    found = operations.certificate_list(SIRET)
    assert [(each["fingerprint"], each["state"]) for each in found] == [
        (HELD.fingerprint, "active"),
        ("serial:8", "inactive"),
        ("serial:9", "inactive"),
    ]
    assert found[0]["not_after"] == "2026-12-31T22:59:00Z"
    assert [parse_qs(each.content.decode())["debut"] for each in wire.sent] == [["0"], ["2"]]
    assert all(each.headers["Content-Type"] == "application/x-www-form-urlencoded" for each in wire.sent)


def test_a_decimal_serial_number_goes_out(through: Any) -> None:
    wire, operations = through("counter", counter(activer={}))
    operations.certificate_change("certificate_activate", SIRET, HELD.fingerprint)
    assert parse_qs(wire.sent[-1].content.decode())["serie"] == [str(int(HELD.serial, 16))]


@pytest.mark.parametrize(
    ("told_of", "states"), [(None, []), ({"num": 4, "cycle": 1, "statut": 1, "du": "01/01/2020", "au": "31/12/2020"}, ["ended"])]
)
def test_one_convention_or_none_where_a_list_is_meant(through: Any, told_of: Any, states: list[str]) -> None:
    _wire, operations = through("counter", counter(conventions={"convention": told_of}))
    assert [each["state"] for each in operations.convention_list(SIRET)] == states


def test_documents_as_data_addresses(through: Any) -> None:
    address = "data:application/pdf;base64," + base64.b64encode(PDF).decode()
    wire, operations = through("counter", counter(deposer={}, copie={"contenu": address}))
    operations.convention_upload(SIRET, "partiel", "c.pdf", PDF)
    assert (wire.sent[-1].json["fichier"], wire.sent[-1].json["cycle"]) == ({"nom": "c.pdf", "contenu": address}, 2)
    assert operations.convention_document(SIRET, 4) == PDF


# resources


def test_a_job_that_http_alone_tells_of(through: Any) -> None:
    looks = [told(None, 202, retry_after="3"), told({"id": SIRET}, 200)]
    wire, operations = through(
        "resources", lambda request: told(None, 202, location="/jobs/1") if request.method == "PUT" else looks.pop(0)
    )
    operations.account_request({"siret": SIRET, "name": "Lyon", "contact_email": "a@x.example"})
    assert (wire.paths, wire.slept) == ([f"PUT /accounts/{SIRET}", "GET /jobs/1", "GET /jobs/1"], [3])
    assert (wire.sent[0].headers["If-None-Match"], len(wire.sent[0].headers["Idempotency-Key"])) == ("*", 36)


def test_a_job_that_http_says_has_failed(through: Any) -> None:
    _wire, operations = through(
        "resources", lambda request: told(None, 202, location="/jobs/1") if request.method == "PUT" else told({"detail": "non"}, 422)
    )
    with pytest.raises(RefusedByServer, match="the job has failed: non"):
        operations.account_request({"siret": SIRET, "name": "Lyon", "contact_email": "a@x.example"})


@pytest.mark.parametrize("status", [404, 500, 401])
def test_a_job_of_which_http_tells_nothing_still_runs(through: Any, status: int) -> None:
    _wire, operations = through(
        "resources", lambda request: told(None, 202, location="/jobs/1") if request.method == "PUT" else told({}, status)
    )
    with pytest.raises(StillRunning):
        operations.account_request({"siret": SIRET, "name": "Lyon", "contact_email": "a@x.example"})


@pytest.mark.parametrize(("address", "followed"), [("/jobs/7?full=1", True), ("https://evil.example/jobs/7", False)])
def test_the_address_of_a_job_in_the_body(through: Any, address: str, followed: bool) -> None:
    def server(request: Request) -> Response:
        if request.method == "PUT":
            return told({"links": {"status": address}}, 202)
        return told({"id": SIRET, "lifecycle": {"state": "live"}}, etag='"1"')

    wire, operations = through("resources", server)
    if followed:
        operations.account_update({"siret": SIRET, "name": "Lyon", "contact_email": "a@x.example"})
        assert wire.paths[-1] == f"GET {address}"
    else:
        with pytest.raises(Exception, match="nothing on this server to look at"):
            operations.account_update({"siret": SIRET, "name": "Lyon", "contact_email": "a@x.example"})
    assert wire.sent[1].headers["If-Match"] == '"1"'


def test_a_cursor_within_the_body(through: Any) -> None:
    def server(request: Request) -> Response:
        after = request.json["page"].get("after", "0")
        return told({"results": [{"id": after, "kind": "full", "state": "received"}], "page": {"hasMore": after == "0", "end": "n1"}})

    wire, operations = through("resources", server)
    assert [each["id"] for each in operations.convention_list(SIRET)] == ["0", "n1"]
    assert [each.json["page"] for each in wire.sent] == [{"limit": 20}, {"limit": 20, "after": "n1"}]
    assert wire.sent[1].json["filter"] == {"account": SIRET}


def test_metadata_as_a_part_in_json_and_a_job_under_the_collectivite(through: Any) -> None:
    phases = ["RUN", "DONE"]
    wire, operations = through(
        "resources", lambda request: told({"job": {"id": 5}}, 202) if request.method == "POST" else told({"job": {"phase": phases.pop(0)}})
    )
    operations.convention_upload(SIRET, "complet", "c.pdf", PDF)
    sent = wire.sent[0]
    message = message_from_bytes(b"Content-Type: " + sent.headers["Content-Type"].encode() + b"\r\n\r\n" + (sent.content or b""))
    metadata, file = message.get_payload()
    assert metadata.get_content_type() == "application/json"
    assert json.loads(metadata.get_payload(decode=True))["account"] == SIRET
    assert file.get_payload(decode=True) == PDF
    assert wire.paths[1:] == [f"GET /accounts/{SIRET}/jobs/5"] * 2


def test_a_raw_certificate(through: Any) -> None:
    wire, operations = through("resources", lambda request: told(None, 201))
    operations.certificate_install(SIRET, "acme", CLIENT)
    assert (wire.sent[-1].content, wire.sent[-1].headers["Content-Type"]) == (HELD.der, "application/pkix-cert")


def test_accounts_by_a_cursor_everything_else_one_by_one(through: Any) -> None:
    def server(request: Request) -> Response:
        if request.path == "/accounts":
            first = "after" not in request.query
            live = {"id": SIRET if first else OTHER, "lifecycle": {"state": "live"}}
            return told({"items": [live], "next": "x" if first else None})
        return told({"results": [], "items": [], "page": {}})

    _wire, operations = through("resources", server)
    assert [each["account"]["siret"] for each in operations.space_list()] == [SIRET, OTHER]


# The doctor


def test_the_doctor_reads_as_the_collection_does(through: Any) -> None:
    _wire, operations = through("counter", counter(certificats={"certificats": {"8": {"actif": "O"}}}, consulter={"donnees": {"flag": 1}}))
    for operation in ("certificate_list", "account_get"):
        verdicts = judge_answer(operations.profile, raw_answer(operations, operation, {"siret": SIRET}), None)
        assert "fail" not in [each.outcome for each in verdicts], verdicts
    _wire, operations = through("gateway", lambda request: told(None, 204))
    (verdict,) = judge_answer(operations.profile, raw_answer(operations, "exchange_query", {"siret": SIRET}, CLIENT), None)
    assert "fail" not in verdict.outcome, verdict


def test_the_doctor_names_a_state_that_the_map_of_another_shape_lacks(through: Any) -> None:
    _wire, operations = through("counter", counter(certificats={"certificats": {"8": {"actif": "X"}}}))
    verdicts = judge_answer(operations.profile, raw_answer(operations, "certificate_list", {"siret": SIRET}), None)
    assert ("fail", "unmapped", ["state 'X'"]) in [(each.outcome, each.code, each.facts.get("values")) for each in verdicts]
