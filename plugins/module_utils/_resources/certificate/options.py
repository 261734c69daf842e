# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of certificates and of their orders, and the resources that they describe."""

from __future__ import annotations

import base64
import binascii
import unicodedata
from typing import Any

from ..._enrolment.est import EstService
from ..._enrolment.order_sheet import Contact
from ..._http.client_certificate import ClientCertificate
from ..._http.endpoints import check_timeout
from ..._http.proxy import proxy_settings
from ..._interface.connection import server_url
from ..._options.choices import CERTIFICATE_STATES, DEFAULT_KEY_TYPE, KEY_TYPE_NAMES
from ..._options.declaration import CERTIFICATE, FIELDS, KEYS
from ..._options.spec import CONTACT, ORDERING_NAMES, PRESENCE, Spec, checked, declared_options, state_option
from ..._options.switch import declared_switch
from ..._pki.request import Subject
from ..._store.layout import check_label
from ...errors import InvalidInput
from ...siret import check_siret
from ..kinds import DeclaringKind
from .certificate import Certificates, Scope
from .evaluation_options import JUDGING_SPEC, VALIDATION, judging_if_declared
from .key_pair import Source
from .observed_certificate import DeclaredCertificate
from .order import Order
from .request import CertificateRequest

# ub-organization-name and ub-common-name (RFC 5280, appendix A.1; ITU-T X.520).
LONGEST_IN_SUBJECT = 64


MADE_ELSEWHERE = ("certificate", "private_key", "certificate_content", "private_key_content", "passphrase")


CERTIFICATE_STATE = state_option(CERTIFICATE_STATES, "active")


def certificate_request(parameters: dict[str, Any]) -> CertificateRequest:
    """The order that these parameters of antai_certificate_request declare. Raises InvalidInput."""
    return CertificateRequest(declared_order(parameters), present=parameters["state"] == "present")


def declared_order(parameters: dict[str, Any]) -> Order:
    """What these parameters of an ordering module order, and how. Raises InvalidInput."""
    siret, provider = check_siret(parameters["siret"]), check_label(parameters["provider"])
    common_name = _subject_text(parameters["common_name"] or f"FPS {provider}", "common_name")
    return Order(
        Subject(siret, _organisation(parameters), common_name),
        provider,
        parameters["key_type"],
        parameters["drop_folder"],
        parameters["pickup_folder"],
        psce_ca_file=parameters["psce_ca_file"],
        est=_est(parameters),
        source=source(parameters),
        passphrase=parameters["passphrase"],
        contact=Contact(parameters["agent_name"], parameters["agent_email"], parameters["contact_email"]),
        language=parameters["language"],
        limit=_order_limit(parameters["order_limit"]),
        adopted=tuple(check_siret(siret, "store_adopt") for siret in parameters["store_adopt"] or ()),
    )


def _order_limit(number: int) -> int:
    """Raises InvalidInput."""
    if number < 0:
        raise InvalidInput(
            "order_limit", f"{number} is out of range", "antai_order_limit must be a whole number, 0 or more; nothing was ordered"
        )
    return number


def _est(parameters: dict[str, Any]) -> EstService | None:
    """The PSCE's service, where one is declared."""
    url = server_url(parameters, "est_url")
    if not url:
        return None
    certificate, key = parameters["est_certificate"], parameters["est_private_key"]
    if bool(certificate) != bool(key):
        raise InvalidInput(
            "est_certificate", "is declared without its key, or the key without it", "declare est_certificate and est_private_key"
        )
    client = ClientCertificate(certificate, key) if certificate else None
    return EstService(
        url,
        parameters["est_ca_file"],
        parameters["est_username"],
        parameters["est_password"],
        client,
        check_timeout(parameters["timeout"], "timeout"),
        proxy_settings(parameters),
    )


def source(item: dict[str, Any], prefix: str = "") -> Source | None:
    """A certificate that is declared itself, as a file or as content, with its key or without."""
    path, content = item.get("certificate"), item.get("certificate_content")
    key_path, key_content = item.get("private_key"), item.get("private_key_content")
    if (path and content) or (key_path and key_content):
        raise InvalidInput(
            f"{prefix}{'certificate' if path and content else 'private_key'}", "is declared as a file and as content", "declare one of both"
        )
    if not path and not content:
        if key_path or key_content:
            name = "private_key" if key_path else "private_key_content"
            raise InvalidInput(
                f"{prefix}{name}", "is declared without its certificate", "declare both, or neither (the store's own are used)"
            )
        return None
    return Source(path, key_path, _content(content, prefix) if content else None, key_content, item.get("passphrase"))


def _content(content: str, prefix: str) -> bytes:
    if "-----BEGIN " in content:
        return content.encode()
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except binascii.Error as error:
        raise InvalidInput(
            f"{prefix}certificate_content",
            "is neither PEM nor base64",
            "give PEM as text, and PKCS#12 or DER in base64, as ansible.builtin.slurp does",
        ) from error


def certificates(parameters: dict[str, Any]) -> Certificates:
    """The list of certificates that these parameters of antai_certificate declare. Raises InvalidInput."""
    siret, email = check_siret(parameters["siret"]), checked(parameters, "agent_email")
    declared = [declared_certificate(entry, parameters["state"]) for entry in parameters["certificates"]]
    identities = [certificate.fingerprint or certificate.certificate or certificate.provider for certificate in declared]
    for identity in identities:
        if identities.count(identity) > 1:
            raise InvalidInput("certificates", f"{identity} is declared twice", "declare each certificate once")
    moving = declared_switch(parameters)
    switched = frozenset({moving.giving, moving.taking}) if moving else frozenset()
    return Certificates(
        siret,
        declared,
        scope=Scope(parameters["exclusive"], switched),
        agent_email=email,
        judging=judging_if_declared(parameters),
    )


def declared_certificate(item: dict[str, Any], state: str) -> DeclaredCertificate:
    """One entry of the list `certificates`; state: what it is to be where the entry does not say so itself."""
    fingerprint = FIELDS["certificates"].element("fingerprint").checked(item.get("fingerprint"), "certificates.fingerprint")
    declared = source(item, "certificates.")
    if item.get("keep") and not declared:
        raise InvalidInput(
            "certificates.keep", "is declared without a certificate to be kept", "declare certificate or certificate_content"
        )
    label, declared_state, elsewhere = (
        check_label(item["provider"], "certificates.provider"),
        item.get("state") or state,
        keys_elsewhere(item),
    )
    if not declared or item.get("keep"):  # one that is kept is the store's from then on
        return DeclaredCertificate(label, declared_state, fingerprint, elsewhere=elsewhere)
    source_fields = (
        declared.certificate,
        declared.private_key,
        declared.certificate_content,
        declared.private_key_content,
        declared.passphrase,
    )
    return DeclaredCertificate(label, declared_state, fingerprint, *source_fields, elsewhere=elsewhere)


def keys_elsewhere(item: dict[str, Any]) -> bool:
    """Whether this entry's keys are somebody else's, who installs his own. Raises InvalidInput where it declares a key all the same."""
    if item.get("keys") != KEYS[1]:
        return False
    key = next((name for name in ("keep", "private_key", "private_key_content") if item.get(name)), None)
    if key:
        raise InvalidInput("certificates.keys", f"says {KEYS[1]}, and {key} is declared, too", "declare one of both")
    return True


def order_of(item: dict[str, Any]) -> dict[str, Any]:
    """The parameters of one entry's order."""
    names = (
        "provider",
        "key_type",
        "common_name",
        "passphrase",
        "certificate",
        "private_key",
        "certificate_content",
        "private_key_content",
    )
    return {name: item.get(name) for name in names}


def is_ordered(item: dict[str, Any]) -> bool:
    """Whether the store is to hold this entry's certificate: from the PSCE, or declared and kept. Raises InvalidInput as keys_elsewhere does."""
    if keys_elsewhere(item):
        return False
    return bool(item.get("keep")) or not any(item.get(name) for name in ("fingerprint", "certificate", "certificate_content"))


def to_be_there(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of `certificates` that are to be installed; `state` stands for those that do not say it themselves."""
    return [item for item in parameters["certificates"] if (item.get("state") or parameters["state"]) in ("present", "active")]


# What an order is made from.
PROVIDER: Spec = {
    "provider": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "certificate_organisation": FIELDS["certificate_organisation"].spec(),
    "common_name": {"type": "str"},
    "key_type": {"type": "str", "choices": list(KEY_TYPE_NAMES), "default": DEFAULT_KEY_TYPE, "no_log": False},
}


# A certificate whose key or files are not the store's; the passphrase opens a PKCS#12 that the PSCE delivers, too.
ELSEWHERE: Spec = {
    option.name: option.spec()
    for option in CERTIFICATE
    if option.name in ("fingerprint", "keys", "certificate", "certificate_content", "passphrase")
}


class OrganisationTooLong(InvalidInput):
    """The official name does not go into a certificate, and nothing shorter is declared. Of one collectivité; no other is concerned."""


def _organisation(parameters: dict[str, Any]) -> str:
    """What stands in the certificate's O: an organisation of its own, else the official name, which the account keeps whatever it is."""
    if parameters.get("certificate_organisation"):
        return _subject_text(str(checked(parameters, "certificate_organisation")), "certificate_organisation")
    name = parameters["name"].strip()
    if len(name) > LONGEST_IN_SUBJECT:
        raise OrganisationTooLong(
            "name",
            f"{parameters['name']!r} has {len(name)} characters; the organisation (O) of a certificate has at most {LONGEST_IN_SUBJECT}",
            "declare a shorter form for certificates alone, which the PSCE accepts: certificate_organisation (antai_certificate_organisation)",
        )
    return _subject_text(name, "name")


def _subject_text(value: str, field: str) -> str:
    """Bounds count characters, not bytes (X.520: ub-organization-name and ub-common-name are those of a DirectoryString)."""
    text = unicodedata.normalize("NFC", value.strip())
    if not text or len(text) > LONGEST_IN_SUBJECT:
        raise InvalidInput(
            field, f"{value!r} must have 1 to {LONGEST_IN_SUBJECT} characters", "shorten it: it stands in the certificate's subject"
        )
    return text


CERTIFICATE_REQUEST = DeclaringKind(
    declared_options("siret")
    | PROVIDER
    | {option.name: option.spec() for option in CERTIFICATE if option.name in MADE_ELSEWHERE}
    | declared_options(*CONTACT, *ORDERING_NAMES)
    | state_option(PRESENCE, "present"),
    certificate_request,
)


CERTIFICATES = DeclaringKind(
    declared_options("siret", "certificates", "exclusive", "switch", "agent_email") | CERTIFICATE_STATE | JUDGING_SPEC,
    certificates,
    VALIDATION,
)
