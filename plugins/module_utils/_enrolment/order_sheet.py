# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The order sheet that goes to the PSCE beside a request: who asks, for what, and the fingerprints to compare by telephone.

Ours, and no form of any PSCE: it says so. Pure; what it says of the subject and the key is read in the request itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from .._pki.request import RequestDescription


@dataclass(frozen=True)
class Contact:
    """Whom the PSCE may call or write to; None where not declared."""

    name: str | None = None
    email: str | None = None
    collectivite_email: str | None = None


@dataclass(frozen=True)
class Texts:
    """In one language. Placeholders in braces."""

    colon: str
    title: str
    ours: str
    who: str
    name: str
    key: str
    provider: str
    asked_on: str
    request: str
    file: str
    subject: str
    profile_title: str
    profile: str
    compare_title: str
    compare: str
    key_sha256: str
    request_sha256: str
    check: str
    contact_title: str
    agent: str
    agent_email: str
    collectivite_email: str
    unknown: str
    answer_title: str
    answer: str


TEXTS = {
    "fr": Texts(
        colon=" : ",
        title="Demande d'un certificat RGS une étoile : {name}",
        ours="Cette feuille est établie par la collection Ansible collectivites.antai. "
        "Ce n'est pas un formulaire d'un PSCE, ni de l'ANTAI : le PSCE dit quelles pièces il lui faut en plus.",
        who="Qui demande",
        name="Collectivité",
        key="Type de clé",
        provider="Prestataire qui utilisera le certificat",
        asked_on="Demande du",
        request="Demande (PKCS#10)",
        file="Fichier",
        subject="Sujet demandé",
        profile_title="Certificat demandé",
        profile="Certificat électronique de machine « RGS une étoile » (RGS*), d'authentification client (TLS, usage étendu clientAuth, "
        "usage de clé digitalSignature), pour le dialogue avec le SI FPS de l'ANTAI. Le SIRET reste dans le sujet tel qu'il est demandé : "
        "chaque numéro de FPS commence par lui.",
        compare_title="À comparer au téléphone",
        compare="Le PSCE lit l'empreinte de ce qu'il a reçu, la collectivité lit celle-ci : elles sont égales, ou la demande a été échangée en route.",
        key_sha256="Empreinte SHA-256 de la clé publique",
        request_sha256="Empreinte SHA-256 de la demande",
        check="Pour les recalculer :",
        contact_title="Contact",
        agent="Agent mandaté",
        agent_email="Son courriel",
        collectivite_email="Courriel de la collectivité",
        unknown="non déclaré",
        answer_title="La réponse",
        answer="Déposez le certificat reçu, seul ou avec sa chaîne (PEM, DER, PKCS#7 ou PKCS#12), dans : {drop}. "
        "Le passage suivant le vérifie et le relève. La clé privée ne quitte pas la machine : personne n'a à l'envoyer.",
    ),
    "en": Texts(
        colon=": ",
        title="Request for an RGS one-star certificate: {name}",
        ours="This sheet is made by the Ansible collection collectivites.antai. "
        "It is no form of a PSCE, nor of ANTAI: the PSCE says which papers it needs besides.",
        who="Who asks",
        name="Collectivité",
        key="Key type",
        provider="Provider that will use the certificate",
        asked_on="Requested on",
        request="Request (PKCS#10)",
        file="File",
        subject="Requested subject",
        profile_title="Requested certificate",
        profile='Machine certificate "RGS one star" (RGS*) for client authentication (TLS, extended key usage clientAuth, '
        "key usage digitalSignature), for the dialogue with ANTAI's SI FPS. The SIRET stays in the subject as requested: every FPS number begins with it.",
        compare_title="To be compared by telephone",
        compare="The PSCE reads the fingerprint of what it has received, the collectivité reads this one: "
        "they are equal, or the request was swapped on its way.",
        key_sha256="SHA-256 of the public key",
        request_sha256="SHA-256 of the request",
        check="To compute them again:",
        contact_title="Contact",
        agent="Mandated agent",
        agent_email="E-mail",
        collectivite_email="E-mail of the collectivité",
        unknown="not declared",
        answer_title="The answer",
        answer="Lay the certificate received, alone or with its chain (PEM, DER, PKCS#7 or PKCS#12), here: {drop}. "
        "The next run checks it and picks it up. The private key never leaves the machine: nobody has to send it.",
    ),
}


def order_sheet(
    request: RequestDescription, *, siret: str, provider: str, requested_at: str, contact: Contact, file: str, drop: str, language: str
) -> str:
    """Markdown that reads well as plain text too. file: name of the request's file; drop: where the answer is to be laid."""
    say = TEXTS[language]
    name = next((value for label, value in request.subject if label == "O"), siret)
    rows = [
        f"# {_line(say.title.format(name=name))}",
        say.ours,
        f"## {say.who}",
        _rows(
            say.colon,
            (say.name, name),
            ("SIRET", siret),
            ("SIREN", siret[:9]),
            (say.provider, provider),
            (say.asked_on, requested_at),
        ),
        f"## {say.profile_title}",
        say.profile,
        f"## {say.request}",
        _rows(
            say.colon, (say.file, file), *((f"{say.subject}, {label}", value) for label, value in request.subject), (say.key, request.key)
        ),
        f"## {say.compare_title}",
        say.compare,
        f"{say.key_sha256}{say.colon.rstrip()}\n\n{_spoken(request.key_sha256)}",
        f"{say.request_sha256}{say.colon.rstrip()}\n\n{_spoken(request.request_sha256)}",
        f"{say.check}\n\n{_commands(file)}",
        f"## {say.contact_title}",
        _rows(
            say.colon,
            (say.agent, contact.name or say.unknown),
            (say.agent_email, contact.email or say.unknown),
            (say.collectivite_email, contact.collectivite_email or say.unknown),
        ),
        f"## {say.answer_title}",
        say.answer.format(drop=_line(drop)),
    ]
    return "\n\n".join(rows) + "\n"


def _rows(colon: str, *rows: tuple[str, str]) -> str:
    return "\n".join(f"- {label}{colon}{_line(value)}" for label, value in rows)


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
