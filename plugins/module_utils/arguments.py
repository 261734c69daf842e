# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to declarations: the argument specs of the modules, and the resources that their parameters describe.

Everything that can be refused by looking at it is refused here, before any request.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Any

from .declaration import BEHAVIOUR, CONNECTION, FIELDS
from .documents import MOST_MIB, Document
from .errors import InvalidInput
from .pdf.checks import RULE_NAMES
from .pdf.judging import Expected
from .pdf.mapping import SOURCES, FormMap, read_form_map
from .pki.parsing import load_bundle
from .pki.request import DEFAULT_KEY_TYPE, KEY_TYPES, Subject
from .pki.verdict import Override, check_overrides
from .resources.account import Account
from .resources.base import Resource
from .resources.certificate import STATES as CERTIFICATE_STATES
from .resources.certificate import Certificates, Declared
from .resources.certificate_request import CertificateRequest, Order
from .resources.convention import Convention
from .resources.prefill import Prefill
from .siret import check_siret
from .store import check_label

EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
POSTAL_CODE = re.compile(r"[0-9]{5}")
DEPARTEMENT = re.compile(r"[0-9]{2}|2[AB]|97[0-9]|98[0-9]")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
PEM_MARK = "-----BEGIN CERTIFICATE-----"
# Something that shows, and nothing that controls a printer or a terminal.
ONE_LINE = re.compile(r"\s*[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*")
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
REQUIRED = ("siret", "certificates")
PRESENCE = ("present", "absent")

Spec = dict[str, dict[str, Any]]

# What a convention is filled with, besides its cycle and the SIRET, and what a signed one is checked against.
FOR_THE_FORM = (
    "name",
    "address",
    "contact_email",
    "signatory_name",
    "signatory_function",
    "deliberation_number",
    "deliberation_date",
    "form",
)
CHECKS = ("document_overrides", "document_max_mib", "signature_anchors")


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
        "departement": _matching(parameters, "departement", DEPARTEMENT, "two digits, 2A, 2B, 97x or 98x"),
        "street": address.get("street"),
        "postal_code": _checked("address.postal_code", address.get("postal_code"), POSTAL_CODE, "five digits, quoted"),
        "city": address.get("city"),
        "contact_email": _matching(parameters, "contact_email", EMAIL, "an e-mail address"),
        "agent_name": parameters["agent_name"],
        "agent_email": _matching(parameters, "agent_email", EMAIL, "an e-mail address"),
    }
    return Account(check_siret(parameters["siret"]), declared, present=parameters["state"] == "present", reopen=parameters["reopen"])


def convention(parameters: dict[str, Any]) -> Convention:
    siret, email = check_siret(parameters["siret"]), _matching(parameters, "agent_email", EMAIL, "an e-mail address")
    document, judge = _document(parameters), expected_document(parameters).judge
    return Convention(siret, parameters["cycle"], document, expected=parameters["document"], agent_email=email, judge=judge)


def prefill(parameters: dict[str, Any]) -> Prefill:
    siret, form = check_siret(parameters["siret"]), read_form_map(parameters["form"])
    return Prefill(siret, parameters["cycle"], form_values(parameters), form)


def expected_document(parameters: dict[str, Any]) -> Expected:
    """What a signed convention is held against. Raises InvalidInput for what would be ignored or unexplained."""
    overrides = [Override(each["rule"], each["outcome"], each["reason"]) for each in parameters["document_overrides"] or ()]
    check_overrides(overrides, RULE_NAMES, "document_overrides")
    if not 0 < parameters["document_max_mib"] <= MOST_MIB:
        raise InvalidInput("document_max_mib", f"must be above 0 and at most {MOST_MIB}", "a convention of a few pages is below 5")
    return Expected(
        cycle=parameters["cycle"],
        siret=check_siret(parameters["siret"]) if parameters["siret"] else None,
        name=parameters["name"],
        values=form_values(parameters),
        form=read_form_map(parameters["form"]) if parameters["form"] is not None else FormMap(),
        overrides=tuple(overrides),
        anchors=_anchors(parameters["signature_anchors"]),
        max_mib=parameters["document_max_mib"],
    )


def form_values(parameters: dict[str, Any]) -> dict[str, str | None]:
    """What a form can be filled with, by the sources of pdf/mapping.py; None where it is not declared. Raises InvalidInput."""
    address = parameters.get("address") or {}
    parts = {field: (address.get(field) or "").strip() for field in ("street", "postal_code", "city")}
    siret = parameters["siret"]
    values = {field: parameters.get(field) or None for field in SOURCES if "." not in field and field not in ("siren", "address")}
    _checked("address.postal_code", parts["postal_code"] or None, POSTAL_CODE, "five digits, quoted")
    for field in ("contact_email", "agent_email"):
        _matching(values, field, EMAIL, "an e-mail address")
    _checked_day("deliberation_date", values["deliberation_date"])
    for field in ("signatory_name", "signatory_function", "deliberation_number"):
        _matching(values, field, ONE_LINE, "one line of text")
    town = " ".join(filter(None, (parts["postal_code"], parts["city"])))
    return values | {
        "siren": siret[:9] if siret else None,
        "address": ", ".join(filter(None, (parts["street"], town))) or None,
        **{f"address.{field}": value or None for field, value in parts.items()},
    }


def _checked_day(field: str, value: str | None) -> None:
    try:
        if value is not None:
            date.fromisoformat(value if DAY.fullmatch(value) else "")
    except ValueError as error:
        raise InvalidInput(field, f"{value!r} is not a day", "write it as YYYY-MM-DD; the form's own order is made from it") from error


def _anchors(given: list[str] | None) -> tuple[str, ...]:
    """PEM, as the action read it. Raises InvalidInput."""
    for each in given or ():
        if PEM_MARK not in each:
            raise InvalidInput(
                "signature_anchors", f"{each[:80]!r} is no certificate in PEM", "give the path of a PEM file on the controller"
            )
        load_bundle(each.encode(), "signature_anchors")
    return tuple(given or ())


def certificate_request(parameters: dict[str, Any]) -> CertificateRequest:
    siret, provider = check_siret(parameters["siret"]), check_label(parameters["provider"])
    name = _text(parameters, "name", 64)  # ub-organization-name of RFC 5280
    common_name = _text({"common_name": parameters["common_name"] or f"FPS {provider}"}, "common_name", 64)
    order = Order(
        Subject(siret, name, common_name), provider, parameters["key_type"], parameters["drop_folder"], parameters["pickup_folder"]
    )
    return CertificateRequest(order, present=parameters["state"] == "present")


def certificates(parameters: dict[str, Any]) -> Certificates:
    siret, email = check_siret(parameters["siret"]), _matching(parameters, "agent_email", EMAIL, "an e-mail address")
    declared = [declared_certificate(each, parameters["state"]) for each in parameters["certificates"]]
    identities = [each.fingerprint or each.certificate or each.provider for each in declared]
    for identity in identities:
        if identities.count(identity) > 1:
            raise InvalidInput("certificates", f"{identity} is declared twice", "declare each certificate once")
    return Certificates(siret, declared, exclusive=parameters["exclusive"], agent_email=email)


def declared_certificate(item: dict[str, Any], state: str) -> Declared:
    """One entry of the list `certificates`; state: what it is to be where the entry does not say so itself."""
    fingerprint = item.get("fingerprint")
    if fingerprint is not None:
        fingerprint = fingerprint.replace(":", "").lower()
        _checked("certificates.fingerprint", fingerprint, FINGERPRINT, "a SHA-256: 64 hexadecimal digits")
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
        _options("siret", "cycle", "convention_document", "agent_email", *FOR_THE_FORM, *CHECKS) | {"document_content": {"type": "str"}},
        convention,
    ),
    "convention_prefill": Kind(
        _options("siret", "cycle", "departement", "agent_name", "agent_email", *FOR_THE_FORM)
        | {"form": FIELDS["form"].spec(required=True)},
        prefill,
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
        _options("siret", "certificates", "exclusive", "agent_email") | CERTIFICATE_STATE,
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
        return Document(name, base64.b64decode(content, validate=True))
    except binascii.Error as error:
        raise InvalidInput(
            "document_content", "is not base64", "give the file with `document`, or its content with the filter b64encode"
        ) from error


def _matching(parameters: dict[str, Any], field: str, pattern: re.Pattern[str], wanted: str) -> str | None:
    return _checked(field, parameters.get(field), pattern, wanted)


def _checked(field: str, value: str | None, pattern: re.Pattern[str], wanted: str) -> str | None:
    if value is not None and not pattern.fullmatch(value):
        raise InvalidInput(field, f"{value!r} is not {wanted}", "correct the declaration", value=value)
    return value


def _text(parameters: dict[str, Any], field: str, longest: int) -> str:
    value = parameters[field].strip()
    if not value or len(value.encode()) > longest:  # the library that makes the request counts bytes
        raise InvalidInput(
            field,
            f"{parameters[field]!r} must have 1 to {longest} characters (an accented one counts double)",
            "shorten it: it stands in the certificate's subject",
        )
    return value
