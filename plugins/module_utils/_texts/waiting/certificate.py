# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of who is waited for: certificates, their orders, and the dialogue."""

from __future__ import annotations

from ..text import Bilingual
from .reason import Reason

CERTIFICATE: dict[str, Reason] = {
    "certificate_order": Reason(
        "collectivite",
        "certificate",
        Bilingual(
            "Aucun certificat pour {provider} : demandez-le (antai_certificate_request) ou déclarez son empreinte.",
            "No certificate for {provider}: request it (antai_certificate_request) or declare its fingerprint.",
        ),
    ),
    "certificate_issue": Reason(
        "psce",
        "certificate",
        Bilingual(
            "Le PSCE doit délivrer le certificat de {provider}. Demande : {csr} ; déposez le certificat reçu ici : {drop}",
            "The PSCE has to issue the certificate of {provider}. Request: {csr}; lay the certificate received here: {drop}",
        ),
    ),
    "certificate_issue_est": Reason(
        "psce",
        "certificate",
        Bilingual(
            "Le PSCE vérifie la demande du certificat de {provider}, reçue par EST ({url}). Elle sera redemandée après {retry} ; rien à faire. "
            "S'il l'envoie autrement, déposez-le ici : {drop}",
            "The PSCE is checking the request for the certificate of {provider}, received by EST ({url}). It is asked again after {retry}; nothing to do. "
            "If it sends it another way, lay it here: {drop}",
        ),
    ),
    "request_refused": Reason(
        "collectivite",
        "certificate",
        Bilingual(
            "Le PSCE refuse la demande du certificat de {provider} : « {reason} ». Corrigez la déclaration, elle est redemandée dès qu'elle diffère ; "
            "ou annulez la demande (antai_certificate_request, state: absent) et relancez.",
            'The PSCE refuses the request for the certificate of {provider}: "{reason}". Correct the declaration, it is asked again as soon as it differs; '
            "or discard the request (antai_certificate_request, state: absent) and run again.",
        ),
    ),
    "certificate_expired": Reason(
        "psce",
        "certificate",
        Bilingual(
            "Le certificat de {provider} a expiré le {end} : il en faut un nouveau.",
            "The certificate of {provider} expired on {end}: a new one is needed.",
        ),
    ),
    "certificate_installation": Reason(
        "prestataire",
        "installation",
        Bilingual(
            "Le prestataire {provider}, qui détient la clé, doit installer le certificat {fingerprint} dans le SI FPS.",
            "The provider {provider}, who holds the key, has to install the certificate {fingerprint} in the SI FPS.",
        ),
    ),
    "certificate_rights": Reason(
        "editeur",
        "installation",
        Bilingual(
            "Le SI FPS refuse l'installation par cet éditeur : « {reason} » (règle {rule}). Vérifiez sa qualification, antai_editor_id et antai_editor_key.",
            'The SI FPS refuses the installation by this editor: "{reason}" (rule {rule}). Check its qualification, antai_editor_id and antai_editor_key.',
        ),
    ),
    "certificate_refused": Reason(
        "collectivite",
        "certificate",
        Bilingual(
            "Le SI FPS refuse le certificat {fingerprint} ({provider}) : « {reason} » (règle {rule}).",
            'The SI FPS refuses the certificate {fingerprint} ({provider}): "{reason}" (rule {rule}).',
        ),
    ),
    "certificate_not_rgs": Reason(
        "collectivite",
        "certificate",
        Bilingual(
            "Le certificat {fingerprint} ({provider}) n'est ni installé ni activé : il enfreint des règles RGS* ({failures}). "
            "Faites-en délivrer un autre, ou levez une règle par son nom (antai_rule_overrides).",
            "The certificate {fingerprint} ({provider}) is neither installed nor activated: it breaks RGS* rules ({failures}). "
            "Have another one issued, or override a rule by its name (antai_rule_overrides).",
        ),
    ),
    "certificate_no_longer_rgs": Reason(
        "collectivite",
        "certificate",
        Bilingual(
            "Le certificat {fingerprint} ({provider}), laissé actif, enfreint des règles RGS* ({failures}). Faites-en délivrer un autre : "
            "si sa clé est dans antai_store, rotate_certificates avec antai_rotation_replace: {fingerprint} le commande ; "
            "si elle est compromise, ajoutez antai_rotation_compromised: true, qui coupe celui-ci aussitôt.",
            "The certificate {fingerprint} ({provider}), which is left active, breaks RGS* rules ({failures}). Have another one issued: "
            "where its key is in antai_store, rotate_certificates with antai_rotation_replace: {fingerprint} orders it; "
            "if that key is compromised, add antai_rotation_compromised: true, which cuts this one off at once.",
        ),
    ),
    "dialogue_refused": Reason(
        "collectivite",
        "dialogue",
        Bilingual(
            "Le SI FPS refuse le dialogue de {provider} : « {reason} » (règle {rule}). Aucun FPS ne passe.",
            'The SI FPS refuses the dialogue of {provider}: "{reason}" (rule {rule}). No FPS passes.',
        ),
    ),
    "certificate_listing": Reason(
        "antai",
        "listing",
        Bilingual(
            "Le certificat est installé ; il doit encore apparaître dans l'espace numérique. Rien à réinstaller.",
            "The certificate is installed; it has yet to show up in the space. Nothing to install again.",
        ),
    ),
    "certificate_activation": Reason(
        "collectivite",
        "activation",
        Bilingual(
            "Le certificat {fingerprint} ({provider}) est installé : activez-le dans votre espace numérique.",
            "The certificate {fingerprint} ({provider}) is installed: activate it in your space.",
        ),
    ),
    "certificate_deactivation": Reason(
        "collectivite",
        "deactivation",
        Bilingual(
            "Le certificat {fingerprint} ({provider}) doit être désactivé dans votre espace numérique.",
            "The certificate {fingerprint} ({provider}) has to be deactivated in your space.",
        ),
    ),
    "certificate_compromised": Reason(
        "psce",
        "certificate",
        Bilingual(
            "La clé du certificat {fingerprint} ({provider}) est compromise : il n'est jamais réactivé."
            " La rotation (rotate_certificates.yml) en apporte un autre.",
            "The key of the certificate {fingerprint} ({provider}) is compromised: it is never activated again; rotate_certificates.yml brings another.",
        ),
    ),
    "certificate_revocation": Reason(
        "collectivite",
        "revocation",
        Bilingual(
            "La clé du certificat {fingerprint} ({provider}) est compromise : demandez au PSCE de le révoquer, sans attendre.",
            "The key of the certificate {fingerprint} ({provider}) is compromised: ask the PSCE to revoke it, without delay.",
        ),
    ),
    "dialogue_down": Reason(
        "psce",
        "dialogue",
        Bilingual(
            "AUCUN FPS NE PASSE par {provider} : son certificat {fingerprint} est désactivé (clé compromise), jusqu'à ce que le suivant soit délivré et actif.",
            "NO FPS PASSES through {provider}: its certificate {fingerprint} is deactivated (compromised key), until the next one is issued and active.",
        ),
    ),
    "certificate_proof": Reason(
        "antai",
        "activation",
        Bilingual(
            "Le certificat {fingerprint} ({provider}) est activé, mais le SI FPS ne l'autorise pas encore ; l'autre reste en service. Rien à faire.",
            "The certificate {fingerprint} ({provider}) is activated, but the SI FPS does not authorise it yet; the other stays in use. Nothing to do.",
        ),
    ),
    "delivery_unusable": Reason(
        "psce",
        "certificate",
        Bilingual(
            "Le PSCE a livré pour {provider} un certificat inutilisable ({reason}) : {path}. Demandez-lui de le corriger pour la même demande ({csr}) : aucune"
            " autre n'est commandée. Pour abandonner celle-ci : antai_certificate_request, state: absent.",
            "The PSCE delivered a certificate for {provider} that cannot be used ({reason}): {path}. Ask it to correct it for the same request ({csr}): no"
            " other one is ordered. To give this one up: antai_certificate_request, state: absent.",
        ),
    ),
    "order_twice": Reason(
        "exploitant",
        "store",
        Bilingual(
            "{provider} a déjà un certificat dans l'espace {siret} ({fingerprint}), et aucune clé n'en est ici ({store}) : rien n'est commandé. Restaurez le"
            " dépôt ; ou déclarez keys: elsewhere si le prestataire installe le sien ; ou, la clé étant perdue, antai_store_adopt: {siret}",
            "{provider} already has a certificate in the space {siret} ({fingerprint}), and no key of it is here ({store}): nothing is ordered. Restore the"
            " store; or declare keys: elsewhere where the provider installs its own; or, the key being lost, antai_store_adopt: {siret}",
        ),
    ),
    "order_stray_pair": Reason(
        "exploitant",
        "store",
        Bilingual(
            "Le dépôt contient pour {provider} une clé et son certificat encore valable (versions {versions}) qu'aucun lien n'atteint : rien n'est commandé."
            " Refaites le lien (ln -s versions/N current), ou effacez ces versions.",
            "The store holds for {provider} a key with its living certificate (versions {versions}) that no link leads to: nothing is ordered. Set the link"
            " (ln -s versions/N current), or delete these versions.",
        ),
    ),
    "order_key_lost": Reason(
        "exploitant",
        "store",
        Bilingual(
            "Le dépôt contient pour {provider} un certificat encore valable sans sa clé (versions {versions}) : rien n'est commandé. Restaurez le dépôt en"
            " entier ; ou, la clé étant perdue, antai_store_adopt: {siret}",
            "The store holds for {provider} a living certificate without its key (versions {versions}): nothing is ordered. Restore the whole store; or, the"
            " key being lost, antai_store_adopt: {siret}",
        ),
    ),
    "order_clock": Reason(
        "exploitant",
        "clock",
        Bilingual(
            "L'horloge de cette machine diffère de {seconds} s de celle du serveur : le certificat de {provider} n'est pas commandé. Réglez-la (NTP), puis"
            " relancez.",
            "The clock of this machine differs from the server's by {seconds} s: the certificate of {provider} is not ordered. Set it (NTP), then run again.",
        ),
    ),
    "order_limit": Reason(
        "exploitant",
        "orders",
        Bilingual(
            "{orders} certificats ont été commandés en 24 heures (antai_order_limit: {limit}) : celui de {provider} ne l'est pas. Cherchez pourquoi dans"
            " {store}/orders.jsonl ; si tout est voulu, déclarez antai_order_limit.",
            "{orders} certificates were ordered in 24 hours (antai_order_limit: {limit}): that of {provider} is not. Look for the reason in"
            " {store}/orders.jsonl; where all of it is meant, declare antai_order_limit.",
        ),
    ),
    "store_relinked": Reason(
        "exploitant",
        "store",
        Bilingual(
            "Le dépôt {store} est revenu sans ses liens ({provider}) : un passage les refait d'après les versions, et ne fait rien d'autre. Vérifiez que c'est"
            " la dernière sauvegarde, puis relancez.",
            "The store {store} came back without its links ({provider}): a run makes them anew from the versions, and does nothing else. Check that it is the"
            " latest backup, then run again.",
        ),
    ),
    "certificate_elsewhere": Reason(
        "prestataire",
        "installation",
        Bilingual(
            "Le prestataire {provider} installe lui-même son certificat (keys: elsewhere) ; l'espace numérique n'en montre encore aucun.",
            "The provider {provider} installs its own certificate (keys: elsewhere); the space shows none of it yet.",
        ),
    ),
}
