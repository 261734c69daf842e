# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places of a bench: a sandbox with its people, a store with keys and certificates, an inventory; made once, copied for each run.

Keys and certificates are made here, so no way of running is charged with them, and all find the same ones.

    <root>/sandbox/     the sandbox's state
    <root>/store/       antai_store
    <root>/inventory/   communes.csv by inventories/national/make.py, its source, and group_vars, written anew at each start
    <root>/fleet.json   a list of Row, for those who don't read an inventory
"""

from __future__ import annotations

import csv
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.collectivites.antai.plugins.module_utils._pki.certificate_files import load_chain
from ansible_collections.collectivites.antai.plugins.module_utils._resources.certificate.stored_certificates import CHAIN, FULL_CHAIN
from ansible_collections.collectivites.antai.plugins.module_utils._store.links import CERTIFICATE, KEY
from ansible_collections.collectivites.antai.plugins.module_utils._store.proofs import keep_proofs
from ansible_collections.collectivites.antai.plugins.module_utils._store.store import Store
from ansible_collections.collectivites.antai.plugins.module_utils.dates import utc_now
from ansible_collections.collectivites.antai.plugins.plugin_utils._fleet.prover import answered
from tests.support.keys import await_file, drop, key_pem, make_csr
from tests.support.portal_client import PortalClient
from tests.support.sandbox_process import REPOSITORY, SandboxProcess

AUTHORISED = {"state": "authorised", "rule": None, "message": None, "last_exchange_at": None}
NATIONAL = REPOSITORY / "inventories" / "national"
AGENT = ("agent-bench", "secret-bench")
AGENT_EMAIL = "agent-bench@essai.example"
NEW, ONBOARDED = "new", "onboarded"  # nothing is there yet; everything is
ISSUED_SECONDS = 600.0  # until the PSCE has issued a certificate for each
END_OF_CERTIFICATE = b"-----END CERTIFICATE-----\n"


@dataclass(frozen=True)
class Row:
    """What is declared of a collectivité. current: where its certificate lies, relative to the store."""

    siret: str
    name: str
    departement: str
    street: str
    postal_code: str
    city: str
    contact_email: str
    cycle: str
    provider: str

    @property
    def current(self) -> Path:
        return Path(self.siret) / "certificates" / self.provider / "current"


def own_agent(siret: str) -> tuple[str, str]:
    """Of a fleet where each has its own."""
    return f"agent-{siret}", f"secret-{siret}"


class Scene:
    """One such folder. prepare it once; `served` gives a running copy."""

    def __init__(self, root: Path, size: int, state: str, *, own_agents: bool = False) -> None:
        self.root = root
        self.size = size
        self.state = state
        self.own_agents = own_agents

    @property
    def rows(self) -> list[Row]:
        return [Row(**row) for row in json.loads((self.root / "fleet.json").read_text(encoding="utf-8"))]

    def prepare(self) -> None:
        rows = _inventory(self.root / "inventory", self.size)
        (self.root / "fleet.json").write_text(json.dumps([asdict(row) for row in rows]), encoding="utf-8")
        with SandboxProcess(self.root / "sandbox", self._policy(rows)) as running:
            _lay_certificates(rows, running, self.root / "store")
            if self.state == ONBOARDED:
                _seed(rows, running, self.root)
                _lay_copies(rows, running, self.root / "store")

    def _policy(self, rows: list[Row]) -> dict[str, Any]:
        """Everybody acts at once. Mandates come with the accounts where these exist before."""
        agents = [{"login": AGENT[0], "password": AGENT[1], "name": "Agent", "email": AGENT_EMAIL}]
        if self.own_agents:
            own = [(row.siret, *own_agent(row.siret)) for row in rows]
            agents += [
                {"login": login, "password": password, "name": "Agent", "email": f"{login}@essai.example", "mandates": [siret]}
                for siret, login, password in own
            ]
        policy: dict[str, Any] = {"control": "accept", "countersign": "accept", "issue": "accept", "sign": "accept", "agents": agents}
        if self.state == NEW:
            agents[0]["mandates"] = [row.siret for row in rows]
            policy["collectivites"] = {row.siret: {"name": row.name, "cycle": row.cycle} for row in rows}
        return policy

    @contextmanager
    def served(self, place: Path) -> Iterator[SandboxProcess]:
        """A copy of it at this place, whose sandbox runs; the place is empty again afterwards."""
        shutil.rmtree(place, ignore_errors=True)
        shutil.copytree(self.root, place, symlinks=True)
        running = SandboxProcess(place / "sandbox")
        running.policy_file = place / "sandbox.policy.yaml"
        try:
            with running:
                yield running
        finally:
            shutil.rmtree(place, ignore_errors=True)


def declare(place: Path, running: SandboxProcess, variables: dict[str, Any]) -> Path:
    """Write the inventory's group variables as plain values, so that nobody pays for lookups; the inventory's source."""
    endpoints = running.endpoints
    common = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "antai_profile": "sandbox",
        "antai_store": str(place / "store"),
        "antai_order_limit": 100_000,
        "antai_username": AGENT[0],
        "antai_password": AGENT[1],
    }
    for face in ("portal", "sifps"):
        common |= {f"antai_{face}_url": endpoints[face]["url"], f"antai_{face}_ca_file": endpoints[face]["ca_file"]}
    folder = place / "inventory" / "group_vars"
    folder.mkdir(exist_ok=True)
    (folder / "antai.yml").write_text(yaml.safe_dump(common | variables, allow_unicode=True), encoding="utf-8")
    return place / "inventory" / "collectivites.yml"


# How it is made


def _inventory(folder: Path, size: int) -> list[Row]:
    """Of this size, each with one provider and the agent of this bench."""
    subprocess.run(
        [sys.executable, str(NATIONAL / "make.py"), "--size", str(size), "--to", str(folder)], check=True, stdout=subprocess.DEVNULL
    )
    (folder / "people.yaml").unlink()
    shutil.copy(NATIONAL / "collectivites.yml", folder)
    table = folder / "communes.csv"
    with table.open(encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter=";"))
    for line in lines:
        line["Prestataire"] = line["Prestataire"].split("|")[0]
        line["Nom de l'agent mandaté"], line["Courriel de l'agent mandaté"] = "Agent", AGENT_EMAIL
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]), delimiter=";", lineterminator="\n")
        writer.writeheader()
        writer.writerows(lines)
    return [_row(line) for line in lines]


def _row(line: dict[str, str]) -> Row:
    return Row(
        siret=line["SIRET"],
        name=line["Nom officiel"],
        departement=line["Département"],
        street=line["Voie"],
        postal_code=line["Code postal"],
        city=line["Commune"],
        contact_email=line["Courriel de la collectivité"],
        cycle=line["Cycle de la convention"],
        provider=line["Prestataire"],
    )


def _lay_certificates(rows: list[Row], running: SandboxProcess, store: Path) -> None:
    """Key and certificate of each in the store, as a collectivité has them once it has picked them up."""
    keys = {}
    for row in rows:
        csr, key = make_csr(row.siret)
        drop(running.endpoints, _stem(row), csr)
        keys[row.siret] = key_pem(key)
    for row in rows:
        issued = await_file(_issued(row, running), ISSUED_SECONDS).read_bytes()
        leaf, chain = issued.split(END_OF_CERTIFICATE, 1)
        files = {KEY: keys[row.siret], CERTIFICATE: leaf + END_OF_CERTIFICATE, CHAIN: chain, FULL_CHAIN: issued}
        laid = Store(str(store), row.siret)
        laid.new_version(row.provider, files, link="current")
        # Proved a moment ago: nobody else here proves anything, so no way of running is charged with it.
        fingerprint = load_chain(files[CERTIFICATE], "certificate")[0].fingerprint
        keep_proofs(laid, {fingerprint: answered(AUTHORISED, utc_now(), None)}, frozenset({fingerprint}))


def _stem(row: Row) -> str:
    return f"{row.siret}-{row.provider}"


def _issued(row: Row, running: SandboxProcess) -> Path:
    return Path(running.endpoints["psce"]["pickup_folder"]) / f"{_stem(row)}.pem"


def _seed(rows: list[Row], running: SandboxProcess, root: Path) -> None:
    file = root / "seed.jsonl"
    file.write_text("\n".join(json.dumps(_existing(row, running)) for row in rows), encoding="utf-8")
    running.cli("seed", "--file", str(file), seconds=ISSUED_SECONDS)
    file.unlink()


def _existing(row: Row, running: SandboxProcess) -> dict[str, Any]:
    return {
        "siret": row.siret,
        "name": row.name,
        "cycle": row.cycle,
        "existing": {
            "agent": AGENT[0],
            "departement": row.departement,
            "address": {"voie": row.street, "code_postal": row.postal_code, "commune": row.city},
            "email": row.contact_email,
            "account": "active",
            "convention": "in_force",
            "certificates": [{"file": str(_issued(row, running)), "provider": row.provider}],
        },
    }


def _lay_copies(rows: list[Row], running: SandboxProcess, store: Path) -> None:
    """The countersigned conventions; what existed before the sandbox is one document for each cycle."""
    portal = PortalClient(running.endpoints, checked=False).login(*AGENT)
    copies: dict[str, bytes] = {}
    for row in rows:
        if row.cycle not in copies:
            convention = portal.space(row.siret)["conventions"][0]["id"]
            copies[row.cycle] = portal.call("GET", f"/api/espaces/{row.siret}/conventions/{convention}/document", 200).content
        opened = Store(str(store), row.siret)
        opened.write(opened.conventions(row.cycle) / "countersigned.pdf", copies[row.cycle])
