# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract between the collection and any profile: operations, the values they may use, the records they answer with.

ANTAI's own interface is not public; these names are ours. A profile says how each operation is spoken over HTTP.
"""

from __future__ import annotations

from dataclasses import dataclass

CLASSES = ("read", "write", "session")
FACES = ("portal", "sifps")


@dataclass(frozen=True)
class Record:
    """What an answer is turned into. fields: names of strings (or None). states: our names of the states, for the field `state`."""

    fields: tuple[str, ...]
    states: tuple[str, ...]


RECORDS: dict[str, Record] = {
    # reason: why ANTAI refused. since: start of the state. agent_email is None where the interface does not show it.
    "account": Record(
        ("siret", "name", "departement", "street", "postal_code", "city", "contact_email", "state", "since", "reason"),
        ("under_control", "refused", "active", "closed"),
    ),
    "request": Record(
        (
            "siret",
            "name",
            "departement",
            "street",
            "postal_code",
            "city",
            "contact_email",
            "agent_name",
            "agent_email",
            "state",
            "since",
            "reason",
        ),
        ("under_control", "refused", "accepted"),
    ),
    # start and end: ISO dates, end included (R6). sha256 of the document as uploaded and of the countersigned copy.
    "convention": Record(
        ("id", "cycle", "state", "since", "reason", "start", "end", "sha256", "countersigned_sha256"),
        ("submitted", "refused", "upcoming", "in_force", "ended"),
    ),
    # fingerprint: SHA-256 of the DER, lower-case hexadecimal.
    "certificate": Record(
        ("fingerprint", "provider", "subject", "issuer", "state", "since", "not_before", "not_after", "last_exchange_at"),
        ("active", "inactive"),
    ),
    # rule: the rule that refuses, as the server names it.
    "dialogue": Record(
        ("fingerprint", "state", "rule", "message", "last_exchange_at"),
        ("authorised", "known_inactive", "refused", "unknown"),
    ),
}


@dataclass(frozen=True)
class Operation:
    """face: which server. kind: read, write or session. values: placeholders a profile may use. answer: what must come back.

    answer: one (a record), many (a list of records), document (bytes), space (account, conventions and certificates), none.
    """

    face: str
    kind: str
    values: tuple[str, ...]
    answer: str
    record: str | None = None
    optional: bool = False


_ADDRESS = ("street", "postal_code", "city")
_ACCOUNT = ("siret", "name", "departement", *_ADDRESS, "contact_email")

OPERATIONS: dict[str, Operation] = {
    "account_request": Operation("portal", "write", (*_ACCOUNT, "agent_name", "agent_email"), "none"),
    "account_request_get": Operation("portal", "read", ("siret", "agent_email"), "one", "request"),
    "account_get": Operation("portal", "read", ("siret",), "one", "account"),
    "account_update": Operation("portal", "write", _ACCOUNT, "none"),
    "account_close": Operation("portal", "write", ("siret",), "none"),
    "convention_blank": Operation("portal", "read", ("cycle",), "document"),
    "convention_list": Operation("portal", "read", ("siret",), "many", "convention"),
    "convention_upload": Operation("portal", "write", ("siret", "cycle", "filename", "document"), "none"),
    "convention_document": Operation("portal", "read", ("siret", "id"), "document"),
    "certificate_list": Operation("portal", "read", ("siret",), "many", "certificate"),
    "certificate_activate": Operation("portal", "write", ("siret", "fingerprint"), "none"),
    "certificate_deactivate": Operation("portal", "write", ("siret", "fingerprint"), "none"),
    "certificate_remove": Operation("portal", "write", ("siret", "fingerprint"), "none", optional=True),
    "certificate_install": Operation("sifps", "write", ("siret", "provider"), "none"),
    "exchange_query": Operation("sifps", "read", ("siret",), "one", "dialogue"),
    "space_list": Operation("portal", "read", (), "space", optional=True),
}
