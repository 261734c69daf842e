# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to declarations: the argument specs of the modules, and the resources that their parameters describe.

Everything that can be refused by looking at it is refused here, before any request.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from .declaration import BEHAVIOUR, CONNECTION, FIELDS
from .documents import Document, check_pdf
from .errors import InvalidInput
from .pki.judging import Judging
from .pki.request import DEFAULT_KEY_TYPE, KEY_TYPES, Subject
from .pki.rgs import ALL_RULES
from .pki.trust import read_store
from .pki.verdict import Override, check_overrides
from .resources.account import Account
from .resources.base import Resource
from .resources.certificate import STATES as CERTIFICATE_STATES
from .resources.certificate import Certificates, Declared
from .resources.certificate_request import CertificateRequest, Order
from .resources.convention import Convention
from .siret import check_siret
from .store import check_label

REQUIRED = ("siret", "certificates")
PRESENCE = ("present", "absent")

Spec = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Kind:
    """One declaring module: its options, and the resource that its parameters make."""

    spec: Spec
    build: Callable[[dict[str, Any]], Resource]


def _options(*names: str) -> Spec:
    return {FIELDS[name].option_name: FIELDS[name].spec(required=True) if name in REQUIRED else FIELDS[name].spec() for name in names}


def connection_spec() -> Spec:
    """Options that every module takes: how to speak with ANTAI, as whom, and where to keep things."""
    return {each.option_name: each.spec() for each in CONNECTION}


JUDGING_SPEC = _options("trust_store", "unreachable_revocation", "rule_overrides")


def behaviour_spec() -> Spec:
    """Options of the modules that change something."""
    return {each.option_name: each.spec() for each in BEHAVIOUR}


def _state(choices: tuple[str, ...], default: str) -> Spec:
    return {"state": {"type": "str", "choices": list(choices), "default": default}}


CERTIFICATE_STATE = _state(CERTIFICATE_STATES, "active")


def account(parameters: dict[str, Any]) -> Account:
    address = parameters["address"] or {}
    declared = {
        "name": parameters["name"],
        "departement": _checked(parameters, "departement"),
        "street": address.get("street"),
        "postal_code": FIELDS["address"].element("postal_code").checked(address.get("postal_code"), "address.postal_code"),
        "city": address.get("city"),
        "contact_email": _checked(parameters, "contact_email"),
        "agent_name": parameters["agent_name"],
        "agent_email": _checked(parameters, "agent_email"),
    }
    return Account(check_siret(parameters["siret"]), declared, present=parameters["state"] == "present", reopen=parameters["reopen"])


def convention(parameters: dict[str, Any]) -> Convention:
    siret, email = check_siret(parameters["siret"]), _checked(parameters, "agent_email")
    return Convention(siret, parameters["cycle"], _document(parameters), expected=parameters["document"], agent_email=email)


def certificate_request(parameters: dict[str, Any]) -> CertificateRequest:
    siret, provider = check_siret(parameters["siret"]), check_label(parameters["provider"])
    name = _text(parameters, "name", 64)  # ub-organization-name of RFC 5280
    common_name = _text({"common_name": parameters["common_name"] or f"FPS {provider}"}, "common_name", 64)
    order = Order(
        Subject(siret, name, common_name), provider, parameters["key_type"], parameters["drop_folder"], parameters["pickup_folder"]
    )
    return CertificateRequest(order, present=parameters["state"] == "present")


def certificates(parameters: dict[str, Any]) -> Certificates:
    siret, email = check_siret(parameters["siret"]), _checked(parameters, "agent_email")
    declared = [declared_certificate(each, parameters["state"]) for each in parameters["certificates"]]
    identities = [each.fingerprint or each.certificate or each.provider for each in declared]
    for identity in identities:
        if identities.count(identity) > 1:
            raise InvalidInput("certificates", f"{identity} is declared twice", "declare each certificate once")
    return Certificates(siret, declared, exclusive=parameters["exclusive"], agent_email=email, judging=judging_if_declared(parameters))


def judging_if_declared(parameters: dict[str, Any]) -> Judging | None:
    """None where no trust store is declared: nothing is judged."""
    return None if parameters.get("trust_store") is None else judging(parameters)


def judging(parameters: dict[str, Any]) -> Judging:
    """Raises InvalidInput for a store or an override that cannot be used."""
    overrides = [Override(each["rule"], each["outcome"], each["reason"]) for each in parameters["overrides"]]
    check_overrides(overrides, ALL_RULES)
    return Judging(read_store(parameters["trust_store"]), parameters["unreachable"], tuple(overrides))


def declared_certificate(item: dict[str, Any], state: str) -> Declared:
    """One entry of the list `certificates`; state: what it is to be where the entry does not say so itself."""
    fingerprint = FIELDS["certificates"].element("fingerprint").checked(item.get("fingerprint"), "certificates.fingerprint")
    if item.get("private_key") and not item.get("certificate"):
        raise InvalidInput(
            "certificates.private_key", "is declared without its certificate", "declare both files, or neither (the store's own are used)"
        )
    return Declared(
        check_label(item["provider"], "certificates.provider"),
        item.get("state") or state,
        fingerprint,
        item.get("certificate"),
        item.get("private_key"),
    )


def onboarding(parameters: dict[str, Any]) -> list[Resource]:
    """Every resource of one collectivité, in the order of the road: whatever can advance advances, whoever else is waited for."""
    requests = [
        certificate_request(
            parameters
            | {"common_name": item.get("common_name"), "provider": item["provider"], "key_type": item["key_type"], "state": "present"}
        )
        for item in to_be_there(parameters)
        if not item.get("fingerprint") and not item.get("certificate")
    ]
    return [account(parameters | {"state": "present"}), *requests, convention(parameters), certificates(parameters)]


def to_be_there(parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """The entries of `certificates` that are to be installed; `state` stands for those that do not say it themselves."""
    return [item for item in parameters["certificates"] if (item.get("state") or parameters["state"]) in ("present", "active")]


DECLARING: dict[str, Kind] = {
    "account": Kind(
        _options("siret", "name", "departement", "address", "contact_email", "agent_name", "agent_email", "reopen")
        | _state(PRESENCE, "present"),
        account,
    ),
    "convention": Kind(
        _options("siret", "cycle", "convention_document", "agent_email") | {"document_content": {"type": "str"}},
        convention,
    ),
    "certificate_request": Kind(
        _options("siret")
        | {
            "provider": {"type": "str", "required": True},
            "name": {"type": "str", "required": True},
            "common_name": {"type": "str"},
            "key_type": {"type": "str", "choices": list(KEY_TYPES), "default": DEFAULT_KEY_TYPE, "no_log": False},
        }
        | _options("drop_folder", "pickup_folder")
        | _state(PRESENCE, "present"),
        certificate_request,
    ),
    "certificates": Kind(
        _options("siret", "certificates", "exclusive", "agent_email") | CERTIFICATE_STATE | JUDGING_SPEC,
        certificates,
    ),
}


def _document(parameters: dict[str, Any]) -> Document | None:
    """The content that the action read on the controller; None where the document is not there (yet)."""
    content = parameters["document_content"]
    if content is None:
        return None
    name = PurePath(parameters["document"] or "convention.pdf").name
    try:
        return check_pdf(name, base64.b64decode(content, validate=True))
    except binascii.Error as error:
        raise InvalidInput(
            "document_content", "is not base64", "give the file with `document`, or its content with the filter b64encode"
        ) from error


def _checked(parameters: dict[str, Any], name: str) -> str | None:
    return FIELDS[name].checked(parameters.get(name))


def _text(parameters: dict[str, Any], field: str, longest: int) -> str:
    value = parameters[field].strip()
    if not value or len(value.encode()) > longest:  # the library that makes the request counts bytes
        raise InvalidInput(
            field,
            f"{parameters[field]!r} must have 1 to {longest} characters (an accented one counts double)",
            "shorten it: it stands in the certificate's subject",
        )
    return value
