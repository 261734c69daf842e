# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A trusted list of the European Union (ETSI TS 119 612, XML) as a source of CA certificates: its signature, its dates, the CAs that are granted now.

It names qualified services (eIDAS, CA/QC), and never says RGS*: what is made of it is a CA's certificate with its doubts. The signature is verified
against a certificate that the user names, since who may sign a list is told by another list. Reads a file; the network is never asked.

Library: pyHanko[etsi], on the controller (pyHanko reads the services, signxml verifies XAdES).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ...module_utils._pki.leaf import is_ca
from ...module_utils._pki.parsed_certificate import ParsedCertificate, parse_certificate
from ...module_utils._pki.parsing import load_bundle
from ...module_utils.dates import parse_date
from ...module_utils.errors import InvalidInput, MissingLibrary
from ...module_utils.libraries import x509
from ...module_utils.user_files import read_regular
from .words import slug

PACKAGE = "pyHanko[etsi]"
# The greatest list of the EU has some 10 MB.
MOST_BYTES = 64 * 1024 * 1024
TSL = "{http://uri.etsi.org/02231/v2#}"
DOUBTS = "a trusted list names qualified services (eIDAS), none of RGS*: this is where the CA's certificate comes from, and no proof of its level"


@dataclass(frozen=True)
class ListedCa:
    """service: its name in the list. since: when its status was granted. reason: why the certificate is not taken, or empty."""

    ca: ParsedCertificate | None
    service: str
    since: datetime
    reason: str = ""


@dataclass(frozen=True)
class TrustedList:
    """territory: as FR. issued, next_update: its own dates; next_update None for a closed list. signer: subject of the certificate that signed it.

    unread: services that could not be read, each with the reason.
    """

    territory: str
    sequence: str
    issued: datetime
    next_update: datetime | None
    signer: str
    services: tuple[ListedCa, ...]
    unread: tuple[str, ...]

    def entry(self, listed: ListedCa, ca: ParsedCertificate, usage: list[str]) -> dict[str, Any]:
        """Of the trust store. No policies: which ones its leaves carry is not in the list."""
        name = ca.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        label = slug(str(name[0].value) if name else listed.service, "-") or "ca"
        source = (
            f"trusted list {self.territory}, sequence {self.sequence}, issued {self.issued:%Y-%m-%d}, service {listed.service!r}, "
            f"granted since {listed.since:%Y-%m-%d}; its signature by {self.signer} was verified"
        )
        return {
            "name": f"{label}-{ca.fingerprint[:8]}",
            "usage": usage,
            "source": source,
            "doubts": DOUBTS,
            "certificate": ca.pem.decode(),
        }


def read_trusted_list(path: Path, signer_path: Path, at: datetime) -> TrustedList:
    """The list, its signature verified. at: when it, and the certificate that signed it, must be in force. Raises AntaiError, OSError."""
    (signer,) = _one(load_bundle(read_regular(signer_path), str(signer_path)).certificates, signer_path)
    if not signer.not_before <= at <= signer.not_after:
        raise InvalidInput(
            "signer",
            f"{signer.named} is valid from {signer.not_before:%Y-%m-%d} to {signer.not_after:%Y-%m-%d}, not on {at:%Y-%m-%d}",
            "name the certificate that signs the present list; for an old list, give --as-of",
        )
    root = _verified(path, signer, at)
    issued, until = _dates(root)
    if issued > at:
        raise InvalidInput("trusted_list", f"{path} was issued on {issued:%Y-%m-%d}, after {at:%Y-%m-%d}", "correct --as-of")
    if until is None or until < at:
        told = f"was to be replaced on {until:%Y-%m-%d}" if until else "is closed"
        raise InvalidInput("trusted_list", f"{path} {told}: what it lists may have changed since", "fetch the present one, or give --as-of")
    services, unread = _services(root, at)
    info = root.find(f"{TSL}SchemeInformation")
    return TrustedList(_text(info, "SchemeTerritory"), _text(info, "TSLSequenceNumber"), issued, until, signer.named, services, unread)


def _one(certificates: tuple[ParsedCertificate, ...], path: Path) -> tuple[ParsedCertificate, ...]:
    if len(certificates) != 1:
        raise InvalidInput("signer", f"{path} holds {len(certificates)} certificates", "give the one that signs the list")
    return certificates


def _verified(path: Path, signer: ParsedCertificate, at: datetime) -> Any:
    """The root element that was signed, as the verifier returns it: nothing of the file is read that the signature does not cover."""
    try:
        from lxml.etree import LxmlError
        from signxml.exceptions import SignXMLException
        from signxml.xades import XAdESSignatureConfiguration, XAdESVerifier
    except ImportError as error:
        raise MissingLibrary([f"{PACKAGE} is missing"], [PACKAGE]) from error
    wanted = XAdESSignatureConfiguration(require_x509=True, expect_references=True, verification_time=at)
    try:
        parts = XAdESVerifier().verify(read_regular(path, MOST_BYTES), x509_cert=signer.x509, expect_config=wanted)
    except (SignXMLException, LxmlError, ValueError) as error:
        raise InvalidInput(
            "trusted_list",
            f"{path}: {signer.named} has not signed this list as it stands: {' '.join(str(error).split())[:300]}",
            "fetch the list and its signer's certificate anew; the European list of lists names who signs which",
        ) from error
    signed = [part.signed_xml for part in parts if part.signed_xml is not None and part.signed_xml.tag == f"{TSL}TrustServiceStatusList"]
    if len(signed) != 1:
        raise InvalidInput(
            "trusted_list", f"{path}: the signature does not cover a trusted list", "give the XML of one list (ETSI TS 119 612)"
        )
    return signed[0]


def _dates(root: Any) -> tuple[datetime, datetime | None]:
    info = root.find(f"{TSL}SchemeInformation")
    following = info.find(f"{TSL}NextUpdate/{TSL}dateTime") if info is not None else None
    try:
        return _instant(_text(info, "ListIssueDateTime")), None if following is None else _instant(following.text or "")
    except ValueError as error:
        raise InvalidInput("trusted_list", "does not say when it was issued, and until when", "give the XML of one list") from error


def _instant(text: str) -> datetime:
    return parse_date(text).astimezone(timezone.utc)


def _text(parent: Any, name: str) -> str:
    found = parent.find(f"{TSL}{name}") if parent is not None else None
    return (found.text or "").strip() if found is not None else ""


def _services(root: Any, at: datetime) -> tuple[tuple[ListedCa, ...], tuple[str, ...]]:
    """(the CAs of services that are granted now, each certificate once; what could not be read)."""
    try:
        from lxml import etree
        from pyhanko.sign.validation.qualified.eutl_parse import read_qualified_service_definitions
        from pyhanko.sign.validation.qualified.tsp import CAServiceInformation
    except ImportError as error:
        raise MissingLibrary([f"{PACKAGE} is missing"], [PACKAGE]) from error
    found: dict[str, ListedCa] = {}
    definitions, unread = _collected(read_qualified_service_definitions(etree.tostring(root, encoding="unicode")))
    for definition in definitions:
        base = definition.base_info
        if not isinstance(definition, CAServiceInformation) or base.valid_until is not None:
            continue
        for certificate in base.provider_certs:
            der = certificate.dump()
            found.setdefault(der.hex(), _listed(der, base.service_name, base.valid_from, at))
    return tuple(found.values()), tuple(unread)


def _collected(definitions: Any) -> tuple[list[Any], list[str]]:
    """(the services, what could not be read of them): pyHanko's reader yields the former, and returns the latter at its end."""
    found: list[Any] = []
    while True:
        try:
            found.append(next(definitions))
        except StopIteration as end:
            return found, [str(error) for error in end.value or ()]


def _listed(der: bytes, service: str, since: datetime, at: datetime) -> ListedCa:
    try:
        ca = parse_certificate(der)
    except Exception as error:  # of a certificate in a list, whatever it is: the others are none the worse for it
        return ListedCa(None, service, since, f"its certificate cannot be read ({' '.join(str(error).split())[:200]})")
    if not is_ca(ca):
        return ListedCa(ca, service, since, "its certificate is no CA's")
    return ListedCa(ca, service, since, f"has ended on {ca.not_after:%Y-%m-%d}" if ca.not_after < at else "")
