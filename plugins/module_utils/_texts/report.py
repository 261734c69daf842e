# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the report."""

from __future__ import annotations

from .text import Bilingual, CountedText

COLUMNS: dict[str, Bilingual] = {
    "collectivite": Bilingual("Collectivité", "Collectivité"),
    "siret": Bilingual("SIRET", "SIRET"),
    "stage": Bilingual("Étape", "Stage"),
    "waiting_for": Bilingual("En attente de", "Waiting for"),
    "since": Bilingual("Depuis", "Since"),
    "certificate_until": Bilingual("Certificat jusqu'au", "Certificate until"),
    "dialogue": Bilingual("Dialogue", "Dialogue"),
    "proved_at": Bilingual("Prouvé le", "Proved on"),
    "host": Bilingual("Hôte", "Host"),
    "convention_until": Bilingual("Convention jusqu'au", "Convention until"),
    "last_exchange_at": Bilingual("Dernier échange", "Last exchange"),
    "alert": Bilingual("Alerte", "Alert"),
    "next_action": Bilingual("Que faire", "What to do"),
    "changed": Bilingual("Fait à ce passage", "Done in this run"),
    "undeclared_certificates": Bilingual("Actifs sans être déclarés", "Active, not declared"),
}
PEOPLE: dict[str, Bilingual] = {
    "collectivite": Bilingual("collectivité", "collectivité"),
    "prestataire": Bilingual("prestataire", "provider"),
    "editeur": Bilingual("éditeur", "editor"),
    "psce": Bilingual("PSCE", "PSCE"),
    "antai": Bilingual("ANTAI", "ANTAI"),
    "exploitant": Bilingual("exploitant", "operator"),
    "date": Bilingual("une date", "a date"),
}
PURPOSES: dict[str, Bilingual] = {
    "account": Bilingual("espace numérique", "space"),
    "credentials": Bilingual("identifiants", "credentials"),
    "mandate": Bilingual("mandat", "mandate"),
    "convention": Bilingual("convention", "convention"),
    "certificate": Bilingual("certificat", "certificate"),
    "installation": Bilingual("installation", "installation"),
    "listing": Bilingual("publication", "listing"),
    "activation": Bilingual("activation", "activation"),
    "dialogue": Bilingual("dialogue", "dialogue"),
    "deactivation": Bilingual("désactivation", "deactivation"),
    "siret": Bilingual("changement de SIRET", "change of SIRET"),
    "space": Bilingual("espace numérique à vérifier", "space to check"),
    "processing": Bilingual("traitement", "processing"),
    "revocation": Bilingual("révocation", "revocation"),
    "rotation": Bilingual("rotation", "rotation"),
    "switch": Bilingual("changement de prestataire", "switch of provider"),
    "store": Bilingual("dépôt des clés", "store of keys"),
    "clock": Bilingual("horloge", "clock"),
    "orders": Bilingual("plafond de commandes", "ceiling of orders"),
}
DIALOGUES: dict[str, Bilingual] = {
    "authorised": Bilingual("autorisé", "authorised"),
    "known_inactive": Bilingual("connu, inactif", "known, inactive"),
    "refused": Bilingual("refusé", "refused"),
    "unknown": Bilingual("inconnu du SI FPS", "unknown to the SI FPS"),
    # Ours: the others are the SI FPS's own words.
    "not_asked": Bilingual("non demandé", "not asked"),
}
# What the safety brake counts.
DANGERS: dict[str, Bilingual] = {
    "deactivation": Bilingual("désactivation du certificat", "deactivation of certificate"),
    "removal": Bilingual("retrait du certificat", "removal of certificate"),
    "closure": Bilingual("clôture de l'espace", "closing of the space"),
    "siret_change": Bilingual("nouveau SIRET", "new SIRET"),
}
# Why an entry stands where it stands in the order, the worst first.
ALERTS: dict[str, Bilingual] = {
    "failed": Bilingual("échec", "failed"),
    "stopped": Bilingual("plus rien ne passe", "nothing passes any more"),
    "unproved": Bilingual("non prouvé", "not proved"),
    "silent": Bilingual("silence", "silence"),
    "waiting": Bilingual("en attente", "waiting"),
    "next_run": Bilingual("prochain passage", "next run"),
    "in_service": Bilingual("en service", "in service"),
}
# How a run ended, by its stable name (outcome.py).
OUTCOME_TEXTS: dict[str, Bilingual] = {
    "failed": Bilingual(
        "au moins une collectivité est en échec, ou le frein a retenu le passage", "a collectivité failed, or the brake held the run"
    ),
    "stopped": Bilingual(
        "pour au moins une collectivité, plus rien ne passe ou le SI FPS refuse",
        "for at least one collectivité nothing passes any more, or the SI FPS refuses",
    ),
    "undeclared": Bilingual("au moins un certificat actif n'est déclaré nulle part", "at least one active certificate is declared nowhere"),
    "incomplete": Bilingual(
        "tout n'a pas pu être lu : ce qui manque n'est pas connu", "not everything could be read: what is missing is not known"
    ),
    "unproved": Bilingual("au moins un dialogue n'est pas prouvé", "at least one dialogue is not proved"),
    "waiting": Bilingual("quelqu'un est attendu", "somebody is waited for"),
    "pending": Bilingual("il reste à faire au prochain passage", "something is left for the next run"),
    "converged": Bilingual("rien ne reste à faire", "nothing is left to be done"),
}
# What brings an outcome about, by its code (outcome.py).
CAUSE_TEXTS: dict[str, Bilingual] = {
    "failure": Bilingual("échec", "failed"),
    "inventory": Bilingual("l'inventaire est refusé", "the inventory is refused"),
    "canary": Bilingual("une collectivité d'essai ne finit pas comme prévu", "a canary does not end as planned"),
    "braked": Bilingual("le frein de sécurité retient tout le passage (antai_brake)", "the safety brake holds the whole run (antai_brake)"),
    "stopped": Bilingual("plus rien ne passe, ou le SI FPS refuse", "nothing passes any more, or the SI FPS refuses"),
    "undeclared_certificate": Bilingual("un certificat actif n'est déclaré nulle part", "an active certificate is declared nowhere"),
    "list_incomplete": Bilingual("une liste n'a pas été lue en entier", "a list was not read as a whole"),
    "store_incomplete": Bilingual("le dépôt des clés (antai_store) n'est pas entier", "the store of the keys (antai_store) is not whole"),
    "order_held": Bilingual("rien n'est commandé", "nothing is ordered"),
    "unproved": Bilingual("dialogue non prouvé", "dialogue not proved"),
    "waiting": Bilingual("en attente", "waiting"),
    "steps_left": Bilingual("prochain passage", "next run"),
}
# In place of a line for each of them.
MANY_UNPROVED = Bilingual(
    "{count} collectivités ont un dialogue non prouvé : {names}, ... (toutes sont dans le rapport)",
    "{count} collectivités have a dialogue that is not proved: {names}, ... (the report names all of them)",
)
TEXTS: dict[str, Bilingual] = {
    "outcome": Bilingual(
        "Issue du passage : {text} ({outcome}, code de sortie {code}).", "Outcome of the run: {text} ({outcome}, exit code {code})."
    ),
    "failed": Bilingual("ÉCHEC", "FAILED"),
    "onboarded_unproved": Bilingual("en service, non prouvé", "in service, not proved"),
    "unproved": Bilingual(
        "Dialogues non prouvés depuis plus de {hours} h (antai_prove ; le SI FPS n'a pas été interrogé, n'a pas répondu, ou n'a pas autorisé) :",
        "Dialogues not proved for more than {hours} h (antai_prove; the SI FPS was not asked, did not answer, or did not authorise):",
    ),
    "never_proved": Bilingual("jamais", "never"),
    "last_proof": Bilingual("dernière preuve : {when}", "last proof: {when}"),
    "dialogues": Bilingual(
        "Dialogues : {proved}, {unproved}, {unverifiable} (clé ailleurs, ou interface sans question).",
        "Dialogues: {proved}, {unproved}, {unverifiable} (key elsewhere, or an interface without the query).",
    ),
    "not_run": Bilingual("arrêtée avant la fin, voir l'erreur plus haut", "stopped before the end, see the error above"),
    "next_run": Bilingual("prochain passage ({count} à faire)", "next run ({count} to do)"),
    "next": Bilingual("Qui est attendu, et pour quoi :", "Who is waited for, and what for:"),
    "failures": Bilingual("Échecs :", "Failures:"),
    "changes": Bilingual("Fait à ce passage :", "Done in this run:"),
    "planned": Bilingual("Ce passage ferait (rien n'est fait, --check) :", "This run would do (nothing is done, --check):"),
    "pending": Bilingual("Reste à faire au prochain passage :", "Left for the next run:"),
    "held": Bilingual("Laissées à un autre passage qui y travaille :", "Left to another run that is working on them:"),
    "undeclared_certificates": Bilingual(
        "Certificats actifs qu'aucune déclaration ne nomme : leur prestataire peut échanger. Les déclarer (antai_certificates), les désactiver dans "
        "l'espace, ou laisser un passage le faire (antai_exclusive: true) :",
        "Active certificates that no declaration names: their provider may exchange. Declare them (antai_certificates), deactivate them in the space, "
        "or let a run do so (antai_exclusive: true):",
    ),
    "undeclared_certificate": Bilingual(
        "{provider}, actif depuis le {since}, empreinte {fingerprint}", "{provider}, active since {since}, fingerprint {fingerprint}"
    ),
    "undeclared_certificate_no_date": Bilingual(
        "{provider}, actif (le serveur ne dit pas depuis quand), empreinte {fingerprint}",
        "{provider}, active (the server does not say since when), fingerprint {fingerprint}",
    ),
    "undeclared": Bilingual(
        "Espaces visibles qu'aucun hôte de l'inventaire ne déclare (rien n'y est fait) :",
        "Spaces to be seen that no host of the inventory declares (nothing is done about them):",
    ),
    "declared_elsewhere": Bilingual(
        "Espaces d'hôtes que cet inventaire n'a pas, déclarés lors d'un passage antérieur (une autre tranche, ou un hôte retiré ; rien n'y est fait) :",
        "Spaces of hosts that this inventory has not, declared in an earlier run (another slice, or a host that has left; nothing is done about them):",
    ),
    "brake": Bilingual(
        "Frein de sécurité (au plus {limit}) : rien n'est écrit tant que ceci n'est pas confirmé (antai_brake) :",
        "Safety brake (at most {limit}): nothing is written until this is confirmed (antai_brake):",
    ),
    "ending": Bilingual("Fins dans les {days} jours :", "Ending within {days} days:"),
    "silence": Bilingual(
        "Silence : aucun échange depuis plus de {days} jours (R11) :", "Silence: no exchange for more than {days} days (R11):"
    ),
    "certificate": Bilingual("certificat", "certificate"),
    "convention": Bilingual("convention", "convention"),
    "renewals": Bilingual("En retard : {late}. {states}.", "Late: {late}. {states}."),
    "never": Bilingual("jamais, en service depuis le {day}", "never, in service since {day}"),
    "totals": Bilingual(
        "{total} : {in_service} en service{unproved}, {waiting} en attente, {failed} en échec ; {changed}.",
        "{total}: {in_service} in service{unproved}, {waiting} waiting, {failed} failed; {changed}.",
    ),
    "totals_unproved": Bilingual(", {count} en service sans preuve", ", {count} in service without a proof"),
    "awaited": Bilingual("{count} x {text}, depuis le {since} pour la plus ancienne", "{count} x {text}, the oldest since {since}"),
    "awaited_at_least": Bilingual(
        "{count} x {text}, au moins depuis le {since} pour la plus ancienne", "{count} x {text}, the oldest at least since {since}"
    ),
    "at_least": Bilingual("au moins {day}", "at least {day}"),
    "awaited_no_date": Bilingual("{count} x {text}", "{count} x {text}"),
    "example": Bilingual("par exemple {name} : {text}", "for instance {name}: {text}"),
    "no_files": Bilingual(
        "Le tableau entier : antai_report_folder le fait écrire en CSV et en JSON (-e antai_report_folder=/chemin).",
        "The whole table: antai_report_folder has it written as CSV and JSON (-e antai_report_folder=/path).",
    ),
    "files": Bilingual("Dans des fichiers : {files}", "In files: {files}"),
    "all_in_files": Bilingual("Toutes les collectivités : {files}", "All collectivités: {files}"),
}
COUNTED: dict[str, CountedText] = {
    "dialogues_proved": CountedText(Bilingual("{count} prouvé", "{count} proved"), Bilingual("{count} prouvés", "{count} proved")),
    "dialogues_unproved": CountedText(
        Bilingual("{count} non prouvé", "{count} not proved"), Bilingual("{count} non prouvés", "{count} not proved")
    ),
    "dialogues_unverifiable": CountedText(
        Bilingual("{count} invérifiable", "{count} unverifiable"), Bilingual("{count} invérifiables", "{count} unverifiable")
    ),
    "collectivites": CountedText(
        Bilingual("{count} collectivité", "{count} collectivité"), Bilingual("{count} collectivités", "{count} collectivités")
    ),
    "advanced": CountedText(
        Bilingual("{count} a avancé à ce passage", "{count} advanced in this run"),
        Bilingual("{count} ont avancé à ce passage", "{count} advanced in this run"),
    ),
    "and_more": CountedText(Bilingual("et {count} autre", "and {count} more"), Bilingual("et {count} autres", "and {count} more")),
    "worst": CountedText(
        Bilingual("Celle qui en a le plus besoin :", "The one that needs it most:"),
        Bilingual("Les {count} qui en ont le plus besoin :", "The {count} that need it most:"),
    ),
}
