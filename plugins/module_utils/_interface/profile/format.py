# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The format of a profile, as data: every key, its shape, and what it says.

From here come the structural check (rules.py), the JSON Schema (plugins/plugin_utils/_shipped/profiles/profile.schema.json) and the reference in
docs/profile.md; plugin_utils/profile_reference.py writes the last two.
"""

from __future__ import annotations

from ..auth.methods import SHAPES as AUTHENTICATIONS
from ..auth.names import HEADER
from ..catalogue import CLASSES, FACES, OPERATIONS, RECORDS
from .schema import Anything, Expression, Flag, Items, Key, Mapping, Null, Number, OneOf, Shape, Table, Text, Variants, With

# What an answer can mean.
MEANINGS = ("success", "not_there", "forbidden", "already_done", "conflict", "unauthenticated", "refused", "busy")
# Those that have a key of their own, a list of HTTP statuses.
BY_STATUS = ("success", "not_there", "forbidden", "already_done", "conflict", "unauthenticated")
FORMS = ("json", "form", "multipart", "raw")
JOB_STATES = ("pending", "done", "failed")
# Formats of a field that are no dates: how a certificate is identified. What is not SHA-256 is compared with the certificates that lie here.
IDENTITIES = ("hex", "base64", "pem", "sha1", "serial", "serial_decimal")

TEXT = Text()
LINE = Text(description="a text on one line", pattern=r"[^\r\n]*")
ASCII_LINE = Text(description="printable ASCII on one line", pattern=r"[!-~]([ -~]*[!-~])?")
TEMPLATE = Text(description="a text, with placeholders")
EXPRESSION = Expression()
SCALAR = OneOf(TEXT, Number(-1e15, 1e15, whole=False), Flag(), called="a text, a number, true or false")
STATUS = Number(100, 599)
STATUSES = Items(STATUS, "HTTP statuses")
METHOD = Text(choices=("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"))
MEDIA_TYPE = Text(description="a media type", pattern=r"[\w.+*-]+/[\w.+*-]+(; ?[\w=.-]+)*")
REQUEST_PATH = Text(description="a path that begins with one / and has neither ? nor # nor spaces", pattern=r"/([^/\s?#][^\s?#]*)?")


FIELD: Shape = OneOf(
    EXPRESSION,
    Mapping(
        "field",
        {
            "at": Key(EXPRESSION, "Where the value is, seen from the record.", required=True),
            "map": Key(
                Table(SCALAR, called="their word"), "Their word to ours; a word that is not in it is an error. `*` stands for all others."
            ),
            "filters": Key(
                Items(TEXT, "filters", least=1),
                "Filters, as of placeholders, that it passes first: `[last:/]` takes the identifier from the end of an address.",
            ),
            "format": Key(
                TEXT,
                "Of a date: `epoch`, `epoch_ms`, or the pattern of strptime (`%d/%m/%Y`); ISO 8601 (2026-11-23, 2026-11-23T08:00:00Z) "
                "needs none, and anything else is an error. Of a certificate's "
                "fingerprint: `hex` (default; any case, with or without colons) or `base64` of the SHA-256, `pem` (the certificate itself), "
                "`sha1`, `serial` (hexadecimal) or `serial_decimal`; the last three tell only certificates apart that lie on this machine.",
            ),
        },
    ),
    Null(),
)


def _record(name: str) -> Mapping:
    spec = RECORDS[name]
    return Mapping(
        f"record: {name}",
        {
            "fields": Key(
                Table(FIELD, spec.fields, "field"), "Our field to where it is in their record. Fields left out are unknown.", required=True
            ),
            "states": Key(
                Table(Text(choices=spec.states), called="their state"),
                "Their state to ours; `*` stands for all others; what is in neither is an error that names it. Left out: the expression of "
                "`state` yields our own words.",
            ),
            "extra": Key(
                Table(FIELD, called="name"), "More fields, for placeholders such as `{certificate.id}`, and for `siret` in lists of all."
            ),
        },
    )


OUTCOME = Mapping(
    "outcome",
    {
        "means": Key(Text(choices=MEANINGS), "What such an answer means.", required=True),
        "status": Key(STATUSES, "Only with these HTTP statuses."),
        "codes": Key(Items(SCALAR, "codes"), "Only with these codes, as `errors.code` finds them."),
        "when": Key(EXPRESSION, "Only where this finds something true in the body."),
    },
)

REQUEST = Mapping(
    "request",
    {
        "method": Key(METHOD, "HTTP method.", required=True),
        "path": Key(
            REQUEST_PATH, "Path, after the face's URL and `base_path`; each placeholder is encoded as (part of) one segment.", required=True
        ),
        "query": Key(
            Table(OneOf(SCALAR, Items(SCALAR, "texts, with placeholders")), called="parameter"),
            "Parameters; a list repeats one; what is not given is left out.",
        ),
        "headers": Key(Table(TEMPLATE, called="header"), "Headers; what is not given is left out."),
        "accept": Key(MEDIA_TYPE, "Header Accept."),
        "content_type": Key(MEDIA_TYPE, "Content-Type of the body, where the one that goes with `as` is not right."),
        "as": Key(Text(choices=FORMS), "How the body is written: JSON (default), a form, multipart, or the one value as it is."),
        "body": Key(
            Anything(),
            "The body: any tree with placeholders. A document becomes base64 in JSON. In multipart, a mapping "
            "`{content, filename, content_type}` is a file.",
        ),
        "omit_null": Key(Flag(), "Leave out of JSON what is not given, rather than saying null."),
    },
)

ANSWER = Mapping(
    "answer",
    {
        "at": Key(EXPRESSION, "Where the record, or the list of records, is. Default: the whole body."),
        "where": Key(
            Table(TEMPLATE, called="expression"),
            "Only records for which each expression yields this text: the one of a SIRET in a list of all, for instance.",
        ),
        "account": Key(EXPRESSION, "In an item of space_list: the account."),
        "conventions": Key(EXPRESSION, "In an item of space_list: the list of conventions."),
        "certificates": Key(EXPRESSION, "In an item of space_list: the list of certificates."),
        "document": Key(EXPRESSION, "Where the document is, in base64, in an answer in JSON."),
        "link": Key(EXPRESSION, "Where the address of the document is, in an answer in JSON; followed on the same server only."),
        "content_type": Key(MEDIA_TYPE, "Content type of a document; default: application/pdf."),
        "ignored": Key(Flag(), "Of a write: do not look at the body at all."),
        "keep": Key(Table(EXPRESSION, called="name"), "What the requests of `then` may use as `{kept.name}`."),
        "key": Key(
            TEXT,
            'Where the records come as a mapping rather than a list (`{"<SIRET>": {...}}`): the name under which each gets its key.',
        ),
        "http": Key(
            Text(description="a name of letters, digits and _", pattern=r"[A-Za-z_][A-Za-z0-9_]*"),
            "The name under which the record (with `keep`: the body) also gets `status` and `headers` (names in lower case) of the answer, "
            "even where there is no body: for an ETag (`http.headers.etag`), an identifier in Location, a state told by the status alone.",
        ),
    },
)

_SIZE = {
    "size": Key(TEXT, "Name of the parameter that says how many items a page has."),
    "per_page": Key(Number(1, 10_000), "How many items to ask for."),
    "in": Key(
        Text(choices=("query", "body")),
        "Where the parameters stand: in the query (default) or in the body, JSON or a form; `page.number` is one within another, in JSON.",
    ),
    "most_pages": Key(Number(1, 1_000_000), "More pages than this are an error; default: 10000."),
}
# Whatever the server says of the end: all that is declared is held against what came ("When a list is whole", docs/profile.md).
_ENDS = {
    "total": Key(EXPRESSION, "Where the number of all items is."),
    "total_pages": Key(EXPRESSION, "Where the number of pages is."),
    "total_header": Key(HEADER, "Header with the number of all items; `Content-Range: items 0-49/622` too."),
    "more": Key(EXPRESSION, "What is true while there are more pages; the text `false` is an error."),
}
_UNTIL = "Without any of total, total_pages, total_header and more, only an empty page ends it: one request more for each list."
# What each style has beside what all have.
_STYLES = {
    "page": {
        "page": Key(TEXT, f"Name of the parameter with the page's number. {_UNTIL}", required=True),
        "first": Key(Number(0, 1), "Number of the first page, 0 or 1 (default)."),
    },
    "offset": {
        "offset": Key(TEXT, f"Name of the parameter with the position of the first item. {_UNTIL}", required=True),
        "first": Key(Number(0, 1), "Position of the first item of all, 0 (default) or 1."),
    },
    "cursor": {
        "cursor": Key(TEXT, "Name of the parameter with the cursor.", required=True),
        "next": Key(EXPRESSION, "Where the next cursor is in the body; nothing there: the end."),
        "next_header": Key(HEADER, "Header with the next cursor."),
    },
    "link": {
        "next": Key(EXPRESSION, "Where the address of the next page is in the body; left out: header Link, rel=next (RFC 8288)."),
    },
}
_STYLE = {"style": Key(Text(choices=tuple(_STYLES)), "How pages are asked for.", required=True)}
PAGINATION = Variants("style", {name: Mapping(f"pagination: {name}", _STYLE | own | _SIZE | _ENDS) for name, own in _STYLES.items()})

JOB = Mapping(
    "job",
    {
        "status": Key(STATUSES, "Statuses that mean that a job has begun; default: 202."),
        "id": Key(EXPRESSION, "Where the job's identifier is, for `{job}` in `path`. Without it, an address of the answer is polled."),
        "path": Key(REQUEST_PATH, "Path to poll, with `{job}` and the values of the operation."),
        "link": Key(EXPRESSION, "Where the address to poll is in the body; on the same server only."),
        "header": Key(HEADER, "Header with the address to poll; default: Location."),
        "state": Key(
            EXPRESSION,
            "Where the job's state is. Left out, the HTTP status tells: one of `status` pending, 303 or another 2xx done, 400, 409, 412 or 422 failed.",
        ),
        "states": Key(
            Table(Text(choices=JOB_STATES), called="their state"), "Their state to pending, done or failed; `*` stands for all others."
        ),
        "interval": Key(Number(0.01, 60, whole=False), "Seconds between two looks where the server names none (Retry-After); default: 1."),
        "timeout": Key(Number(0, 3600, whole=False), "Seconds to look at most; then the run goes on and ANTAI is waited for; default: 30."),
    },
)

_MEANS = {
    "success": "HTTP statuses that mean success.",
    "not_there": "HTTP statuses that mean that there is no such thing.",
    "forbidden": "HTTP statuses that mean that these credentials may not (see `errors.mandate_codes`).",
    "already_done": "HTTP statuses of a write that mean that it was done before: taken for success.",
    "conflict": "HTTP statuses of a write that the state of things forbids; default: 409.",
    "unauthenticated": "HTTP statuses after which a new login is tried once; default: 401.",
}
OPERATION = Mapping(
    "operation",
    {
        "class": Key(Text(choices=CLASSES), "read, write or session; must be the operation's own.", required=True),
        "face": Key(Text(choices=FACES), "The server that has it, where it is another than usual."),
        "anonymous": Key(Flag(), "It needs no login."),
        "request": Key(REQUEST, "What is sent.", required=True),
        "success": Key(Items(STATUS, "HTTP statuses", least=1), _MEANS["success"], required=True),
    }
    | {name: Key(STATUSES, _MEANS[name]) for name in BY_STATUS if name != "success"}
    | {
        "outcomes": Key(Items(OUTCOME, "outcomes"), "What an answer means by what is in it; looked at first, in their order."),
        "answer": Key(ANSWER, "How the answer is read."),
        "pagination": Key(PAGINATION, "How a list comes in pages."),
        "job": Key(JOB, "How a write that goes on after its answer is followed."),
        "then": Key(
            Items(
                Mapping(
                    "then",
                    {
                        "request": Key(REQUEST, "What is sent.", required=True),
                        "success": Key(Items(STATUS, "HTTP statuses", least=1), _MEANS["success"], required=True),
                        "answer": Key(
                            Mapping("then: answer", {name: ANSWER.keys[name] for name in ("keep", "http", "ignored")}), "As above."
                        ),
                        "job": Key(JOB, "Of the last one: how what goes on after its answer is followed."),
                    },
                ),
                "further requests",
            ),
            "Further requests of a write that takes several, in order.",
        ),
    },
)
ABSENT = Mapping(
    "absent operation",
    {
        "absent": Key(Flag(only=True), "The interface has no such operation; the table of operations says what that means.", required=True),
        "because": Key(TEXT, "Why, for the reader."),
    },
)

AUTHENTICATION = Variants("method", AUTHENTICATIONS)
FACE = Mapping(
    "face",
    {
        "auth": Key(
            OneOf(AUTHENTICATION, Items(AUTHENTICATION, "methods", least=1)),
            "How one is known there: a method, or several at once.",
            required=True,
        ),
        "base_path": Key(
            Text(description="a path that begins with / and does not end with one", pattern=r"(/[^/\s?#]+)+"),
            "What every path begins with.",
        ),
        "headers": Key(Table(ASCII_LINE, called="header"), "Headers of every request, constant: the version of the API, for instance."),
        "correlation_header": Key(
            HEADER,
            "A header with a UUID for the server's support: one for each step, as the journal says it, else one for each request.",
        ),
        "client_certificate": Key(
            Text(choices=("none", "subject", "declared")),
            "The client certificate of the TLS connection: none; the one that the operation is about (its key lies here); or the one of the "
            "options `client_certificate` and `client_key`. Default: none on the portal, subject on the SI FPS.",
        ),
    },
)

PROFILE = Mapping(
    "profile",
    {
        "name": Key(LINE, "Name of the profile.", required=True),
        "notice": Key(TEXT, "What it is, where it comes from, for people."),
        "version": Key(SCALAR, "Version of the interface that it describes, for people."),
        "timezone": Key(
            Text(description="a time zone", pattern=r"[A-Za-z_]+(/[A-Za-z0-9_+-]+)*"),
            "Of times of theirs that name no zone, `Europe/Paris` for instance; default: UTC.",
        ),
        "omit_null": Key(Flag(), "As in a request, for all of them."),
        "json_types": Key(
            Items(MEDIA_TYPE, "media types"),
            "Content types under which JSON comes too, `text/plain` for instance, beside its own and any `+json`.",
        ),
        "values": Key(
            Table(Table(SCALAR, called="our word"), called="value"),
            "A value that they write in their own way: its name, then our word to theirs.",
        ),
        "faces": Key(
            Mapping(
                "faces",
                {
                    face: Key(FACE, {"portal": "The portal (espace numérique).", "sifps": "The SI FPS."}[face], required=True)
                    for face in FACES
                },
            ),
            "The two servers.",
            required=True,
        ),
        "errors": Key(
            Mapping(
                "errors",
                {
                    "code": Key(EXPRESSION, "Where an error's code is (RFC 9457: `type`)."),
                    "rule": Key(EXPRESSION, "Where the rule that refuses is."),
                    "message": Key(EXPRESSION, "Where the text for people is (RFC 9457: `detail || title`)."),
                    "mandate_codes": Key(
                        Items(SCALAR, "codes"),
                        "Codes that mean `no mandate`. Without them, every answer that an operation calls forbidden means it.",
                    ),
                    "outcomes": Key(Items(OUTCOME, "outcomes"), "As in an operation, for all of them."),
                },
            ),
            "How refusals are read.",
        ),
        "records": Key(
            Mapping("records", {name: Key(_record(name), f"The record `{name}`.") for name in RECORDS}),
            "How what they show is read.",
            required=True,
        ),
        "operations": Key(
            Mapping(
                "operations",
                {
                    name: Key(With("absent", ABSENT, OPERATION), f"The operation `{name}`.", required=not spec.left_out)
                    for name, spec in OPERATIONS.items()
                },
            ),
            "How each operation is spoken.",
            required=True,
        ),
    },
)
