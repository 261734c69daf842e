# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of who is waited for: rotations and the switch of provider."""

from __future__ import annotations

from ..text import Bilingual
from .reason import Reason

ROTATION: dict[str, Reason] = {
    "rotation_grace": Reason(
        "date",
        "rotation",
        Bilingual(
            "Le nouveau certificat de {provider} est en service ; l'ancien, {fingerprint}, reste actif jusqu'au {date}, puis il est retiré.",
            "The new certificate of {provider} is in use; the old one, {fingerprint}, stays active until {date}, and is then retired.",
        ),
    ),
    "rotation_refused": Reason(
        "collectivite",
        "rotation",
        Bilingual(
            "Le SI FPS refuse le nouveau certificat {fingerprint} ({provider}) une fois actif : « {reason} » (règle {rule}). Il est désactivé, l'ancien reste"
            " en service. Pour en commander un autre : antai_rotation_replace: {fingerprint} ; pour en prendre acte et ne plus l'attendre :"
            " antai_rotation_acknowledge: {fingerprint}",
            'The SI FPS refuses the new certificate {fingerprint} ({provider}) once active: "{reason}" (rule {rule}). It is deactivated, the old one stays'
            " in use. To order another one: antai_rotation_replace: {fingerprint}; to take note of it and wait no more: antai_rotation_acknowledge:"
            " {fingerprint}",
        ),
    ),
    "rotation_not_rgs": Reason(
        "collectivite",
        "rotation",
        Bilingual(
            "Le nouveau certificat {fingerprint} ({provider}) enfreint des règles RGS* ({failures}) : il n'est pas mis en service, l'ancien reste. "
            "Pour en commander un autre : antai_rotation_replace: {fingerprint} ; pour l'écarter et ne plus l'attendre : antai_rotation_rollback: true, puis "
            "antai_rotation_acknowledge: {fingerprint} ; ou levez une règle par son nom (antai_rule_overrides).",
            "The new certificate {fingerprint} ({provider}) breaks RGS* rules ({failures}): it is not taken into use, the old one stays. "
            "To order another one: antai_rotation_replace: {fingerprint}; to set it aside and wait no more: antai_rotation_rollback: true, then "
            "antai_rotation_acknowledge: {fingerprint}; or override a rule by its name (antai_rule_overrides).",
        ),
    ),
    "rotation_rolled_back": Reason(
        "collectivite",
        "rotation",
        Bilingual(
            "La rotation de {provider} a été annulée, l'ancien certificat est en service. Pour en commander un autre : antai_rotation_replace: {fingerprint} ;"
            " pour en prendre acte et ne plus l'attendre : antai_rotation_acknowledge: {fingerprint}",
            "The rotation of {provider} was rolled back, the old certificate is in use. To order another one: antai_rotation_replace: {fingerprint}; to take"
            " note of it and wait no more: antai_rotation_acknowledge: {fingerprint}",
        ),
    ),
    "rotation_elsewhere": Reason(
        "prestataire",
        "rotation",
        Bilingual(
            "Le prestataire {provider} détient la clé du certificat {fingerprint} (fin : {end}) : à lui de commander le suivant et de l'installer ; déclarez"
            " ensuite la nouvelle empreinte à côté de l'ancienne.",
            "The provider {provider} holds the key of the certificate {fingerprint} (end: {end}): it has to order and install the next one; then declare the"
            " new fingerprint beside the old one.",
        ),
    ),
    "rotation_files": Reason(
        "prestataire",
        "rotation",
        Bilingual(
            "Le certificat {fingerprint} de {provider} (fin : {end}) est déclaré par ses fichiers : qui les a fournis fournit les suivants. Sans fichiers"
            " déclarés, la clé est faite dans antai_store et la rotation s'en charge.",
            "The certificate {fingerprint} of {provider} (end: {end}) is declared by its files: who made them makes the next ones. Without declared"
            " files, the key is made in antai_store, and the rotation sees to it.",
        ),
    ),
    "switch_missing": Reason(
        "prestataire",
        "installation",
        Bilingual(
            "Aucun certificat de {provider} n'est installé : le prestataire doit installer le sien (ou déclarez-le, ou commandez-le).",
            "No certificate of {provider} is installed: the provider has to install its own (or declare it, or order it).",
        ),
    ),
    "rotation_exchange": Reason(
        "prestataire",
        "rotation",
        Bilingual(
            "L'espace ne montre encore aucun échange avec le nouveau certificat de {provider} ({fingerprint}) : l'ancien reste actif jusque-là.",
            "The space shows no exchange with the new certificate of {provider} ({fingerprint}) yet: the one before stays active until then.",
        ),
    ),
    "switch_proof": Reason(
        "prestataire",
        "switch",
        Bilingual(
            "Rien ne prouve encore que {provider} échange : aucun échange depuis l'activation de son certificat. {other} reste autorisé jusque-là.",
            "Nothing proves yet that {provider} exchanges: no exchange since its certificate was activated. {other} stays authorised until then.",
        ),
    ),
    "switch_traffic": Reason(
        "prestataire",
        "switch",
        Bilingual(
            "{provider} est de nouveau autorisé. Les derniers FPS sont passés par {other} ({last}), qui reste autorisé jusqu'à ce que {provider} échange.",
            "{provider} is authorised again. The last FPS went through {other} ({last}), which stays authorised until {provider} exchanges.",
        ),
    ),
    "switch_date": Reason(
        "date",
        "switch",
        Bilingual(
            "{provider} est autorisé à côté de {other} ; {other} ne le sera plus à partir du {date}.",
            "{provider} is authorised beside {other}; {other} no longer will be from {date} on.",
        ),
    ),
    "switch_date_unproved": Reason(
        "date",
        "switch",
        Bilingual(
            "{other} reste autorisé. Il ne le sera plus à partir du {date}, si {provider} est autorisé et prouvé d'ici là : il ne l'est pas encore.",
            "{other} stays authorised. It no longer will be from {date} on, if {provider} is authorised and proved by then: it is not yet.",
        ),
    ),
}
