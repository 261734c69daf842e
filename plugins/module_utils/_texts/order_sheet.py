# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the order sheet that goes to the PSCE."""

from __future__ import annotations

from .text import Bilingual

TEXTS: dict[str, Bilingual] = {
    "title": Bilingual("Demande d'un certificat RGS une étoile : {name}", "Request for an RGS one-star certificate: {name}"),
    "ours": Bilingual(
        "Cette feuille est établie par la collection Ansible collectivites.antai. "
        "Ce n'est pas un formulaire d'un PSCE, ni de l'ANTAI : le PSCE dit quelles pièces il lui faut en plus.",
        "This sheet is made by the Ansible collection collectivites.antai. "
        "It is no form of a PSCE, nor of ANTAI: the PSCE says which papers it needs besides.",
    ),
    "who": Bilingual("Qui demande", "Who asks"),
    "name": Bilingual("Collectivité", "Collectivité"),
    "key": Bilingual("Type de clé", "Key type"),
    "provider": Bilingual("Prestataire qui utilisera le certificat", "Provider that will use the certificate"),
    "asked_on": Bilingual("Demande du", "Requested on"),
    "request": Bilingual("Demande (PKCS#10)", "Request (PKCS#10)"),
    "file": Bilingual("Fichier", "File"),
    "subject": Bilingual("Sujet demandé", "Requested subject"),
    "profile_title": Bilingual("Certificat demandé", "Requested certificate"),
    "profile": Bilingual(
        "Certificat électronique de machine « RGS une étoile » (RGS*), d'authentification client (TLS, usage étendu clientAuth, "
        "usage de clé digitalSignature), pour le dialogue avec le SI FPS de l'ANTAI. Le SIRET reste dans le sujet tel qu'il est demandé : "
        "chaque numéro de FPS commence par lui.",
        'Machine certificate "RGS one star" (RGS*) for client authentication (TLS, extended key usage clientAuth, '
        "key usage digitalSignature), for the dialogue with ANTAI's SI FPS. The SIRET stays in the subject as requested: every FPS number begins with it.",
    ),
    "compare_title": Bilingual("À comparer au téléphone", "To be compared by telephone"),
    "compare": Bilingual(
        "Le PSCE lit l'empreinte de ce qu'il a reçu, la collectivité lit celle-ci : elles sont égales, ou la demande a été échangée en route.",
        "The PSCE reads the fingerprint of what it has received, the collectivité reads this one: "
        "they are equal, or the request was swapped on its way.",
    ),
    "key_sha256": Bilingual("Empreinte SHA-256 de la clé publique", "SHA-256 of the public key"),
    "request_sha256": Bilingual("Empreinte SHA-256 de la demande", "SHA-256 of the request"),
    "check": Bilingual("Pour les recalculer :", "To compute them again:"),
    "contact_title": Bilingual("Contact", "Contact"),
    "agent": Bilingual("Agent mandaté", "Mandated agent"),
    "agent_email": Bilingual("Son courriel", "E-mail"),
    "collectivite_email": Bilingual("Courriel de la collectivité", "E-mail of the collectivité"),
    "unknown": Bilingual("non déclaré", "not declared"),
    "answer_title": Bilingual("La réponse", "The answer"),
    "answer": Bilingual(
        "Déposez le certificat reçu, seul ou avec sa chaîne (PEM, DER, PKCS#7 ou PKCS#12), dans : {drop}. "
        "Le passage suivant le vérifie et le relève. La clé privée ne quitte pas la machine : personne n'a à l'envoyer.",
        "Lay the certificate received, alone or with its chain (PEM, DER, PKCS#7 or PKCS#12), here: {drop}. "
        "The next run checks it and picks it up. The private key never leaves the machine: nobody has to send it.",
    ),
}
