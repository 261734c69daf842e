# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Words of the report that people read: (French, English)."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("fr", "en")
Words = tuple[str, str]
COLON: Words = (" : ", ": ")

COLUMNS: dict[str, Words] = {
    "collectivite": ("Collectivité", "Collectivité"),
    "siret": ("SIRET", "SIRET"),
    "stage": ("Étape", "Stage"),
    "waiting_for": ("En attente de", "Waiting for"),
    "since": ("Depuis", "Since"),
    "certificate_until": ("Certificat jusqu'au", "Certificate until"),
    "dialogue": ("Dialogue", "Dialogue"),
    "proved_at": ("Prouvé le", "Proved on"),
}
# Columns that only the file has.
MORE_COLUMNS: dict[str, Words] = {
    "host": ("Hôte", "Host"),
    "convention_until": ("Convention jusqu'au", "Convention until"),
    "last_exchange_at": ("Dernier échange", "Last exchange"),
    "alert": ("Alerte", "Alert"),
    "next_action": ("Que faire", "What to do"),
    "changed": ("Fait à ce passage", "Done in this run"),
    "undeclared_certificates": ("Actifs sans être déclarés", "Active, not declared"),
}
PEOPLE: dict[str, Words] = {
    "collectivite": ("collectivité", "collectivité"),
    "prestataire": ("prestataire", "provider"),
    "editeur": ("éditeur", "editor"),
    "psce": ("PSCE", "PSCE"),
    "antai": ("ANTAI", "ANTAI"),
    "exploitant": ("exploitant", "operator"),
    "date": ("une date", "a date"),
}
THINGS: dict[str, Words] = {
    "account": ("espace numérique", "space"),
    "credentials": ("identifiants", "credentials"),
    "mandate": ("mandat", "mandate"),
    "convention": ("convention", "convention"),
    "certificate": ("certificat", "certificate"),
    "installation": ("installation", "installation"),
    "listing": ("publication", "listing"),
    "activation": ("activation", "activation"),
    "dialogue": ("dialogue", "dialogue"),
    "deactivation": ("désactivation", "deactivation"),
    "siret": ("changement de SIRET", "change of SIRET"),
    "space": ("espace numérique à vérifier", "space to check"),
    "processing": ("traitement", "processing"),
    "revocation": ("révocation", "revocation"),
    "rotation": ("rotation", "rotation"),
    "switch": ("changement de prestataire", "switch of provider"),
    "store": ("dépôt des clés", "store of keys"),
    "clock": ("horloge", "clock"),
    "orders": ("plafond de commandes", "ceiling of orders"),
}
DIALOGUES: dict[str, Words] = {
    "authorised": ("autorisé", "authorised"),
    "known_inactive": ("connu, inactif", "known, inactive"),
    "refused": ("refusé", "refused"),
    "unknown": ("inconnu du SI FPS", "unknown to the SI FPS"),
    # Ours: the others are the SI FPS's own words.
    "not_asked": ("non demandé", "not asked"),
}
# What the safety brake counts.
DANGERS: dict[str, Words] = {
    "deactivation": ("désactivation du certificat", "deactivation of certificate"),
    "removal": ("retrait du certificat", "removal of certificate"),
    "closure": ("clôture de l'espace", "closing of the space"),
    "siret_change": ("nouveau SIRET", "new SIRET"),
}
# Why an entry stands where it stands in the order, the worst first.
ALERTS: dict[str, Words] = {
    "failed": ("échec", "failed"),
    "stopped": ("plus rien ne passe", "nothing passes any more"),
    "unproved": ("non prouvé", "not proved"),
    "silent": ("silence", "silence"),
    "waiting": ("en attente", "waiting"),
    "next_run": ("prochain passage", "next run"),
    "in_service": ("en service", "in service"),
}
# How a run ended, by its stable name (outcome.py).
OUTCOME_WORDS: dict[str, Words] = {
    "failed": (
        "au moins une collectivité est en échec, ou le frein a retenu le passage",
        "a collectivité failed, or the brake held the run",
    ),
    "stopped": (
        "pour au moins une collectivité, plus rien ne passe ou le SI FPS refuse",
        "for at least one collectivité nothing passes any more, or the SI FPS refuses",
    ),
    "undeclared": (
        "au moins un certificat actif n'est déclaré nulle part",
        "at least one active certificate is declared nowhere",
    ),
    "incomplete": ("tout n'a pas pu être lu : ce qui manque n'est pas connu", "not everything could be read: what is missing is not known"),
    "unproved": ("au moins un dialogue n'est pas prouvé", "at least one dialogue is not proved"),
    "waiting": ("quelqu'un est attendu", "somebody is waited for"),
    "pending": ("il reste à faire au prochain passage", "something is left for the next run"),
    "converged": ("rien ne reste à faire", "nothing is left to be done"),
}
# What brings an outcome about, by its code (outcome.py).
CAUSE_WORDS: dict[str, Words] = {
    "failure": ("échec", "failed"),
    "inventory": ("l'inventaire est refusé", "the inventory is refused"),
    "canary": ("une collectivité d'essai ne finit pas comme prévu", "a canary does not end as planned"),
    "braked": ("le frein de sécurité retient tout le passage (antai_brake)", "the safety brake holds the whole run (antai_brake)"),
    "stopped": ("plus rien ne passe, ou le SI FPS refuse", "nothing passes any more, or the SI FPS refuses"),
    "undeclared_certificate": ("un certificat actif n'est déclaré nulle part", "an active certificate is declared nowhere"),
    "list_incomplete": ("une liste n'a pas été lue en entier", "a list was not read as a whole"),
    "store_incomplete": ("le dépôt des clés (antai_store) n'est pas entier", "the store of the keys (antai_store) is not whole"),
    "order_held": ("rien n'est commandé", "nothing is ordered"),
    "unproved": ("dialogue non prouvé", "dialogue not proved"),
    "waiting": ("en attente", "waiting"),
    "steps_left": ("prochain passage", "next run"),
}
TEXTS: dict[str, Words] = {
    "outcome": (
        "Issue du passage : {text} ({outcome}, code de sortie {code}).",
        "Outcome of the run: {text} ({outcome}, exit code {code}).",
    ),
    "failed": ("ÉCHEC", "FAILED"),
    "onboarded_unproved": ("en service, non prouvé", "in service, not proved"),
    "unproved": (
        "Dialogues non prouvés depuis plus de {hours} h (antai_prove ; le SI FPS n'a pas été interrogé, n'a pas répondu, ou n'a pas autorisé) :",
        "Dialogues not proved for more than {hours} h (antai_prove; the SI FPS was not asked, did not answer, or did not authorise):",
    ),
    "never_proved": ("jamais", "never"),
    "last_proof": ("dernière preuve : {when}", "last proof: {when}"),
    "dialogues": (
        "Dialogues : {proved}, {unproved}, {unverifiable} (clé ailleurs, ou interface sans question).",
        "Dialogues: {proved}, {unproved}, {unverifiable} (key elsewhere, or an interface without the query).",
    ),
    "dialogues_proved": ("{count} prouvés", "{count} proved"),
    "dialogues_proved_one": ("{count} prouvé", "{count} proved"),
    "dialogues_unproved": ("{count} non prouvés", "{count} not proved"),
    "dialogues_unproved_one": ("{count} non prouvé", "{count} not proved"),
    "dialogues_unverifiable": ("{count} invérifiables", "{count} unverifiable"),
    "dialogues_unverifiable_one": ("{count} invérifiable", "{count} unverifiable"),
    "not_run": ("arrêtée avant la fin, voir l'erreur plus haut", "stopped before the end, see the error above"),
    "next_run": ("prochain passage ({count} à faire)", "next run ({count} to do)"),
    "next": ("Qui est attendu, et pour quoi :", "Who is waited for, and what for:"),
    "failures": ("Échecs :", "Failures:"),
    "changes": ("Fait à ce passage :", "Done in this run:"),
    "planned": ("Ce passage ferait (rien n'est fait, --check) :", "This run would do (nothing is done, --check):"),
    "pending": ("Reste à faire au prochain passage :", "Left for the next run:"),
    "held": ("Laissées à un autre passage qui y travaille :", "Left to another run that is working on them:"),
    "undeclared_certificates": (
        "Certificats actifs qu'aucune déclaration ne nomme : leur prestataire peut échanger. Les déclarer (antai_certificates), les désactiver dans "
        "l'espace, ou laisser un passage le faire (antai_exclusive: true) :",
        "Active certificates that no declaration names: their provider may exchange. Declare them (antai_certificates), deactivate them in the space, "
        "or let a run do so (antai_exclusive: true):",
    ),
    "undeclared_certificate": (
        "{provider}, actif depuis le {since}, empreinte {fingerprint}",
        "{provider}, active since {since}, fingerprint {fingerprint}",
    ),
    "undeclared_certificate_no_date": (
        "{provider}, actif (le serveur ne dit pas depuis quand), empreinte {fingerprint}",
        "{provider}, active (the server does not say since when), fingerprint {fingerprint}",
    ),
    "undeclared": (
        "Espaces visibles qu'aucun hôte de l'inventaire ne déclare (rien n'y est fait) :",
        "Spaces to be seen that no host of the inventory declares (nothing is done about them):",
    ),
    "declared_elsewhere": (
        "Espaces d'hôtes que cet inventaire n'a pas, déclarés lors d'un passage antérieur (une autre tranche, ou un hôte retiré ; rien n'y est fait) :",
        "Spaces of hosts that this inventory has not, declared in an earlier run (another slice, or a host that has left; nothing is done about them):",
    ),
    "brake": (
        "Frein de sécurité (au plus {limit}) : rien n'est écrit tant que ceci n'est pas confirmé (antai_brake) :",
        "Safety brake (at most {limit}): nothing is written until this is confirmed (antai_brake):",
    ),
    "ending": ("Fins dans les {days} jours :", "Ending within {days} days:"),
    "silence": ("Silence : aucun échange depuis plus de {days} jours (R11) :", "Silence: no exchange for more than {days} days (R11):"),
    "certificate": ("certificat", "certificate"),
    "convention": ("convention", "convention"),
    "renewals": ("En retard : {late}. {states}.", "Late: {late}. {states}."),
    "collectivites": ("{count} collectivités", "{count} collectivités"),
    "collectivites_one": ("{count} collectivité", "{count} collectivité"),
    "advanced": ("{count} ont avancé à ce passage", "{count} advanced in this run"),
    "advanced_one": ("{count} a avancé à ce passage", "{count} advanced in this run"),
    "and_more": ("et {count} autres", "and {count} more"),
    "and_more_one": ("et {count} autre", "and {count} more"),
    "never": ("jamais, en service depuis le {day}", "never, in service since {day}"),
    "totals": (
        "{total} : {in_service} en service{unproved}, {waiting} en attente, {failed} en échec ; {changed}.",
        "{total}: {in_service} in service{unproved}, {waiting} waiting, {failed} failed; {changed}.",
    ),
    "totals_unproved": (", {count} en service sans preuve", ", {count} in service without a proof"),
    "awaited": ("{count} x {text}, depuis le {since} pour la plus ancienne", "{count} x {text}, the oldest since {since}"),
    "awaited_at_least": (
        "{count} x {text}, au moins depuis le {since} pour la plus ancienne",
        "{count} x {text}, the oldest at least since {since}",
    ),
    "at_least": ("au moins {day}", "at least {day}"),
    "awaited_no_date": ("{count} x {text}", "{count} x {text}"),
    "example": ("par exemple {name} : {text}", "for instance {name}: {text}"),
    "no_files": (
        "Le tableau entier : antai_report_folder le fait écrire en CSV et en JSON (-e antai_report_folder=/chemin).",
        "The whole table: antai_report_folder has it written as CSV and JSON (-e antai_report_folder=/path).",
    ),
    "worst": ("Les {count} qui en ont le plus besoin :", "The {count} that need it most:"),
    "worst_one": ("Celle qui en a le plus besoin :", "The one that needs it most:"),
    "files": ("Dans des fichiers : {files}", "In files: {files}"),
    "all_in_files": ("Toutes les collectivités : {files}", "All collectivités: {files}"),
}


def about(who: str, told: object, language: str) -> str:
    """What is told of somebody, with the colon of the language."""
    return f"{who}{COLON[LANGUAGES.index(language)]}{told}"


def said(words: Mapping[str, Words], key: str, language: str, **about: object) -> str:
    """One text in the language asked for, its {placeholders} filled."""
    return words[key][LANGUAGES.index(language)].format(**about)


def counted(key: str, count: int, language: str) -> str:
    """The text for so many."""
    return said(TEXTS, f"{key}_one" if is_singular(count, language) else key, language, count=count)


def is_singular(count: int, language: str) -> bool:
    """French has no plural below two, English none for one alone."""
    return count < 2 if language == "fr" else count == 1
