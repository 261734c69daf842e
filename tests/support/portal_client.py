# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A tiny client of the sandbox for tests; it shares no code with plugins/ or sandbox/."""

from __future__ import annotations

import base64
from typing import Any

import requests

from tests.support import contract
from tests.support.keys import Issued

TIMEOUT = 30.0


class PortalClient:
    """One session of the portal. Methods return the response; `expect` is the status it must have (None: any)."""

    def __init__(self, endpoints: dict[str, Any], checked: bool = True) -> None:
        self.endpoints = endpoints
        self.url = endpoints["portal"]["url"]
        self.session = requests.Session()
        self.session.trust_env = False
        if checked:
            self.session.hooks["response"].append(contract.check)

    def call(self, method: str, path: str, expect: int | None = None, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", TIMEOUT)
        response = self.session.request(method, self.url + path, verify=self.endpoints["portal"]["ca_file"], **kwargs)
        assert expect is None or response.status_code == expect, f"{method} {path}: {response.status_code} {response.text[:500]}"
        return response

    def init(self) -> PortalClient:
        self.call("GET", "/api/init", 204)
        self.session.headers["X-Xsrf-Token"] = self.session.cookies["XSRF-TOKEN"]
        return self

    def login(self, login: str, password: str, expect: int = 200) -> PortalClient:
        if "X-Xsrf-Token" not in self.session.headers:
            self.init()
        token = base64.b64encode(f"{login}:{password}".encode()).decode()
        answer = self.call("POST", "/api/login", expect, headers={"Authorization": f"Basic {token}"})
        if expect == 200:
            self.session.headers["Authorization"] = answer.headers["Authorization"]
        return self

    def request_account(self, siret: str, expect: int = 201, **changes: Any) -> requests.Response:
        return self.call("POST", "/api/demandes", expect, json=request_body(siret, **changes))

    def space(self, siret: str, expect: int = 200) -> Any:
        return self.call("GET", f"/api/espaces/{siret}", expect).json()

    def blank(self, cycle: str = "complet") -> bytes:
        return self.call("GET", f"/api/conventions/vierge?cycle={cycle}", 200).content

    def upload(self, siret: str, document: bytes, cycle: str = "complet", expect: int = 201) -> requests.Response:
        body = {"cycle": cycle, "nom_fichier": "convention.pdf", "document": base64.b64encode(document).decode()}
        return self.call("POST", f"/api/espaces/{siret}/conventions", expect, json=body)

    def activate(self, siret: str, fingerprint: str, expect: int = 200) -> requests.Response:
        return self.call("POST", f"/api/espaces/{siret}/certificats/{fingerprint}/activation", expect)

    def deactivate(self, siret: str, fingerprint: str, expect: int = 200) -> requests.Response:
        return self.call("POST", f"/api/espaces/{siret}/certificats/{fingerprint}/desactivation", expect)

    def close_account(self, siret: str, expect: int = 200) -> requests.Response:
        return self.call("POST", f"/api/espaces/{siret}/cloture", expect)


class SiFpsClient:
    """One machine with one certificate."""

    def __init__(self, endpoints: dict[str, Any], issued: Issued, checked: bool = True) -> None:
        self.endpoints = endpoints
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.cert = issued.pair
        if checked:
            self.session.hooks["response"].append(contract.check)

    def call(self, method: str, path: str, expect: int | None = None, **kwargs: Any) -> requests.Response:
        sifps = self.endpoints["sifps"]
        response = self.session.request(method, sifps["url"] + path, verify=sifps["ca_file"], timeout=TIMEOUT, **kwargs)
        assert expect is None or response.status_code == expect, f"{method} {path}: {response.status_code} {response.text[:500]}"
        return response

    def install(
        self, siret: str, expect: int = 201, editor: tuple[str, str] | None = None, label: str = "Prestataire d'essai"
    ) -> requests.Response:
        headers = {"X-Editeur": editor[0], "X-Editeur-Cle": editor[1]} if editor else {}
        return self.call("POST", "/v1/certificats", expect, json={"siret": siret, "prestataire": label}, headers=headers)

    def query(self, siret: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.call("GET", f"/v1/autorisation?siret={siret}", 200).json()
        return answer

    def send(self, number: str, expect: int = 201) -> requests.Response:
        return self.call("POST", "/v1/fps", expect, json={"numero": number})


def request_body(siret: str, **changes: Any) -> dict[str, Any]:
    """A correct account request."""
    body = {
        "siret": siret,
        "nom": "Commune d'essai",
        "departement": "69",
        "adresse": {"voie": "1 place de la Mairie", "code_postal": "69001", "commune": "Essai"},
        "courriel": "mairie@essai.example",
        "agent": {"nom": "Alix Essai", "courriel": "alix@essai.example"},
    }
    return {**body, **changes}


def code(response: requests.Response) -> tuple[str, str | None]:
    """Code and rule of a refusal."""
    error = response.json()["erreur"]
    return error["code"], error["regle"]
