# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of a convention, and the resources that they describe."""

from __future__ import annotations

import base64
import binascii
from pathlib import PurePath
from typing import Any

from ..._options.declaration import FIELDS
from ..._options.spec import Spec, checked, declared_options
from ..._pdf.document import MOST_MIB, Document, holds_document
from ..._pdf.document_evaluation import DocumentExpectations
from ..._pdf.document_rules import RULE_NAMES
from ..._pdf.form_mapping import SOURCES, FormMapping, parse_form_mapping
from ..._pki.parsing import MAX_AUTHORITIES, load_bundle
from ..._pki.renewal import RenewalPolicy
from ..._pki.verdict import Override, check_overrides
from ...errors import InvalidInput
from ...siret import check_siret
from ..kinds import DeclaringKind, Needs
from .convention import Convention
from .plan import DeclaredConvention
from .prefill import Prefill

PEM_MARK = "-----BEGIN CERTIFICATE-----"


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


# The signed convention, and the one that is to follow it; their contents, where the action has read them.
DOCUMENTS = ("convention_document", "convention_next_document")


CONTENTS: Spec = {"document_content": {"type": "str"}, "next_document_content": {"type": "str"}}


CHECKS = ("document_overrides", "document_max_mib", "signature_anchors")


def convention(parameters: dict[str, Any]) -> Convention:
    siret, agent_email = check_siret(parameters["siret"]), checked(parameters, "agent_email")
    declared = DeclaredConvention(
        siret,
        parameters["cycle"],
        declared_document(parameters),
        path=parameters["document"],
        next_document=declared_document(parameters, "next_document"),
        next_path=parameters["next_document"],
        policy=RenewalPolicy(tuple(parameters["convention_renewal_days"]), "convention_renewal_days"),
        agent_email=agent_email,
    )
    return Convention(declared, expected_document(parameters).judge)


def prefill(parameters: dict[str, Any]) -> Prefill:
    siret, form = check_siret(parameters["siret"]), parse_form_mapping(parameters["form"])
    return Prefill(siret, parameters["cycle"], form_values(parameters), form, following=parameters["next_period"])


def expected_document(parameters: dict[str, Any]) -> DocumentExpectations:
    """What a signed convention is held against. Raises InvalidInput for what would be ignored or unexplained."""
    overrides = [Override(entry["rule"], entry["outcome"], entry["reason"]) for entry in parameters["document_overrides"] or ()]
    check_overrides(overrides, RULE_NAMES, "document_overrides")
    if not 0 < parameters["document_max_mib"] <= MOST_MIB:
        raise InvalidInput("document_max_mib", f"must be above 0 and at most {MOST_MIB}", "a convention of a few pages is below 5")
    return DocumentExpectations(
        cycle=parameters["cycle"],
        siret=check_siret(parameters["siret"]) if parameters["siret"] else None,
        name=parameters["name"],
        values=form_values(parameters),
        form=parse_form_mapping(parameters["form"]) if parameters["form"] is not None else FormMapping(),
        overrides=tuple(overrides),
        anchors=_anchors(parameters["signature_anchors"]),
        max_mib=parameters["document_max_mib"],
    )


# Of what a form can be filled with: what is declared as it is.
DECLARED_SOURCES = tuple(source for source in SOURCES if "." not in source and source not in ("siren", "address"))


def form_values(parameters: dict[str, Any]) -> dict[str, str | None]:
    """What a form can be filled with, by the sources of _pdf/form_mapping.py; None where it is not declared. Raises InvalidInput."""
    address = parameters.get("address") or {}
    parts = {field: (address.get(field) or "").strip() for field in ("street", "postal_code", "city")}
    siret = parameters["siret"]
    FIELDS["address"].element("postal_code").checked(parts["postal_code"] or None, "address.postal_code")
    values = {field: FIELDS[field].checked(parameters.get(field) or None) for field in DECLARED_SOURCES}
    town = " ".join(filter(None, (parts["postal_code"], parts["city"])))
    return values | {
        "siren": siret[:9] if siret else None,
        "address": ", ".join(filter(None, (parts["street"], town))) or None,
        **{f"address.{field}": value or None for field, value in parts.items()},
    }


def _anchors(certificates: list[str] | None) -> tuple[str, ...]:
    """PEM, as the action read it. Raises InvalidInput."""
    for rank, certificate in enumerate(certificates or (), 1):
        if PEM_MARK not in certificate:  # it is not shown: it may be a key
            raise InvalidInput(
                "signature_anchors", f"number {rank} is no certificate in PEM", "give the path of a PEM file on the controller"
            )
        load_bundle(certificate.encode(), "signature_anchors", most=MAX_AUTHORITIES)
    return tuple(certificates or ())


def declared_document(parameters: dict[str, Any], option: str = "document") -> Document | None:
    """The content that the action read on the controller; None where the document is not there (yet)."""
    content = parameters[f"{option}_content"]
    if content is None:
        return None
    name = PurePath(parameters[option] or "convention.pdf").name
    try:
        return Document(name, base64.b64decode(content, validate=True))
    except binascii.Error as error:
        raise InvalidInput(
            f"{option}_content", "is not base64", f"give the file with `{option}`, or its content with the filter b64encode"
        ) from error


CONVENTION = DeclaringKind(
    declared_options("siret", "cycle", *DOCUMENTS, "convention_renewal_days", "agent_email", *FOR_THE_FORM, *CHECKS) | CONTENTS,
    convention,
    Needs(documents=holds_document),
)


CONVENTION_PREFILL = DeclaringKind(
    declared_options("siret", "cycle", "departement", "agent_name", "agent_email", *FOR_THE_FORM)
    | {"form": FIELDS["form"].spec(required=True), "next_period": {"type": "bool", "default": False}},
    prefill,
)
