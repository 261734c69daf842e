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
from sandbox.contract import Operation
from sandbox.errors import Refusal
from sandbox.rules import Certificate
from sandbox.sessions import parse_basic, password_matches
from sandbox.world import World

CACHED_CERTIFICATES = 4096


@dataclass(frozen=True)
class Presented:
    """A client certificate, read once."""

    empreinte: str
    sujet: str
    emetteur: str
    facts: Certificate


@dataclass(frozen=True)
class Identity:
    who: str = "-"
    login: str | None = None
    certificate: Presented | None = None

    def check_mandate(self, world: World, siret: str | None) -> None:
        """The same 403 whether the collectivité exists or not."""
        if self.login is None or siret is None:
            return
        if world.db.one("SELECT 1 FROM mandat WHERE login = ? AND siret = ?", self.login, siret) is None:
            raise Refusal(403, "MANDAT", f"Vous n'êtes pas mandaté pour le SIRET {siret}.")


# --- portal ---


def of_agent(world: World, operation: Operation, request: web.BaseRequest) -> Identity:
    if "xsrf" in operation.security:
        header = request.headers.get("X-Xsrf-Token", "")
        if not world.sessions.xsrf_is_ours(header, _cookie(request, "XSRF-TOKEN")):
            raise Refusal(403, "XSRF", "L'en-tête X-Xsrf-Token ne répète pas le cookie XSRF-TOKEN donné par /api/init.")
    authorization = request.headers.get("Authorization", "")
    if "basic" in operation.security:
        return _by_password(world, authorization)
    if "bearer" in operation.security:
        return _by_token(world, authorization)
    return Identity()


def _cookie(request: web.BaseRequest, name: str) -> str:
    for part in request.headers.get("Cookie", "").split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value.strip('"')
    return ""


def _unauthorised(message: str, scheme: str) -> Refusal:
    return Refusal(401, "AUTHENTIFICATION", message, headers={"WWW-Authenticate": f'{scheme} realm="sandbox"'})


def _by_password(world: World, authorization: str) -> Identity:
    given = parse_basic(authorization)
    if given is None:
        raise _unauthorised("Identifiant et mot de passe attendus (HTTP Basic).", "Basic")
    row = world.db.one("SELECT login, password FROM agent WHERE login = ?", given[0])
    if row is None or not password_matches(given[1], row["password"]):
        raise _unauthorised("Identifiant ou mot de passe incorrect.", "Basic")
    return Identity(row["login"], row["login"])


def _by_token(world: World, authorization: str) -> Identity:
    scheme, _, token = authorization.partition(" ")
    login = world.sessions.login_of(token.strip(), world.clock.now()) if scheme.lower() == "bearer" else None
    if login is None or world.db.one("SELECT 1 FROM agent WHERE login = ?", login) is None:
        raise _unauthorised("Jeton absent, inconnu ou expiré.", "Bearer")
    return Identity(login, login)


# --- PSCE ---


def of_est_account(world: World, operation: Operation, request: web.BaseRequest) -> Identity:
    """Nobody asks who reads the CA certificates, a CRL or OCSP."""
    if "est" not in operation.security:
        return Identity()
    login, password = parse_basic(request.headers.get("Authorization", "")) or ("", "")
    account = world.policy.est_account(login)
    if account is None or not hmac.compare_digest(account["password"].encode(), password.encode()):
        raise _unauthorised("Login and password of an EST account are needed (HTTP Basic).", "Basic")
    return Identity(login)


# --- SI FPS ---

_presented: OrderedDict[str, Presented] = OrderedDict()


def of_certificate(world: World, operation: Operation, request: web.BaseRequest) -> Identity:
    connection = request.get_extra_info("ssl_object")
    der = connection.getpeercert(binary_form=True) if isinstance(connection, ssl.SSLObject) else None
    if not der:
        raise Refusal(403, "CERTIFICAT_ABSENT", "Aucun certificat client n'est présenté.")
    certificate = presented(der)
    return Identity(certificate.empreinte, certificate=certificate)


def presented(der: bytes) -> Presented:
    empreinte = sha256(der).hexdigest()
    known = _presented.get(empreinte)
    if known is None:
        certificate = x509.load_der_x509_certificate(der)
        known = Presented(
            empreinte,
            certificate.subject.rfc4514_string(),
            certificate.issuer.rfc4514_string(),
            Certificate(
                psce.identifiers(certificate.subject), moment(certificate.not_valid_before_utc), moment(certificate.not_valid_after_utc)
            ),
        )
        _presented[empreinte] = known
        if len(_presented) > CACHED_CERTIFICATES:
            _presented.popitem(last=False)
    return known
