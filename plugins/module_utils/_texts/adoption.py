# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people read of an adoption, French first, English second; {detail} is what it is about."""

from __future__ import annotations

from .text import Bilingual

# What is missing before this store can replace a certificate.
MISSING: dict[str, Bilingual] = {
    "account": Bilingual("le compte n'est pas actif ({detail})", "the account is not active ({detail})"),
    "certificate": Bilingual("aucun certificat actif", "no active certificate"),
    "convention": Bilingual("aucune convention en vigueur n'est vue", "no convention in force is seen"),
    "key": Bilingual(
        "la clé n'est pas ici ({detail}) : seul son détenteur peut remplacer ce certificat",
        "the key is not here ({detail}): only who holds it can replace this certificate",
    ),
    "store": Bilingual("pas de dépôt (antai_store)", "no store (antai_store)"),
    "channel": Bilingual(
        "ni dossiers du PSCE (antai_drop_folder, antai_pickup_folder), ni service EST (antai_est_url)",
        "neither the PSCE's folders (antai_drop_folder, antai_pickup_folder) nor its EST service (antai_est_url)",
    ),
    "contact": Bilingual(
        "à déclarer pour une commande au PSCE, le portail ne le montre pas : {detail}",
        "to be declared for an order at the PSCE, the portal does not show it: {detail}",
    ),
    "organisation": Bilingual(
        "nom trop long pour un certificat : déclarer antai_certificate_organisation",
        "name too long for a certificate: declare antai_certificate_organisation",
    ),
}
# What was decided, or left empty, and why.
REMARKS: dict[str, Bilingual] = {
    "bad_siret": Bilingual("SIRET inutilisable : {detail}", "unusable SIRET: {detail}"),
    "closed": Bilingual("espace clos : laissé de côté", "closed space: left out"),
    "no_name": Bilingual(
        "nom absent, ou qu'un tableur prendrait pour une formule ({detail}) : à déclarer à la main",
        "no name, or one that a spreadsheet takes for a formula ({detail}): declare it by hand",
    ),
    "unusable": Bilingual("ne peut pas être déclaré tel quel : {detail}", "cannot be declared as it stands: {detail}"),
    "formula": Bilingual(
        "laissé vide, un tableur en ferait une formule : {detail}", "left empty, a spreadsheet would take it for a formula: {detail}"
    ),
    "unreadable_field": Bilingual(
        "laissé vide, n'est pas une valeur déclarable : {detail}", "left empty, is no value to be declared: {detail}"
    ),
    "not_shown": Bilingual("laissé vide, l'espace ne le montre pas : {detail}", "left empty, the space does not show it: {detail}"),
    "conventions_unseen": Bilingual(
        "conventions non montrées : cycle laissé vide (complet par défaut), à vérifier",
        "conventions not shown: cycle left empty (complet by default), to be checked",
    ),
    "no_convention": Bilingual(
        "aucune convention : cycle laissé vide (complet par défaut), à vérifier",
        "no convention: cycle left empty (complet by default), to be checked",
    ),
    "both_cycles": Bilingual(
        "deux cycles côte à côte : complet déclaré, il remplace partiel (R5)",
        "two cycles side by side: complet declared, it replaces partiel (R5)",
    ),
    "convention_submitted": Bilingual("convention déposée, pas encore contresignée", "convention submitted, not countersigned yet"),
    "convention_upcoming": Bilingual("convention signée, pas encore en vigueur", "convention signed, not in force yet"),
    "convention_refused": Bilingual("convention refusée par l'ANTAI", "convention refused by ANTAI"),
    "convention_ended": Bilingual(
        "convention échue ({detail}) : plus rien ne passe avec ses certificats",
        "convention lapsed ({detail}): nothing passes with its certificates any more",
    ),
    "certificates_unseen": Bilingual("certificats non montrés : aucun n'est déclaré", "certificates not shown: none is declared"),
    "no_active_certificate": Bilingual("aucun certificat actif : aucun n'est déclaré", "no active certificate: none is declared"),
    "expired": Bilingual(
        "certificat actif et expiré, déclaré tel quel ({detail})", "certificate active and expired, declared as it is ({detail})"
    ),
    "several_active": Bilingual(
        "plusieurs certificats actifs d'un prestataire : une seule entrée, sans empreinte, vaut pour tous ({detail})",
        "several active certificates of one provider: one entry without fingerprint stands for all ({detail})",
    ),
    "relabelled": Bilingual(
        "ce nom de prestataire ne peut pas être une étiquette : déclaré par son empreinte ({detail})",
        "this name of a provider cannot be a label: declared by its fingerprint ({detail})",
    ),
    "not_nameable": Bilingual(
        "certificat actif sans étiquette ni empreinte SHA-256 utilisable : NON déclaré ({detail})",
        "active certificate without usable label or SHA-256: NOT declared ({detail})",
    ),
    "several_agents": Bilingual("vu aussi par : {detail} ; le premier est retenu", "also seen by: {detail}; the first one counts"),
    "no_store": Bilingual(
        "paire trouvée, mais pas de dépôt (antai_store) ou d'empreinte SHA-256 : {detail}",
        "pair found, but no store (antai_store) or SHA-256: {detail}",
    ),
    "not_imported_several": Bilingual(
        "paire non importée, plusieurs certificats de ce prestataire sont actifs : {detail}",
        "pair not imported, several certificates of this provider are active: {detail}",
    ),
    "not_imported_long": Bilingual(
        "paire non importée, nom trop long pour un certificat (à déclarer d'abord : antai_certificate_organisation) : {detail}",
        "pair not imported, name too long for a certificate (declare antai_certificate_organisation first): {detail}",
    ),
    "store_taken": Bilingual(
        "paire non importée, le dépôt tient déjà autre chose pour ce prestataire : {detail}",
        "pair not imported, the store already holds something else for this provider: {detail}",
    ),
    "other_certificate": Bilingual(
        "paire non importée, le fichier donne un autre certificat de la même clé : {detail}",
        "pair not imported, the file gives another certificate of the same key: {detail}",
    ),
    "expired_key": Bilingual(
        "paire non importée, le certificat est expiré : {detail}", "pair not imported, the certificate has expired: {detail}"
    ),
    "not_imported": Bilingual("paire non importée : {detail}", "pair not imported: {detail}"),
    "no_document": Bilingual("document de l'ANTAI non relevé : {detail}", "document of ANTAI not fetched: {detail}"),
}
STATES: dict[str, Bilingual] = {
    "active": Bilingual("actif", "active"),
    "under_control": Bilingual("en contrôle", "under control"),
    "refused": Bilingual("refusé", "refused"),
    "accepted": Bilingual("accepté", "accepted"),
}
COLUMNS: dict[str, Bilingual] = {
    "name": Bilingual("Collectivité", "Collectivité"),
    "siret": Bilingual("SIRET", "SIRET"),
    "agent": Bilingual("Agent", "Agent"),
    "account": Bilingual("Compte", "Account"),
    "cycle": Bilingual("Cycle", "Cycle"),
    "certificates": Bilingual("Certificats", "Certificates"),
    "missing": Bilingual("Manque pour renouveler", "Missing to rotate"),
    "remarks": Bilingual("Remarques", "Remarks"),
}
KEYS: dict[str, Bilingual] = {"store": Bilingual("clé ici", "key here"), "elsewhere": Bilingual("clé ailleurs", "key elsewhere")}
TEXTS: dict[str, Bilingual] = {
    "missing": Bilingual("Manque pour renouveler d'ici :", "Missing to rotate from here:"),
    "remarks": Bilingual("Remarques :", "Remarks:"),
    "left_out": Bilingual("Laissées de côté :", "Left out:"),
    "not_shown_sirets": Bilingual(
        "Déclarées, mais aucun agent ne les voit (espace absent, ou pas de mandat) : {names}",
        "Declared, but no agent sees them (no space, or no mandate): {names}",
    ),
    "lonely": Bilingual(
        "Clés dont le certificat n'est pas là, non importées : {files}", "Keys whose certificate is not there, not imported: {files}"
    ),
    "unmatched": Bilingual("Paires qu'aucun espace ne liste, non importées : {files}", "Pairs that no space lists, not imported: {files}"),
    "unreadable": Bilingual("Fichiers illisibles, laissés : {files}", "Unreadable files, left: {files}"),
    "totals": Bilingual(
        "Collectivités reprises : {adopted}. Laissées de côté : {left_out}. Certificats actifs : {certificates} (clé ici : {here}, ailleurs : {elsewhere}).",
        "Collectivités adopted: {adopted}. Left out: {left_out}. Active certificates: {certificates} (key here: {here}, elsewhere: {elsewhere}).",
    ),
    "can_rotate": Bilingual("Prêtes à renouveler d'ici : {ready} sur {adopted}.", "Ready to rotate from here: {ready} of {adopted}."),
    "steps": Bilingual("Étapes que le prochain passage ferait : {count}.", "Steps that the next run would take: {count}."),
    "steps_unknown": Bilingual(
        "Étapes du prochain passage : non calculées en mode vérification.", "Steps of the next run: not counted in check mode."
    ),
    "would": Bilingual(
        "Mode vérification : rien n'est écrit. Seraient écrits : {files}", "Check mode: nothing is written. Would be written: {files}"
    ),
}
