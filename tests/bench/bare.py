# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The bare loop: `requests` in a pool of threads, with the fewest calls that lead to the same end, and nothing else.

No check mode, no brake, no report, no proof of what was done: a lower bound, not a tool. It shares no code with plugins/.

    python -m tests.bench.bare JOB.json      prints {wall_s, cpu_s, http_requests, changed} of the loop alone
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import requests

PER_PAGE = 100
TIMEOUT = 60.0


class Bare:
    """job: {portal, sifps: {url, ca_file}, scenario, workers, lists, store, signed_folder, agent_email, hosts: [{...Row, login, password}]}"""

    def __init__(self, job: dict[str, Any]) -> None:
        self.job = job
        self.hosts: list[dict[str, Any]] = job["hosts"]
        self.pool = ThreadPoolExecutor(job["workers"])
        self.local = threading.local()
        self.sent = 0
        self.changed = 0
        self.lock = threading.Lock()
        self.xsrf = ""
        self.tokens: dict[str, str] = {}

    def run(self) -> None:
        self._log_in()
        if self.job["scenario"] == "onboarding":
            self._onboarding()
        else:
            self._compare()
        self.pool.shutdown()

    def _all(self, action: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        return list(self.pool.map(action, items))

    # What each scenario does

    def _compare(self) -> None:
        """Read everything, and compare it with what is declared. One certificate that is inactive is activated (case `drift`)."""
        hosts = {host["siret"]: host for host in self.hosts}
        pages = self._pages() if self.job["lists"] else self._all(lambda host: [self._space(host)], self.hosts)
        spaces = [space for page in pages for space in page if space["compte"]["siret"] in hosts]
        inactive = [pair for pair in ((hosts[space["compte"]["siret"]], space) for space in spaces) if not self._as_declared(*pair)]
        self._all(lambda pair: self._activate(pair[0], self._fingerprint(pair[0])), inactive)
        self.changed = len(inactive)
        if len(spaces) != len(hosts):
            raise SystemExit(f"{len(hosts) - len(spaces)} spaces are not there")

    def _onboarding(self) -> None:
        """Five calls each: request, convention, its countersigned copy, installation, activation. That people act at once is taken for granted."""
        self._all(self._onboard, self.hosts)
        self.changed = len(self.hosts)

    def _onboard(self, host: dict[str, Any]) -> None:
        siret = host["siret"]
        self._portal(host, "POST", "/api/demandes", json=self._account(host) | {"siret": siret, "agent": self._agent()})
        document = (Path(self.job["signed_folder"]) / f"{siret}.pdf").read_bytes()
        body = {"cycle": host["cycle"], "nom_fichier": f"{siret}.pdf", "document": base64.b64encode(document).decode()}
        convention = self._portal(host, "POST", f"/api/espaces/{siret}/conventions", json=body).json()["id"]
        copy = self._portal(host, "GET", f"/api/espaces/{siret}/conventions/{convention}/document").content
        place = Path(self.job["store"]) / siret / "conventions" / host["cycle"] / "countersigned.pdf"
        place.parent.mkdir(parents=True)
        place.write_bytes(copy)
        self._activate(host, self._install(host))

    def _install(self, host: dict[str, Any]) -> str:
        sifps, current = self.job["sifps"], Path(self.job["store"]) / host["current"]
        with requests.Session() as session:
            session.trust_env = False
            self._count()
            answer = session.post(
                sifps["url"] + "/v1/certificats",
                json={"siret": host["siret"], "prestataire": host["provider"]},
                cert=(str(current / "fullchain.pem"), str(current / "key.pem")),
                verify=sifps["ca_file"],
                timeout=TIMEOUT,
            )
            answer.raise_for_status()
            fingerprint: str = answer.json()["empreinte"]
        return fingerprint

    def _activate(self, host: dict[str, Any], fingerprint: str) -> None:
        self._portal(host, "POST", f"/api/espaces/{host['siret']}/certificats/{fingerprint}/activation")

    # What is compared

    def _as_declared(self, host: dict[str, Any], space: dict[str, Any]) -> bool:
        """Whether its certificate is active. Raises SystemExit where anything else differs: no case makes that happen."""
        account = {name: space["compte"][name] for name in ("nom", "departement", "adresse", "courriel")}
        in_force = any(convention["cycle"] == host["cycle"] and convention["etat"] == "EN_VIGUEUR" for convention in space["conventions"])
        if account != self._account(host) or not in_force or space["compte"]["etat"] != "ACTIF":
            raise SystemExit(f"{host['siret']} is not as declared")
        fingerprint = self._fingerprint(host)
        return any(certificate["empreinte"] == fingerprint and certificate["etat"] == "ACTIF" for certificate in space["certificats"])

    def _fingerprint(self, host: dict[str, Any]) -> str:
        pem = (Path(self.job["store"]) / host["current"] / "certificate.pem").read_text(encoding="ascii")
        return hashlib.sha256(base64.b64decode("".join(pem.split("-----")[2].split()))).hexdigest()

    @staticmethod
    def _account(host: dict[str, Any]) -> dict[str, Any]:
        address = {"voie": host["street"], "code_postal": host["postal_code"], "commune": host["city"]}
        return {"nom": host["name"], "departement": host["departement"], "adresse": address, "courriel": host["contact_email"]}

    def _agent(self) -> dict[str, str]:
        return {"nom": "Agent", "courriel": self.job["agent_email"]}

    # How it is asked

    def _log_in(self) -> None:
        answer = self._send("GET", "/api/init", {})
        self.xsrf = answer.headers["Set-Cookie"].split(";")[0].removeprefix("XSRF-TOKEN=")
        logins = {host["login"]: host["password"] for host in self.hosts}
        self._all(self._token, logins.items())

    def _token(self, agent: tuple[str, str]) -> None:
        basic = base64.b64encode(":".join(agent).encode()).decode()
        answer = self._send("POST", "/api/login", self._same_visit() | {"Authorization": f"Basic {basic}"})
        self.tokens[agent[0]] = answer.headers["Authorization"]

    def _pages(self) -> list[list[Any]]:
        """Of the one agent."""
        first = self._page(1)
        pages = -(-first["total"] // PER_PAGE)
        return [first["elements"], *(page["elements"] for page in self._all(self._page, range(2, pages + 1)))]

    def _page(self, number: int) -> Any:
        return self._portal(self.hosts[0], "GET", f"/api/espaces?page={number}&taille={PER_PAGE}").json()

    def _space(self, host: dict[str, Any]) -> Any:
        return self._portal(host, "GET", f"/api/espaces/{host['siret']}").json()

    def _portal(self, host: dict[str, Any], method: str, path: str, **keywords: Any) -> requests.Response:
        return self._send(method, path, self._same_visit() | {"Authorization": self.tokens[host["login"]]}, **keywords)

    def _same_visit(self) -> dict[str, str]:
        return {"X-Xsrf-Token": self.xsrf, "Cookie": f"XSRF-TOKEN={self.xsrf}"}

    def _send(self, method: str, path: str, headers: dict[str, str], **keywords: Any) -> requests.Response:
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
            self.local.session.trust_env = False
            self.local.session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # the visit's cookie is sent by hand
        self._count()
        portal = self.job["portal"]
        answer: requests.Response = self.local.session.request(
            method, portal["url"] + path, headers=headers, verify=portal["ca_file"], timeout=TIMEOUT, **keywords
        )
        answer.raise_for_status()
        return answer

    def _count(self) -> None:
        with self.lock:
            self.sent += 1


def main(path: str) -> None:
    bare = Bare(json.loads(Path(path).read_text(encoding="utf-8")))
    wall, cpu = time.perf_counter(), time.process_time()
    bare.run()
    figures = {
        "wall_s": time.perf_counter() - wall,
        "cpu_s": time.process_time() - cpu,
        "http_requests": bare.sent,
        "changed": bare.changed,
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(sys.argv[1])
