# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order sheet that goes to the PSCE beside a request: who asks, for what, and the fingerprints to compare by telephone.

Ours, and no form of any PSCE: it says so. Pure; what it says of the subject and the key is read in the request itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._pki.request import RequestDescription
from .._texts.order_sheet import TEXTS
from .._texts.text import with_colon


@dataclass(frozen=True)
class Contact:
    """Whom the PSCE may call or write to; None where not declared."""

    name: str | None = None
    email: str | None = None
    collectivite_email: str | None = None


def order_sheet(
    request: RequestDescription, *, siret: str, provider: str, requested_at: str, contact: Contact, file: str, drop: str, language: str
) -> str:
    """Markdown that reads well as plain text too. file: name of the request's file; drop: where the answer is to be laid."""
    say = {name: text.text(language) for name, text in TEXTS.items() if name not in ("title", "answer")}
    name = next((value for label, value in request.subject if label == "O"), siret)
    subject = [(f"{say['subject']}, {label}", value) for label, value in request.subject]
    unknown = say["unknown"]
    parts = [
        f"# {_line(TEXTS['title'].text(language, name=name))}",
        say["ours"],
        f"## {say['who']}",
        _rows(
            language,
            (say["name"], name),
            ("SIRET", siret),
            ("SIREN", siret[:9]),
            (say["provider"], provider),
            (say["asked_on"], requested_at),
        ),
        f"## {say['profile_title']}",
        say["profile"],
        f"## {say['request']}",
        _rows(language, (say["file"], file), *subject, (say["key"], request.key)),
        f"## {say['compare_title']}",
        say["compare"],
        f"{with_colon(say['key_sha256'], '', language).rstrip()}\n\n{_spoken(request.key_sha256)}",
        f"{with_colon(say['request_sha256'], '', language).rstrip()}\n\n{_spoken(request.request_sha256)}",
        f"{say['check']}\n\n{_commands(file)}",
        f"## {say['contact_title']}",
        _rows(
            language,
            (say["agent"], contact.name or unknown),
            (say["agent_email"], contact.email or unknown),
            (say["collectivite_email"], contact.collectivite_email or unknown),
        ),
        f"## {say['answer_title']}",
        TEXTS["answer"].text(language, drop=_line(drop)),
    ]
    return "\n\n".join(parts) + "\n"


def _rows(language: str, *rows: tuple[str, str]) -> str:
    return "\n".join(f"- {with_colon(label, _line(value), language)}" for label, value in rows)


def _line(value: str) -> str:
    """On one line: nothing that was declared can look like a line of ours."""
    return " ".join(value.split())


def _spoken(fingerprint: str) -> str:
    """As it is read aloud: groups of four digits, half on a line."""
    groups = [fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4)]
    half = len(groups) // 2
    return f"    {' '.join(groups[:half])}\n    {' '.join(groups[half:])}"


def _commands(file: str) -> str:
    return (
        f"    openssl req -in {file} -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256\n"
        f"    openssl req -in {file} -outform DER | openssl dgst -sha256"
    )
