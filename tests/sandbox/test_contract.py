# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The sandbox against its contract: the document is valid, each path is served and no other, and no request makes it fail."""

from __future__ import annotations

import re
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from openapi_spec_validator import validate
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.conftest import StartSandbox
from tests.support import contract
from tests.support.portal_client import PortalClient, SiFpsClient
from tests.support.psce_client import PsceClient
from tests.support.sandbox_process import SandboxProcess
from tests.support.values import EST, SIRET, existing, policy, ready

EXAMPLES = 12
FACES = {name: operation["tags"][0] for name, operation in contract.operations().items()}


def test_the_document_is_valid_openapi() -> None:
    validate(contract.document())


def test_every_operation_is_tagged_and_classed() -> None:
    for name, operation in contract.operations().items():
        assert operation["tags"] in (["portal"], ["sifps"], ["psce"]), name
        assert operation["x-operation-class"] in ("read", "write", "session"), name


def test_every_path_is_served_and_no_other(sandbox: StartSandbox, tmp_path: Path) -> None:
    running = sandbox(existing())
    faces = clients_of_all(running, tmp_path)
    for client in faces.values():
        client.session.hooks["response"].clear()
    values = {"siret": SIRET, "id": "1", "empreinte": "0" * 64, "request": "MAA="}
    for name, operation in contract.operations().items():
        path = re.sub(r"\{(\w+)\}", lambda match: values[match[1]], operation["path"])
        answer = faces[FACES[name]].call(operation["method"], path)
        assert answer.status_code not in (404, 405) or answer.json()["erreur"]["code"] == "INTROUVABLE", name
        assert running.requests()[-1]["operation"] == name
        assert running.requests()[-1]["class"] == operation["x-operation-class"]
        for face, client in faces.items():
            assert face == FACES[name] or client.call(operation["method"], path).status_code == 404, "each path belongs to one face"
    source = "".join((Path(contract.DOCUMENT).parent / f"{room}.py").read_text() for room in ("portal", "sifps", "est", "psce_http"))
    assert set(re.findall(r'^ +"(\w+)": OperationHandler\(', source, re.MULTILINE)) == set(contract.operations())


def test_est_and_plain_http_are_apart(sandbox: StartSandbox) -> None:
    psce = sandbox(policy()).endpoints["psce"]
    plain = psce["crl_url"].removesuffix("/crl/clients.crl")
    for url in (f"{plain}/.well-known/est/cacerts", f"{psce['url']}/crl/clients.crl", f"{psce['url']}/"):
        answer = requests.get(url, verify=psce["est_ca_file"], timeout=10)
        assert answer.status_code == 404 and answer.headers["Content-Type"] == "text/plain"


def clients_of_all(running: SandboxProcess, folder: Path) -> dict[str, PortalClient | SiFpsClient | PsceClient]:
    portal, machine, _ = ready(running, folder)
    return {"portal": portal, "sifps": machine, "psce": PsceClient(running.endpoints)}


def test_sandbox_and_plugins_never_import_each_other() -> None:
    root = Path(contract.DOCUMENT).parent
    for file in root.glob("**/*.py"):
        assert not re.search(r"^\s*(from|import)\s+(plugins|ansible)", file.read_text(), re.MULTILINE), file
    for file in (root.parent / "plugins").glob("**/*.py"):
        assert not re.search(r"^\s*(from|import)\s+sandbox\b", file.read_text(), re.MULTILINE), file


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: str(mode.value))
def test_no_request_makes_it_fail(sandbox: StartSandbox, tmp_path: Path, mode: GenerationMode) -> None:
    running = sandbox(existing())
    faces = clients_of_all(running, tmp_path)
    schema = schemathesis.openapi.from_path(str(contract.DOCUMENT))
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        _try(operation, mode, faces[FACES[operation.definition.raw["operationId"]]])
    assert running.errors.read_text() == ""
    reached = {(line["operation"], line["status"]) for line in running.requests()}
    if mode == GenerationMode.POSITIVE:
        assert {("spaceGet", 200), ("spaceList", 200), ("accountUpdate", 422), ("exchangeQuery", 200)} <= reached, (
            "the fuzzing goes past the door"
        )


def _try(operation: Any, mode: GenerationMode, client: PortalClient | SiFpsClient | PsceClient) -> None:
    """A bounded number of generated requests to one operation: no 5xx, and only statuses that its contract has."""
    name = operation.definition.raw["operationId"]
    raw = operation.definition.raw
    url, ca_file = _address(client, bool(raw.get("servers")))
    headers = {k: v for k, v in client.session.headers.items() if k == "X-Xsrf-Token" or (k == "Authorization" and name != "login")}
    if "XSRF-TOKEN" in client.session.cookies:
        headers["Cookie"] = f"XSRF-TOKEN={client.session.cookies['XSRF-TOKEN']}"
    session = requests.Session()
    session.trust_env = False
    session.cert = client.session.cert
    session.auth = EST if name == "estEnroll" else None

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.generate],
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def attempt(case: Any) -> None:
        if mode == GenerationMode.POSITIVE and "siret" in (case.path_parameters or {}):
            case.path_parameters["siret"] = SIRET
        session.cookies.clear()
        answer = case.call(base_url=url, session=session, headers=headers, verify=ca_file, timeout=30)
        assert answer.status_code < 500, (case, answer.text)
        assert str(answer.status_code) in {*raw["responses"], "404", "405"}, (case, answer.text)

    try:
        attempt()
    except Unsatisfiable:
        assert mode == GenerationMode.NEGATIVE, "an operation that takes nothing has nothing to negate"


def _address(client: PortalClient | SiFpsClient | PsceClient, plain: bool) -> tuple[str, str]:
    if isinstance(client, PsceClient):
        psce = client.psce
        return psce["crl_url"].removesuffix("/crl/clients.crl") if plain else psce["url"], psce["est_ca_file"]
    endpoint = client.endpoints["portal" if isinstance(client, PortalClient) else "sifps"]
    return endpoint["url"], endpoint["ca_file"]


@schemathesis.serializer("application/pkcs10", "application/ocsp-request")
def _as_it_is(context: Any, value: Any) -> dict[str, Any]:
    return {"data": value if isinstance(value, bytes) else str(value).encode()}


ODD = [
    b"GET /api/init HTTP/1.1\r\nHost: x\r\nCookie: \xff\xfe=\x80; XSRF-TOKEN\r\nX-Xsrf-Token: \xe9\r\n\r\n",
    b"POST /api/login HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nAuthorization: Basic \xff\r\nX-Xsrf-Token: \xff\r\nCookie: XSRF-TOKEN=\xff\r\n\r\n",
    b"GET /api/espaces/%00%ff HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/espaces?page=%ff&page=\xff HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET //api//init HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET https://ailleurs/api/init HTTP/1.1\r\nHost: x\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
    b"POST /api/demandes HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc",
    b"POST /api/demandes HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"POST /api/demandes HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    b"BREW /api/init HTTP/1.1\r\nHost: x\r\n\r\n",
    b"GET /api/init HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 20000 + b"\r\n\r\n",
    b"\x00\x01\x02\r\n\r\n",
]


@pytest.mark.parametrize("odd", ODD, ids=range(len(ODD)))
def test_odd_bytes_on_the_wire(sandbox: StartSandbox, odd: bytes) -> None:
    running = sandbox(policy())
    context = ssl.create_default_context(cafile=running.endpoints["portal"]["ca_file"])
    port = int(running.endpoints["portal"]["url"].rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), 10) as raw, context.wrap_socket(raw, server_hostname="127.0.0.1") as wire:
        wire.sendall(odd)
        status = wire.recv(65536).split(b" ", 2)[1]
    assert status[:1] in (b"2", b"4"), status
    PortalClient(running.endpoints).init()
    assert running.errors.read_text() == ""
