# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is asking: an agent of the portal by XSRF and token, a machine of the SI FPS by its certificate, an account of the PSCE."""

from __future__ import annotations

import hmac
import ssl
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256

from aiohttp import web
from cryptography import x509

from sandbox import psce
from sandbox.clock import moment
from sandbox.contract import ContractOperation
from sandbox.errors import Refusal
from sandbox.rules import CertificateFacts
from sandbox.sandbox_state import SandboxState
from sandbox.sessions import parse_basic, password_matches

CACHED_CERTIFICATES = 4096


@dataclass(frozen=True)
class PresentedCertificate:
    """A client certificate, read once."""

    empreinte: str
    sujet: str
    emetteur: str
    facts: CertificateFacts


@dataclass(frozen=True)
class Caller:
    who: str = "-"
    login: str | None = None
    certificate: PresentedCertificate | None = None

    def check_mandate(self, sandbox: SandboxState, siret: str | None) -> None:
        """The same 403 whether the collectivité exists or not."""
        if self.login is None or siret is None:
            return
        if sandbox.db.fetch_one("SELECT 1 FROM mandat WHERE login = ? AND siret = ?", self.login, siret) is None:
            raise Refusal(403, "MANDAT", f"Vous n'êtes pas mandaté pour le SIRET {siret}.")


# --- portal ---


def portal_caller(sandbox: SandboxState, operation: ContractOperation, request: web.BaseRequest) -> Caller:
    if "xsrf" in operation.security:
        header = request.headers.get("X-Xsrf-Token", "")
        if not sandbox.sessions.xsrf_is_ours(header, _cookie(request, "XSRF-TOKEN")):
            raise Refusal(403, "XSRF", "L'en-tête X-Xsrf-Token ne répète pas le cookie XSRF-TOKEN donné par /api/init.")
    authorization = request.headers.get("Authorization", "")
    if "basic" in operation.security:
        return _by_password(sandbox, authorization)
    if "bearer" in operation.security:
        return _by_token(sandbox, authorization)
    return Caller()


def _cookie(request: web.BaseRequest, name: str) -> str:
    for part in request.headers.get("Cookie", "").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value.strip('"')
    return ""


def _unauthorised(message: str, scheme: str) -> Refusal:
    return Refusal(401, "AUTHENTIFICATION", message, headers={"WWW-Authenticate": f'{scheme} realm="sandbox"'})


def _by_password(sandbox: SandboxState, authorization: str) -> Caller:
    credentials = parse_basic(authorization)
    if credentials is None:
        raise _unauthorised("Identifiant et mot de passe attendus (HTTP Basic).", "Basic")
    row = sandbox.db.fetch_one("SELECT login, password FROM agent WHERE login = ?", credentials[0])
    if row is None or not password_matches(credentials[1], row["password"]):
        raise _unauthorised("Identifiant ou mot de passe incorrect.", "Basic")
    return Caller(row["login"], row["login"])


def _by_token(sandbox: SandboxState, authorization: str) -> Caller:
    scheme, _, token = authorization.partition(" ")
    login = sandbox.sessions.login_of(token.strip(), sandbox.clock.now()) if scheme.lower() == "bearer" else None
    if login is None or sandbox.db.fetch_one("SELECT 1 FROM agent WHERE login = ?", login) is None:
        raise _unauthorised("Jeton absent, inconnu ou expiré.", "Bearer")
    return Caller(login, login)


# --- PSCE ---


def est_caller(sandbox: SandboxState, operation: ContractOperation, request: web.BaseRequest) -> Caller:
    """Nobody asks who reads the CA certificates, a CRL or OCSP."""
    if "est" not in operation.security:
        return Caller()
    login, password = parse_basic(request.headers.get("Authorization", "")) or ("", "")
    account = sandbox.policy.est_account(login)
    if account is None or not hmac.compare_digest(account["password"].encode(), password.encode()):
        raise _unauthorised("Login and password of an EST account are needed (HTTP Basic).", "Basic")
    return Caller(login)


# --- SI FPS ---

_read_certificates: OrderedDict[str, PresentedCertificate] = OrderedDict()


def sifps_caller(sandbox: SandboxState, operation: ContractOperation, request: web.BaseRequest) -> Caller:
    connection = request.get_extra_info("ssl_object")
    der = connection.getpeercert(binary_form=True) if isinstance(connection, ssl.SSLObject) else None
    if not der:
        raise Refusal(403, "CERTIFICAT_ABSENT", "Aucun certificat client n'est présenté.")
    certificate = read_certificate(der)
    return Caller(certificate.empreinte, certificate=certificate)


def read_certificate(der: bytes) -> PresentedCertificate:
    empreinte = sha256(der).hexdigest()
    presented_certificate = _read_certificates.get(empreinte)
    if presented_certificate is None:
        certificate = x509.load_der_x509_certificate(der)
        presented_certificate = PresentedCertificate(
            empreinte,
            certificate.subject.rfc4514_string(),
            certificate.issuer.rfc4514_string(),
            CertificateFacts(
                psce.identifiers(certificate.subject), moment(certificate.not_valid_before_utc), moment(certificate.not_valid_after_utc)
            ),
        )
        _read_certificates[empreinte] = presented_certificate
        if len(_read_certificates) > CACHED_CERTIFICATES:
            _read_certificates.popitem(last=False)
    return presented_certificate
