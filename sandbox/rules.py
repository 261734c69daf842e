# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules as pure functions: plain data and the moment in, a ruling out. No I/O, no clock.

Sources: the 2017 letter "Trois opérations à réaliser dès à présent" (R1-R4, EDITEUR), the public conventions (R5, R6),
the public description of the FPS number (R7), RFC 5280 sections 4.1.2.5 (PKI-DATE) and 5 (PKI-REVOCATION).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

FIRST_WAVE = 2020
WAVE_YEARS = 3
NEXT_WAVE_FROM_MONTH = 10


@dataclass(frozen=True)
class Ruling:
    """A refusal by a rule."""

    code: str
    rule: str | None
    message: str


@dataclass(frozen=True)
class ConventionTerms:
    cycle: str
    decision: str
    debut: str | None = None
    fin: str | None = None


@dataclass(frozen=True)
class CertificateFacts:
    """What the rules need to know of a certificate that is presented or installed."""

    identifiers: tuple[str, ...]
    valide_du: str
    valide_au: str
    revoque_le: str | None = None


# --- conventions (R5, R6) ---


def convention_state(decision: str, debut: str | None, fin: str | None, today: str) -> str:
    """DEPOSEE, REFUSEE, or what follows from the dates; the last day counts as in force (R6)."""
    if decision != "CONTRESIGNEE" or debut is None or fin is None:
        return decision
    if fin < today:
        return "TERMINEE"
    return "A_VENIR" if debut > today else "EN_VIGUEUR"


def convention_since(
    state: str,
    depose_le: str,
    refusee_le: str | None,
    contresignee_le: str | None,
    remplacee_le: str | None,
    debut: str | None,
    fin: str | None,
) -> str:
    """Since when a convention is in this state."""
    if state == "REFUSEE" and refusee_le:
        return refusee_le
    if contresignee_le is None or debut is None or fin is None:
        return depose_le
    if state == "TERMINEE":
        return remplacee_le or f"{(date.fromisoformat(fin) + timedelta(days=1)).isoformat()}T00:00:00Z"
    return max(contresignee_le, f"{debut}T00:00:00Z") if state == "EN_VIGUEUR" else contresignee_le


def wave_end(day: date) -> date:
    """R6: 31 December 2020, 2023, 2026, ... whichever comes first from this day on."""
    year = max(day.year, FIRST_WAVE)
    return date(year + (FIRST_WAVE - year) % WAVE_YEARS, 12, 31)


def wave_signed_on(day: date) -> date:
    """The end of a convention countersigned this day: from 1 October of a wave's year on, the next wave (ours)."""
    end = wave_end(day)
    return date(end.year + WAVE_YEARS, 12, 31) if day.year == end.year and day.month >= NEXT_WAVE_FROM_MONTH else end


def term(cycle: str, signed_on: date, conventions: Sequence[ConventionTerms]) -> tuple[date, date]:
    """First and last day of a convention countersigned this day, given the others of the collectivité."""
    today = signed_on.isoformat()
    ends = [
        c.fin
        for c in conventions
        if c.fin and c.cycle == cycle and convention_state(c.decision, c.debut, c.fin, today) in ("EN_VIGUEUR", "A_VENIR")
    ]
    debut = date.fromisoformat(max(ends)) + timedelta(days=1) if ends else signed_on
    return debut, max(wave_signed_on(signed_on), wave_end(debut))


def judge_upload(account_state: str, cycle: str, conventions: Sequence[ConventionTerms], today: str) -> Ruling | None:
    if account_state != "ACTIF":
        return Ruling("COMPTE_NON_ACTIF", "R1", "Le compte de la collectivité n'est pas actif : aucune convention ne peut y être déposée.")
    if any(c.decision == "DEPOSEE" for c in conventions):
        return Ruling("CONVENTION_EN_ATTENTE", None, "Une convention déposée attend déjà la décision de l'ANTAI.")
    states = {convention_state(c.decision, c.debut, c.fin, today) for c in conventions if c.cycle == "complet"}
    if cycle == "partiel" and states & {"EN_VIGUEUR", "A_VENIR"}:
        return Ruling("CYCLE_EXCLUSIF", "R5", "Une convention en cycle complet est en vigueur ou à venir : le cycle partiel est exclu.")
    return None


# --- account ---


def judge_request(account_state: str | None) -> Ruling | None:
    if account_state == "EN_CONTROLE":
        return Ruling("DEMANDE_EN_CONTROLE", None, "Une demande pour ce SIRET est déjà en cours de contrôle.")
    if account_state == "ACTIF":
        return Ruling("COMPTE_ACTIF", None, "Le compte de cette collectivité est déjà actif.")
    return None


def judge_change(account_state: str) -> Ruling | None:
    if account_state != "ACTIF":
        return Ruling("COMPTE_NON_ACTIF", None, "Le compte de la collectivité n'est pas actif : il ne peut être modifié.")
    return None


def judge_close(account_state: str, active_certificates: int) -> Ruling | None:
    if account_state != "ACTIF":
        return Ruling("COMPTE_NON_ACTIF", None, "Seul un compte actif peut être clos.")
    if active_certificates:
        return Ruling(
            "CERTIFICAT_ACTIF", None, "Un certificat de la collectivité est encore actif : désactivez-le avant de clore le compte."
        )
    return None


# --- certificates and exchange (R1, R2, R3, R6, R7, PKI-DATE, PKI-REVOCATION, EDITEUR) ---


def names_siret(identifiers: Sequence[str], siret: str) -> bool:
    """A certificate that names SIRETs names only these; one that names SIRENs only is good for each SIRET under them."""
    sirets = [i for i in identifiers if len(i) == 14]
    return siret in sirets if sirets else siret[:9] in identifiers


def judge_identity(certificate: CertificateFacts, siret: str) -> Ruling | None:
    if names_siret(certificate.identifiers, siret):
        return None
    if not certificate.identifiers:
        return Ruling("CERTIFICAT_SANS_SIRET", "R7", "Le certificat présenté ne nomme ni SIRET ni SIREN.")
    return Ruling("SIRET_DIFFERENT", "R7", "Le certificat présenté n'est pas celui de ce SIRET.")


def judge_dates(certificate: CertificateFacts, now: str) -> Ruling | None:
    """PKI-DATE (RFC 5280, 4.1.2.5): both ends belong to the validity."""
    if now < certificate.valide_du:
        return Ruling("CERTIFICAT_PAS_ENCORE_VALIDE", "PKI-DATE", f"Le certificat n'est valide qu'à partir du {certificate.valide_du}.")
    if now > certificate.valide_au:
        return Ruling("CERTIFICAT_EXPIRE", "PKI-DATE", f"Le certificat a expiré le {certificate.valide_au}.")
    return None


def judge_revocation(certificate: CertificateFacts, now: str) -> Ruling | None:
    """PKI-REVOCATION (RFC 5280, 5): from the moment of the revocation on."""
    if certificate.revoque_le and certificate.revoque_le <= now:
        return Ruling("CERTIFICAT_REVOQUE", "PKI-REVOCATION", f"Le certificat est révoqué par son PSCE depuis le {certificate.revoque_le}.")
    return None


def judge_certificate(certificate: CertificateFacts, siret: str, now: str) -> Ruling | None:
    """In itself: whose it is, its dates, its revocation."""
    return judge_identity(certificate, siret) or judge_dates(certificate, now) or judge_revocation(certificate, now)


def judge_account(account_state: str | None) -> Ruling | None:
    """R1: nothing about certificates before the account is active."""
    if account_state != "ACTIF":
        return Ruling("COMPTE_NON_ACTIF", "R1", "Le compte de la collectivité n'est pas actif.")
    return None


def judge_install(
    certificate: CertificateFacts, siret: str, editor_known: bool | None, account_state: str | None, now: str
) -> Ruling | None:
    """`editor_known` is None for a collectivité, else whether a qualified editor has shown its key (EDITEUR)."""
    editor = (
        Ruling("EDITEUR_NON_QUALIFIE", "EDITEUR", "Éditeur inconnu, clé fausse ou éditeur non qualifié.") if editor_known is False else None
    )
    return judge_certificate(certificate, siret, now) or editor or judge_account(account_state)


def judge_activation(account_state: str, conventions: Sequence[ConventionTerms], certificate: CertificateFacts, now: str) -> Ruling | None:
    states = {convention_state(c.decision, c.debut, c.fin, now[:10]) for c in conventions}
    if ruling := judge_account(account_state):
        return ruling
    if not states & {"EN_VIGUEUR", "A_VENIR"}:
        if "TERMINEE" in states:
            return Ruling("CONVENTION_TERMINEE", "R6", "La convention est arrivée à son terme.")
        return Ruling("CONVENTION_NON_SIGNEE", "R2", "Aucune convention n'est signée des deux parties.")
    return judge_dates(certificate, now) or judge_revocation(certificate, now)


def judge_exchange(
    certificate: CertificateFacts,
    siret: str,
    account_state: str | None,
    certificate_state: str | None,
    conventions: Sequence[ConventionTerms],
    now: str,
) -> tuple[str, Ruling | None]:
    """May this certificate exchange for this SIRET? `certificate_state` is None when it is not installed. The first that holds is the answer."""
    if ruling := judge_certificate(certificate, siret, now) or judge_account(account_state):
        return "REFUSE", ruling
    if certificate_state is None:
        return "INCONNU", Ruling("CERTIFICAT_INCONNU", "R3", "Ce certificat n'est pas installé pour ce SIRET.")
    if certificate_state != "ACTIF":
        return "CONNU_INACTIF", Ruling("CERTIFICAT_INACTIF", "R3", "Ce certificat est installé, mais la collectivité ne l'a pas activé.")
    states = {convention_state(c.decision, c.debut, c.fin, now[:10]) for c in conventions}
    if "EN_VIGUEUR" in states:
        return "AUTORISE", None
    if "TERMINEE" in states:
        return "REFUSE", Ruling("CONVENTION_TERMINEE", "R6", "La convention est arrivée à son terme.")
    return "REFUSE", Ruling("CONVENTION_NON_SIGNEE", "R2", "Aucune convention signée des deux parties n'a pris effet.")
