# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the space and the SI FPS say of a certificate, as typed records: the catalogue of operations (catalogue.py, RECORDS) in Python's types.

A field that the profile of an interface does not read is None. Instants are RFC 3339 in UTC.
"""

from __future__ import annotations

from typing import TypedDict


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
