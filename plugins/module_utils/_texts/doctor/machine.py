# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the doctor on the machine that it runs on."""

from __future__ import annotations

from ..text import Advice, Bilingual

MACHINE: dict[str, Advice] = {
    # In general
    "prerequisite": Advice(Bilingual("non vérifié : {because} d'abord", "not looked at: {because} first")),
    # Here
    "versions": Advice(Bilingual("{versions}", "{versions}")),
    "document_libraries": Advice(Bilingual("conventions : pypdf et pyHanko conviennent", "conventions: pypdf and pyHanko fit")),
    "document_libraries_unfit": Advice(
        Bilingual(
            "des conventions ne peuvent être remplies ou vérifiées ici : {reasons}",
            "conventions cannot be filled or judged here: {reasons}",
        ),
        Bilingual("{command}", "{command}"),
    ),
    "memfd": Advice(Bilingual("une clé peut rester en mémoire (memfd)", "a key can stay in memory (memfd)")),
    "no_memfd": Advice(
        Bilingual("ce système n'a pas de memfd : les clés doivent être des fichiers", "this system has no memfd: keys must be files"),
        Bilingual("laisser les clés dans le dépôt (antai_store), en 0600", "leave the keys in the store (antai_store), mode 0600"),
    ),
    "no_store": Advice(Bilingual("aucun dépôt déclaré (antai_store)", "no store is declared (antai_store)")),
    "store_ok": Advice(Bilingual("le dépôt {store} est inscriptible", "the store {store} can be written")),
    "store_private": Advice(Bilingual("{store} : son propriétaire seul y a accès", "{store}: only its owner has access")),
    "store_to_make": Advice(
        Bilingual("le dépôt {store} n'existe pas encore et peut être créé", "the store {store} is not there yet and can be made")
    ),
    "store_not_writable": Advice(
        Bilingual("le dépôt {store} n'est pas inscriptible : {told}", "the store {store} cannot be written: {told}"),
        Bilingual(
            "corriger le chemin, son propriétaire ou son mode, ou déclarer un autre antai_store",
            "correct the path, its owner or its mode, or declare another antai_store",
        ),
    ),
    "store_open": Advice(
        Bilingual("d'autres que le propriétaire peuvent lire : {paths}", "others than the owner may read: {paths}"),
        Bilingual(
            "chmod 0700 pour les dossiers, 0600 pour les fichiers ; remplacer les clés qui ont pu être lues",
            "chmod 0700 for folders, 0600 for files; replace keys that may have been read",
        ),
    ),
    "no_certificates": Advice(Bilingual("aucun certificat dont la clé soit ici", "no certificate whose key is here")),
    "certificates_ok": Advice(Bilingual("{number} certificat(s) avec leur clé", "{number} certificate(s) with their key")),
    "certificate_ends": Advice(
        Bilingual("le certificat de {provider} finit le {not_after}", "the certificate of {provider} ends on {not_after}"),
        Bilingual("commander le suivant maintenant : 15 jours environ", "order the next one now: about 15 days"),
    ),
    "certificate_ended": Advice(
        Bilingual("le certificat de {provider} a expiré le {not_after}", "the certificate of {provider} expired on {not_after}"),
        Bilingual("en commander un autre (antai_certificate_request)", "order another one (antai_certificate_request)"),
    ),
    "certificate_unfit": Advice(
        Bilingual("certificat inutilisable : {told}", "a certificate cannot be used: {told}"), Bilingual("{hint}", "{hint}")
    ),
}
