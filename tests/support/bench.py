# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A workbench: one sandbox, one store, and the modules run against both."""

from __future__ import annotations

import base64
import os
import time
from pathlib import Path
from typing import Any

import yaml

from tests.support.interfaces import INTERFACES, Interface
from tests.support.keys import await_file
from tests.support.run_module import Result, run_module
from tests.support.sandbox_process import REPOSITORY, SandboxProcess
from tests.support.values import AGENT, SIRET

Listing = dict[str, tuple[int, str | bytes]]
ACCOUNT: dict[str, Any] = {
    "siret": SIRET,
    "name": "Lyon",
    "departement": "69",
    "address": {"street": "1 place de la Comédie", "postal_code": "69001", "city": "Lyon"},
    "contact_email": "stationnement@lyon.example",
    "agent_name": "Agent",
    "agent_email": "agent@essai.example",
}
FORM: dict[str, Any] = yaml.safe_load((REPOSITORY / "plugins/plugin_utils/_shipped/forms/sandbox.yml").read_text(encoding="utf-8"))
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


class Bench:
    """`run` adds the connection's options to a module's own; `login` None: without credentials; `editor`: (id, key)."""

    def __init__(self, running: SandboxProcess, folder: Path, interface: Interface = INTERFACES["sandbox"]) -> None:
        self.running = running
        self.interface = interface
        self.store = folder / "store"
        self.folder = folder
        self.login: tuple[str, str] | None = AGENT
        self.editor: tuple[str, str] | None = None
        self.fingerprint = ""  # of the certificate that a test's preparation has made

    @property
    def endpoints(self) -> dict[str, Any]:
        return self.running.endpoints

    def connection(self) -> dict[str, Any]:
        options: dict[str, Any] = {"store": str(self.store), "language": "en", "timeout": 20, "profile": self.interface.content()}
        for face, where in self.interface.faces(self.running.endpoints).items():
            options |= {f"{face}_url": where["url"], f"{face}_ca_file": where["ca_file"]}
        if self.login:
            options |= {"username": self.login[0], "password": self.login[1]}
        if self.editor:
            options |= {"editor_id": self.editor[0], "editor_key": self.editor[1]}
        return options

    def run(self, module: str, *, check: bool = False, **arguments: Any) -> Result:
        """The result, failed or not. An option given as None is left out."""
        parameters = self.connection() | arguments
        return run_module(module, {name: value for name, value in parameters.items() if value is not None}, check=check)

    def done(self, module: str, **arguments: Any) -> Result:
        """The result of a run that must not fail."""
        result = self.run(module, **arguments)
        assert not result.get("failed"), result["msg"]
        return result

    # What everybody could see of it

    def requests(self, **filters: Any) -> list[dict[str, Any]]:
        return self.running.requests(**filters)

    def writes(self) -> list[str]:
        return [line["operation"] for line in self.running.requests(operation_class="write")]

    def listing(self) -> Listing:
        return listing(self.store)

    # People

    def people(self, command: str, siret: str = SIRET, **options: str) -> None:
        words = [word for name, value in options.items() for word in (f"--{name}", value)]
        self.running.cli(command, siret, *words)

    def signed(self, siret: str = SIRET) -> str:
        """The convention that the mayor signs now, as document_content."""
        self.people("sign", siret)
        return encoded((Path(self.endpoints["signed_folder"]) / f"{siret}.pdf").read_bytes())

    def fault(self, operation: str, kind: str, **options: Any) -> None:
        words = [word for name, value in options.items() for word in (f"--{name.replace('_', '-')}", str(value))]
        self.running.cli("fault", "add", "--operation", operation, "--kind", kind, *words)

    def certificate(self, provider: str = "essai", siret: str = SIRET, key_type: str = "ec-p256", **options: Any) -> str:
        """Order a certificate and pick it up (the PSCE must issue at once, by policy); its fingerprint. options: others of the order."""
        folders = {f"{name}_folder": self.endpoints["psce"][f"{name}_folder"] for name in ("drop", "pickup")}
        order = {"siret": siret, "provider": provider, "name": "Lyon", "key_type": key_type, **folders, **options}
        self.done("antai_certificate_request", **order)
        await_file(Path(folders["pickup_folder"]) / f"{siret}-{provider}.pem")
        fingerprint: str = self.done("antai_certificate_request", **order)["certificate_request"]["fingerprint"]
        return fingerprint

    def request(self, provider: str = "essai", siret: str = SIRET, key_type: str = "ec-p256") -> None:
        """Make the request alone: a clock that is moved afterwards does not stand in its way."""
        self.done("antai_certificate_request", siret=siret, provider=provider, name="Lyon", key_type=key_type)

    def key_pair(self, provider: str = "essai", siret: str = SIRET) -> tuple[Path, Path]:
        current = self.store / siret / "certificates" / provider / "current"
        return current / "certificate.pem", current / "key.pem"


def listing(folder: Path) -> Listing:
    """Everything under a folder: mode, and content or target. Locks are no content, but they are there."""
    listing: Listing = {}
    for path in sorted(folder.rglob("*")):
        content = os.readlink(path) if path.is_symlink() else (path.read_bytes() if path.is_file() else b"")
        listing[str(path.relative_to(folder))] = (path.lstat().st_mode, content)
    return listing


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def codes(result: Result) -> list[str]:
    """Of the steps."""
    return [step["code"] for step in result["steps"]]


def waits(result: Result) -> list[tuple[str, str]]:
    """(who, code of the reason) of everything that is waited for."""
    return [(waiting["on"], waiting["next_action"]["code"]) for waiting in result["waiting"]]


def eventually(condition: Any, seconds: float = 20.0) -> None:
    """Await a condition, and fail the test where it does not come."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)
