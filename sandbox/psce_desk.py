# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The PSCE's counter: CSRs come in psce/in, certificates leave by psce/out, refusals by psce/rejected."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509

from sandbox import bad_certificates, defects, ports, psce, psce_register
from sandbox.policy import SandboxPolicy
from sandbox.sandbox_state import SandboxState
from sandbox.state_paths import StatePaths, write_atomically
from sandbox.tls import public_pem

SUFFIXES = (".csr", ".pem")
MAXIMUM_BYTES = 64 * 1024


@dataclass(frozen=True)
class Outcome:
    name: str
    issued: Path | None
    reason: str | None = None


IssueFilter = Callable[[tuple[str, ...]], bool]


def served_by_policy(policy: SandboxPolicy) -> IssueFilter:
    """Whom the clerk serves at once. What names nobody is refused at once too: no person could do better."""
    return lambda named: all(policy.decide("issue", siret).kind == "accept" for siret in named)


@contextmanager
def _desk_lock(paths: StatePaths) -> Iterator[None]:
    """The server and a person at the keyboard never serve the same CSR twice."""
    with paths.psce_lock.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class PsceDesk:
    def __init__(self, sandbox: SandboxState) -> None:
        self.sandbox = sandbox
        self.paths = sandbox.paths
        self.authority = psce.load_authority(sandbox.paths)
        # Files that wait for a person, or are still being written: not read again until they change.
        self._unserved: dict[str, tuple[int, int]] = {}

    def serve(self, is_served: IssueFilter) -> list[Outcome]:
        """Treat each waiting CSR whose identifiers are `wanted`; the others stay."""
        changed = [entry for entry in self._waiting() if self._unserved.get(entry.name) != self._stamp(entry)]
        if not changed:
            return []
        outcomes = []
        with _desk_lock(self.paths):
            for entry in changed:
                outcome = self._treat(Path(entry.path), is_served, self.sandbox.clock.now())
                if outcome:
                    outcomes.append(outcome)
                    self._unserved.pop(entry.name, None)
                else:
                    self._unserved[entry.name] = self._stamp(entry)
        return outcomes

    def order(self, stem: str, csr: bytes, is_served: IssueFilter) -> bytes | None:
        """Lay this CSR in the folder, unless its certificate is there; None while it waits for a person."""
        issued, waiting = self.paths.psce_out / f"{stem}.pem", self.paths.psce_in / f"{stem}.csr"
        if not issued.exists():
            if not waiting.exists():
                write_atomically(waiting, csr)
            for outcome in self.serve(is_served):
                if outcome.name == waiting.name and outcome.reason:
                    raise psce.BadRequest(outcome.reason)
        return issued.read_bytes() if issued.exists() else None

    @staticmethod
    def named_in(folder: Path) -> tuple[str, ...]:
        """The SIRENs and SIRETs of the CSRs that wait."""
        numbers: list[str] = []
        for path in folder.iterdir() if folder.is_dir() else ():
            try:
                numbers += psce.read_csr(path.read_bytes(), x509.load_pem_x509_csr)[1]
            except (ValueError, OSError):
                continue
        return tuple(numbers)

    def _waiting(self) -> list[os.DirEntry[str]]:
        with os.scandir(self.paths.psce_in) as entries:
            return sorted((e for e in entries if e.name.endswith(SUFFIXES) and not e.name.startswith(".")), key=lambda e: e.name)

    @staticmethod
    def _stamp(entry: os.DirEntry[str]) -> tuple[int, int]:
        try:
            status = entry.stat()
        except FileNotFoundError:
            return (0, 0)
        return status.st_mtime_ns, status.st_size

    def _treat(self, path: Path, is_served: IssueFilter, now: datetime) -> Outcome | None:
        try:
            content = path.read_bytes() if path.stat().st_size <= MAXIMUM_BYTES else b"-----END too large-----"
        except OSError:
            return None  # gone, or not a file: nothing to serve
        try:
            csr, named = psce.read_csr(content, x509.load_pem_x509_csr)
        except ValueError as error:
            # Without its last line it is still being written.
            return self._reject(path, f"this is no CSR in PEM: {error}") if b"-----END" in content else None
        if not is_served(named):
            return None
        try:
            chain = self._issue(csr, named, now)
        except psce.BadRequest as error:
            return self._reject(path, str(error))
        issued = self.paths.psce_out / f"{path.stem}.pem"
        write_atomically(issued, chain, 0o644)
        path.replace(self.paths.psce_done / path.name)
        return Outcome(path.name, issued)

    def _issue(self, csr: x509.CertificateSigningRequest, named: tuple[str, ...], now: datetime) -> bytes:
        """Leaf, then issuing CA. In the register before anybody can pick it up: what is out can be revoked."""
        db = self.sandbox.db
        profile = psce.profile_for(self.authority, csr, now)
        profile = bad_certificates.spoil(profile, defects.take(db, defects.ISSUING, named), now)
        leaf = psce.issue(self.authority, profile, ports.urls(db))
        psce_register.add(db, leaf)
        return public_pem(leaf) + public_pem(self.authority.certificate)

    def _reject(self, path: Path, reason: str) -> Outcome:
        text = f"{path.name} was refused by the sandbox's PSCE (not a real one): {reason}\n"
        write_atomically(self.paths.psce_rejected / f"{path.stem}.txt", text.encode(), 0o644)
        path.replace(self.paths.psce_rejected / path.name)
        return Outcome(path.name, None, reason)
