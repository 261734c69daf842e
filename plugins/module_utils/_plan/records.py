# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The records that operations answer with, as the rest of the collection reads them: catalogue.py takes their fields from here.

Names and states are ours: ANTAI's own are not public. A field that a profile does not read is None. Moments are RFC 3339, days ISO 8601.
"""

from __future__ import annotations

from typing import TypedDict


class AccountFields(TypedDict):
    """What a user declares of a space and ANTAI shows, in the order of results and diffs."""

    name: str | None
    departement: str | None
    street: str | None
    postal_code: str | None
    city: str | None
    contact_email: str | None


class AccountRecord(AccountFields):
    """The space of a collectivité. state: under_control, refused, active or closed. since: start of the state. reason: why ANTAI refused."""

    siret: str
    state: str
    since: str | None
    reason: str | None


class AccessRequestRecord(AccountFields):
    """The request for a space, as its public follow-up shows it. state: under_control, refused or accepted. agent_email: None where it is not shown."""

    siret: str | None
    agent_name: str | None
    agent_email: str | None
    state: str
    since: str | None
    reason: str | None


class ConventionRecord(TypedDict):
    """state: submitted, refused, upcoming, in_force or ended. start, end: days, the end included (R6).

    sha256: of the document as it was uploaded; countersigned_sha256: of the copy that ANTAI has countersigned.
    """

    id: str | None
    cycle: str
    state: str
    since: str | None
    reason: str | None
    start: str | None
    end: str | None
    sha256: str | None
    countersigned_sha256: str | None


class ListedCertificate(TypedDict):
    """A certificate as the space lists it. fingerprint: SHA-256 of the DER, lower-case hexadecimal. state: active or inactive, since `since`."""

    fingerprint: str
    provider: str
    subject: str | None
    issuer: str | None
    state: str
    since: str | None
    not_before: str | None
    not_after: str | None
    last_exchange_at: str | None


class DialogueAnswer(TypedDict):
    """What the SI FPS answers to a certificate. state: authorised, known_inactive, refused or unknown. rule: the one that refuses, by the server's
    name; message: the server's words. fingerprint: None where it knows no such certificate."""

    fingerprint: str | None
    state: str
    rule: str | None
    message: str | None
    last_exchange_at: str | None


# The answer to a certificate that the SI FPS does not know.
NO_ANSWER: DialogueAnswer = {"fingerprint": None, "state": "unknown", "rule": None, "message": None, "last_exchange_at": None}
