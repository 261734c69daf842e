# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contract between the collection and any profile: operations, the values they may use, the records they answer with.

ANTAI's own interface is not public; these names are ours. A profile says how each operation is spoken over HTTP.

No operation is indispensable by itself: a profile says which ones do not exist, and `without` says what that means. What it must have is
one way to see something: account_get, or exchange_query.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._plan.records import AccessRequestRecord, AccountFields, AccountRecord, ConventionRecord, DialogueAnswer, ListedCertificate

CLASSES = ("read", "write", "session")
FACES = ("portal", "sifps")


@dataclass(frozen=True)
class RecordSpec:
    """How an answer is turned into a record of _plan/records.py. fields: names of strings (or None). states: our names of the states, for the field `state`.

    needed: fields that a profile must read; the others are None where it does not. essential: states without which nothing advances.
    days and instants: fields that are dates; they may come in a format of the server's own. identity: the field that tells one from another.
    """

    fields: tuple[str, ...]
    states: tuple[str, ...]
    needed: tuple[str, ...] = ("state",)
    essential: tuple[str, ...] = ()
    days: tuple[str, ...] = ()
    instants: tuple[str, ...] = ("since",)
    identity: str = "siret"


_ACCOUNT = ("siret", *AccountFields.__annotations__)

# Fields that are SHA-256, of a certificate or of a document; they may come in another form.
HASHES = ("fingerprint", "sha256", "countersigned_sha256")

# In place of a state: the convention is signed by both, and its dates say whether it is upcoming, in force or ended.
BY_DATES = "by_dates"

RECORDS: dict[str, RecordSpec] = {
    "account": RecordSpec(
        tuple(AccountRecord.__annotations__), ("under_control", "refused", "active", "closed"), ("siret", "state"), ("active",)
    ),
    "request": RecordSpec(tuple(AccessRequestRecord.__annotations__), ("under_control", "refused", "accepted"), essential=("accepted",)),
    "convention": RecordSpec(
        tuple(ConventionRecord.__annotations__),
        ("submitted", "refused", "upcoming", "in_force", "ended", BY_DATES),
        ("cycle", "state"),
        ("in_force",),
        days=("start", "end"),
        identity="id",
    ),
    # fingerprint: or another identity of the certificate, until it is known (see the formats of profile/format.py).
    "certificate": RecordSpec(
        tuple(ListedCertificate.__annotations__),
        ("active", "inactive"),
        ("fingerprint", "state"),
        ("active", "inactive"),
        instants=("since", "not_before", "not_after", "last_exchange_at"),
        identity="fingerprint",
    ),
    "dialogue": RecordSpec(
        tuple(DialogueAnswer.__annotations__),
        ("authorised", "known_inactive", "refused", "unknown"),
        essential=("authorised",),
        instants=("last_exchange_at",),
        identity="fingerprint",
    ),
}


@dataclass(frozen=True)
class Operation:
    """face: which server, where the profile does not say. kind: read, write or session. values: placeholders a profile may use.

    answer: one (a record), many (a list of records), document (bytes), space (account, conventions and certificates), none.
    without: what the absence of the operation means. left_out: it need not even be declared absent.
    """

    face: str
    kind: str
    values: tuple[str, ...]
    answer: str
    record: str | None = None
    without: str = ""
    left_out: bool = False


# Of a certificate: certificate_pem and certificate_der only where the certificate lies on this machine.
_CERTIFICATE = ("fingerprint", "sha1", "serial", "certificate_pem", "certificate_der")
_HAND = "it is done by hand in the space, and a run waits until it sees it"

OPERATIONS: dict[str, Operation] = {
    "account_request": Operation(
        "portal", "write", (*_ACCOUNT, "agent_name", "agent_email"), "none", without=f"the space cannot be asked for: {_HAND}"
    ),
    "account_request_get": Operation(
        "portal",
        "read",
        ("siret", "agent_email"),
        "one",
        "request",
        without="a request cannot be followed: without access to the space, its state is unknown",
    ),
    "account_get": Operation(
        "portal",
        "read",
        ("siret",),
        "one",
        "account",
        without="the space cannot be seen: account, convention and activation are unknown, and a run waits on people for them",
    ),
    "account_update": Operation("portal", "write", _ACCOUNT, "none", without=f"the account cannot be changed: {_HAND}"),
    "account_close": Operation("portal", "write", ("siret",), "none", without=f"the account cannot be closed: {_HAND}"),
    "convention_blank": Operation(
        "portal", "read", ("cycle",), "document", without="no blank is laid in the store: whoever signs gets it himself"
    ),
    "convention_list": Operation(
        "portal",
        "read",
        ("siret",),
        "many",
        "convention",
        without="conventions are unknown: nothing is uploaded, and an activation is tried without knowing whether it is signed (R2)",
    ),
    "convention_upload": Operation(
        "portal",
        "write",
        ("siret", "cycle", "filename", "document", "document_sha256", "document_size"),
        "none",
        without=f"a signed convention cannot be uploaded: {_HAND}",
    ),
    "convention_document": Operation(
        "portal", "read", ("siret", "id"), "document", without="the countersigned copy is not laid in the store"
    ),
    "certificate_list": Operation(
        "portal",
        "read",
        ("siret",),
        "many",
        "certificate",
        without="certificates are known by exchange_query only: those whose key is elsewhere are unknown, and `exclusive` waits on people",
    ),
    "certificate_activate": Operation(
        "portal", "write", ("siret", *_CERTIFICATE), "none", without=f"a certificate cannot be activated: {_HAND}"
    ),
    "certificate_deactivate": Operation(
        "portal", "write", ("siret", *_CERTIFICATE), "none", without=f"a certificate cannot be deactivated: {_HAND}"
    ),
    "certificate_remove": Operation("portal", "write", ("siret", *_CERTIFICATE), "none", without="`absent` means inactive", left_out=True),
    "certificate_install": Operation(
        "sifps",
        "write",
        ("siret", "provider", *_CERTIFICATE),
        "none",
        without="a certificate cannot be installed: whoever holds its key does it, and a run waits until it sees it",
    ),
    "exchange_query": Operation(
        "sifps",
        "read",
        ("siret", *_CERTIFICATE),
        "one",
        "dialogue",
        without="the dialogue cannot be proved: it is unknown, and `last_exchange_at` of the space is all there is",
    ),
    "space_list": Operation(
        "portal",
        "read",
        (),
        "space",
        without="all collectivités are read from the three lists below, or one by one; without account_list, the *_info modules need a SIRET",
        left_out=True,
    ),
    "account_list": Operation("portal", "read", (), "many", "account", without="see space_list", left_out=True),
    "convention_list_all": Operation(
        "portal",
        "read",
        (),
        "many",
        "convention",
        without="beside account_list, conventions are read one collectivité at a time",
        left_out=True,
    ),
    "certificate_list_all": Operation(
        "portal",
        "read",
        (),
        "many",
        "certificate",
        without="beside account_list, certificates are read one collectivité at a time",
        left_out=True,
    ),
}

# What a profile may name as `{record.field}`: the record is looked up first, by the operation that reads it and the values that find it.
LOOKUPS: dict[str, tuple[str, tuple[str, ...]]] = {
    "account": ("account_get", ("siret",)),
    "request": ("account_request_get", ("siret", "agent_email")),
    "convention": ("convention_list", ("siret", "id")),
    "certificate": ("certificate_list", ("siret", "fingerprint")),
}
# Values that a profile may use in any operation. uuid: new for each request; now: an aware UTC instant.
COMMON_VALUES = ("now", "uuid", "username", "editor_id", "client_id")
# Words of ours that a profile may write in its own way (`values`), with all of them where they are few.
WORDS: dict[str, tuple[str, ...]] = {"cycle": ("complet", "partiel")}
