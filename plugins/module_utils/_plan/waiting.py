# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is being waited for: the one catalogue of all the reasons why a collectivité does not advance.

Every step of the road waits on people (R10). A resource's plan names a reason by its code; who it is waited for (`on`),
what for (`for`) and what to do next stand here, in French and English.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from ..dates import parse_date
from ..text import one_line

# Number in the letter of 2017, last paragraph.
SUPPORT_LINE = "01.76.49.27.07"
# After this ANTAI is late and its support line is shown (ours: no delay is published).
LATE_AFTER = timedelta(days=15)

LANGUAGES = ("fr", "en")


@dataclass(frozen=True)
class Reason:
    """One line of the catalogue. on: who; what: what for; fr, en: what to do next, with {placeholders}."""

    on: str
    what: str
    fr: str
    en: str


REASONS: dict[str, Reason] = {
    "account_control": Reason(
        "antai",
        "account",
        "L'ANTAI contrôle la demande d'espace numérique ; rien à faire.",
        "ANTAI is checking the request for the space; nothing to do.",
    ),
    "account_refused": Reason(
        "collectivite",
        "account",
        "L'ANTAI a refusé la demande : « {reason} ». Corrigez la déclaration ; elle est renvoyée dès qu'elle diffère.",
        'ANTAI refused the request: "{reason}". Correct the declaration; it is sent again as soon as it differs.',
    ),
    "account_missing": Reason(
        "collectivite",
        "account",
        "L'espace numérique n'existe pas encore : déclarez-le (antai_account).",
        "The space does not exist yet: declare it (antai_account).",
    ),
    "account_closed": Reason(
        "collectivite",
        "account",
        "L'espace numérique est clos. Pour en demander un nouveau : antai_reopen: true. Sinon, retirez la collectivité de l'inventaire.",
        "The space is closed. To ask for a new one: antai_reopen: true. Otherwise take the collectivité out of the inventory.",
    ),
    "credentials": Reason(
        "collectivite",
        "credentials",
        "L'ANTAI a accepté la demande et envoyé les identifiants à {agent_email} : déclarez-les ({login}).",
        "ANTAI accepted the request and sent the credentials to {agent_email}: declare them ({login}).",
    ),
    "mandate": Reason(
        "collectivite",
        "mandate",
        "Ces identifiants n'ont pas de mandat pour cette collectivité : demandez-le-lui, ou qu'elle fasse elle-même l'opération.",
        "These credentials hold no mandate for this collectivité: ask it for one, or to do the operation itself.",
    ),
    "access": Reason(
        "collectivite",
        "credentials",
        "Rien ne permet de voir cet espace : déclarez {login} ou, pour suivre la demande, antai_agent_email.",
        "Nothing lets this space be seen: declare {login} or, to follow the request, antai_agent_email.",
    ),
    "account_request_by_hand": Reason(
        "collectivite",
        "account",
        "L'interface ne permet pas de demander l'espace numérique : demandez-le à la main, sur le portail.",
        "The interface does not allow asking for the space: ask for it by hand, on the portal.",
    ),
    "account_update_by_hand": Reason(
        "collectivite",
        "account",
        "L'espace numérique diffère de la déclaration ({fields}) et l'interface ne permet pas de le modifier : corrigez-le à la main.",
        "The space differs from the declaration ({fields}) and the interface does not allow changing it: correct it by hand.",
    ),
    "account_close_by_hand": Reason(
        "collectivite",
        "account",
        "L'interface ne permet pas de clore l'espace numérique : faites-le à la main, sur le portail.",
        "The interface does not allow closing the space: do it by hand, on the portal.",
    ),
    "convention_upload_by_hand": Reason(
        "collectivite",
        "convention",
        "L'interface ne permet pas de déposer la convention signée : déposez-la à la main dans l'espace numérique.",
        "The interface does not allow uploading the signed convention: upload it by hand, in the space.",
    ),
    "unseen": Reason(
        "collectivite",
        "space",
        "L'interface ne montre pas cet état : vérifiez-le à la main dans l'espace numérique.",
        "The interface does not show this: check it by hand, in the space.",
    ),
    "job_running": Reason(
        "antai",
        "processing",
        "L'ANTAI a reçu l'opération et la traite encore ; elle n'est pas renvoyée.",
        "ANTAI has received the operation and is still working on it; it is not sent again.",
    ),
    "certificates_still_active": Reason(
        "collectivite",
        "deactivation",
        "L'espace ne peut être clos tant que {count} certificat(s) sont actifs : désactivez-les d'abord.",
        "The space cannot be closed while {count} certificate(s) are active: deactivate them first.",
    ),
    "convention_signature": Reason(
        "collectivite",
        "convention",
        "Faites signer la convention (cycle {cycle}) puis déposez le PDF signé : {path}",
        "Have the convention (cycle {cycle}) signed, then lay the signed PDF here: {path}",
    ),
    "convention_countersignature": Reason(
        "antai",
        "convention",
        "La convention signée est déposée ; l'ANTAI doit la contresigner.",
        "The signed convention is uploaded; ANTAI has to countersign it.",
    ),
    "convention_refused": Reason(
        "collectivite",
        "convention",
        "L'ANTAI a refusé la convention : « {reason} ». Faites signer un document corrigé : {path}",
        'ANTAI refused the convention: "{reason}". Have a corrected document signed: {path}',
    ),
    "convention_document": Reason(
        "collectivite",
        "convention",
        "Le document {name} n'est pas envoyé : {reasons}. Déposez un document corrigé : {path}",
        "The document {name} is not sent: {reasons}. Lay a corrected one here: {path}",
    ),
    "convention_data": Reason(
        "collectivite",
        "convention",
        "La convention préremplie {path} est incomplète : {fields}. Complétez la déclaration.",
        "The prefilled convention {path} is incomplete: {fields}. Complete the declaration.",
    ),
    "convention_ended": Reason(
        "collectivite",
        "convention",
        "La convention a pris fin le {end} : aucun FPS ne passe plus. Faites-en signer une nouvelle : {path}",
        "The convention ended on {end}: no FPS passes any more. Have a new one signed: {path}",
    ),
    "convention_lapsed": Reason(
        "antai",
        "convention",
        "La convention a pris fin le {end} : aucun FPS ne passe plus tant que l'ANTAI n'a pas contresigné la nouvelle, qui est déposée.",
        "The convention ended on {end}: no FPS passes any more until ANTAI countersigns the new one, which is uploaded.",
    ),
    "convention_lapsed_next": Reason(
        "antai",
        "convention",
        "La convention a pris fin le {end} : aucun FPS ne passe plus tant que la suivante, contresignée par l'ANTAI, n'est pas en vigueur.",
        "The convention ended on {end}: no FPS passes any more until the next one, countersigned by ANTAI, is in force.",
    ),
    "convention_renewal": Reason(
        "collectivite",
        "convention",
        "La convention prend fin le {end} : à partir du {after}, aucun FPS ne passe plus, sauf si la suivante est contresignée d'ici là. "
        "Faites-la signer (cycle {cycle}) puis déposez le PDF signé : {path}",
        "The convention ends on {end}: from {after} no FPS passes any more, unless the next one is countersigned by then. "
        "Have it (cycle {cycle}) signed, then lay the signed PDF here: {path}",
    ),
    "convention_renewal_refused": Reason(
        "collectivite",
        "convention",
        "La convention prend fin le {end} : à partir du {after}, aucun FPS ne passe plus. L'ANTAI a refusé la suivante : « {reason} ». "
        "Faites signer un document corrigé : {path}",
        'The convention ends on {end}: from {after} no FPS passes any more. ANTAI refused the next one: "{reason}". '
        "Have a corrected document signed: {path}",
    ),
    "convention_renewal_countersignature": Reason(
        "antai",
        "convention",
        "La convention prend fin le {end} ; la suivante est déposée et l'ANTAI doit la contresigner avant le {after}, "
        "sans quoi aucun FPS ne passe plus.",
        "The convention ends on {end}; the next one is uploaded, and ANTAI has to countersign it before {after}, "
        "or else no FPS passes any more.",
    ),
    "convention_begins": Reason(
        "date",
        "convention",
        "La convention contresignée entre en vigueur le {start}.",
        "The countersigned convention comes into force on {start}.",
    ),
    "convention_exclusive": Reason(
        "date",
        "convention",
        "Une convention cycle complet est en vigueur jusqu'au {end} ; elle exclut le cycle partiel (R5).",
        "A convention cycle complet is in force until {end}; it excludes the cycle partiel (R5).",
    ),
    "siret_change_date": Reason(
        "date",
        "siret",
        "Le SIRET {leaving} reste en service jusqu'au changement, le {on} ; à partir de ce jour, {siret} seul sert.",
        "The SIRET {leaving} stays in service until the change, on {on}; from that day on {siret} alone is used.",
    ),
    "siret_change_dialogue": Reason(
        "collectivite",
        "siret",
        "Le SIRET {leaving} reste en service : le dialogue sous {siret} n'est pas encore prouvé ({providers}).",
        "The SIRET {leaving} stays in service: the dialogue under {siret} is not proven yet ({providers}).",
    ),
    "certificate_order": Reason(
        "collectivite",
        "certificate",
        "Aucun certificat pour {provider} : demandez-le (antai_certificate_request) ou déclarez son empreinte.",
        "No certificate for {provider}: request it (antai_certificate_request) or declare its fingerprint.",
    ),
    "certificate_issue": Reason(
        "psce",
        "certificate",
        "Le PSCE doit délivrer le certificat de {provider}. Demande : {csr} ; déposez le certificat reçu ici : {drop}",
        "The PSCE has to issue the certificate of {provider}. Request: {csr}; lay the certificate received here: {drop}",
    ),
    "certificate_issue_est": Reason(
        "psce",
        "certificate",
        "Le PSCE vérifie la demande du certificat de {provider}, reçue par EST ({url}). Elle sera redemandée après {retry} ; rien à faire. "
        "S'il l'envoie autrement, déposez-le ici : {drop}",
        "The PSCE is checking the request for the certificate of {provider}, received by EST ({url}). It is asked again after {retry}; nothing to do. "
        "If it sends it another way, lay it here: {drop}",
    ),
    "request_refused": Reason(
        "collectivite",
        "certificate",
        "Le PSCE refuse la demande du certificat de {provider} : « {reason} ». Corrigez la déclaration, elle est redemandée dès qu'elle diffère ; "
        "ou annulez la demande (antai_certificate_request, state: absent) et relancez.",
        'The PSCE refuses the request for the certificate of {provider}: "{reason}". Correct the declaration, it is asked again as soon as it differs; '
        "or discard the request (antai_certificate_request, state: absent) and run again.",
    ),
    "certificate_expired": Reason(
        "psce",
        "certificate",
        "Le certificat de {provider} a expiré le {end} : il en faut un nouveau.",
        "The certificate of {provider} expired on {end}: a new one is needed.",
    ),
    "certificate_installation": Reason(
        "prestataire",
        "installation",
        "Le prestataire {provider}, qui détient la clé, doit installer le certificat {fingerprint} dans le SI FPS.",
        "The provider {provider}, who holds the key, has to install the certificate {fingerprint} in the SI FPS.",
    ),
    "certificate_rights": Reason(
        "editeur",
        "installation",
        "Le SI FPS refuse l'installation par cet éditeur : « {reason} » (règle {rule}). Vérifiez sa qualification, antai_editor_id et antai_editor_key.",
        'The SI FPS refuses the installation by this editor: "{reason}" (rule {rule}). Check its qualification, antai_editor_id and antai_editor_key.',
    ),
    "certificate_refused": Reason(
        "collectivite",
        "certificate",
        "Le SI FPS refuse le certificat {fingerprint} ({provider}) : « {reason} » (règle {rule}).",
        'The SI FPS refuses the certificate {fingerprint} ({provider}): "{reason}" (rule {rule}).',
    ),
    "certificate_not_rgs": Reason(
        "collectivite",
        "certificate",
        "Le certificat {fingerprint} ({provider}) n'est ni installé ni activé : il enfreint des règles RGS* ({failures}). "
        "Faites-en délivrer un autre, ou levez une règle par son nom (antai_rule_overrides).",
        "The certificate {fingerprint} ({provider}) is neither installed nor activated: it breaks RGS* rules ({failures}). "
        "Have another one issued, or override a rule by its name (antai_rule_overrides).",
    ),
    "certificate_no_longer_rgs": Reason(
        "collectivite",
        "certificate",
        "Le certificat {fingerprint} ({provider}), laissé actif, enfreint des règles RGS* ({failures}). Faites-en délivrer un autre : "
        "si sa clé est dans antai_store, rotate_certificates avec antai_rotation_replace: {fingerprint} le commande ; "
        "si elle est compromise, ajoutez antai_rotation_compromised: true, qui coupe celui-ci aussitôt.",
        "The certificate {fingerprint} ({provider}), which is left active, breaks RGS* rules ({failures}). Have another one issued: "
        "where its key is in antai_store, rotate_certificates with antai_rotation_replace: {fingerprint} orders it; "
        "if that key is compromised, add antai_rotation_compromised: true, which cuts this one off at once.",
    ),
    "dialogue_refused": Reason(
        "collectivite",
        "dialogue",
        "Le SI FPS refuse le dialogue de {provider} : « {reason} » (règle {rule}). Aucun FPS ne passe.",
        'The SI FPS refuses the dialogue of {provider}: "{reason}" (rule {rule}). No FPS passes.',
    ),
    "certificate_listing": Reason(
        "antai",
        "listing",
        "Le certificat est installé ; il doit encore apparaître dans l'espace numérique. Rien à réinstaller.",
        "The certificate is installed; it has yet to show up in the space. Nothing to install again.",
    ),
    "certificate_activation": Reason(
        "collectivite",
        "activation",
        "Le certificat {fingerprint} ({provider}) est installé : activez-le dans votre espace numérique.",
        "The certificate {fingerprint} ({provider}) is installed: activate it in your space.",
    ),
    "certificate_deactivation": Reason(
        "collectivite",
        "deactivation",
        "Le certificat {fingerprint} ({provider}) doit être désactivé dans votre espace numérique.",
        "The certificate {fingerprint} ({provider}) has to be deactivated in your space.",
    ),
    "certificate_compromised": Reason(
        "psce",
        "certificate",
        "La clé du certificat {fingerprint} ({provider}) est compromise : il n'est jamais réactivé. La rotation (rotate_certificates.yml) en apporte un autre.",
        "The key of the certificate {fingerprint} ({provider}) is compromised: it is never activated again; rotate_certificates.yml brings another.",
    ),
    "certificate_revocation": Reason(
        "collectivite",
        "revocation",
        "La clé du certificat {fingerprint} ({provider}) est compromise : demandez au PSCE de le révoquer, sans attendre.",
        "The key of the certificate {fingerprint} ({provider}) is compromised: ask the PSCE to revoke it, without delay.",
    ),
    "dialogue_down": Reason(
        "psce",
        "dialogue",
        "AUCUN FPS NE PASSE par {provider} : son certificat {fingerprint} est désactivé (clé compromise), jusqu'à ce que le suivant soit délivré et actif.",
        "NO FPS PASSES through {provider}: its certificate {fingerprint} is deactivated (compromised key), until the next one is issued and active.",
    ),
    "rotation_grace": Reason(
        "date",
        "rotation",
        "Le nouveau certificat de {provider} est en service ; l'ancien, {fingerprint}, reste actif jusqu'au {date}, puis il est retiré.",
        "The new certificate of {provider} is in use; the old one, {fingerprint}, stays active until {date}, and is then retired.",
    ),
    "certificate_proof": Reason(
        "antai",
        "activation",
        "Le certificat {fingerprint} ({provider}) est activé, mais le SI FPS ne l'autorise pas encore ; l'autre reste en service. Rien à faire.",
        "The certificate {fingerprint} ({provider}) is activated, but the SI FPS does not authorise it yet; the other stays in use. Nothing to do.",
    ),
    "rotation_refused": Reason(
        "collectivite",
        "rotation",
        "Le SI FPS refuse le nouveau certificat {fingerprint} ({provider}) une fois actif : « {reason} » (règle {rule}). Il est désactivé, l'ancien reste"
        " en service. Pour en commander un autre : antai_rotation_replace: {fingerprint} ; pour en prendre acte et ne plus l'attendre :"
        " antai_rotation_acknowledge: {fingerprint}",
        'The SI FPS refuses the new certificate {fingerprint} ({provider}) once active: "{reason}" (rule {rule}). It is deactivated, the old one stays'
        " in use. To order another one: antai_rotation_replace: {fingerprint}; to take note of it and wait no more: antai_rotation_acknowledge:"
        " {fingerprint}",
    ),
    "rotation_not_rgs": Reason(
        "collectivite",
        "rotation",
        "Le nouveau certificat {fingerprint} ({provider}) enfreint des règles RGS* ({failures}) : il n'est pas mis en service, l'ancien reste. "
        "Pour en commander un autre : antai_rotation_replace: {fingerprint} ; pour l'écarter et ne plus l'attendre : antai_rotation_rollback: true, puis "
        "antai_rotation_acknowledge: {fingerprint} ; ou levez une règle par son nom (antai_rule_overrides).",
        "The new certificate {fingerprint} ({provider}) breaks RGS* rules ({failures}): it is not taken into use, the old one stays. "
        "To order another one: antai_rotation_replace: {fingerprint}; to set it aside and wait no more: antai_rotation_rollback: true, then "
        "antai_rotation_acknowledge: {fingerprint}; or override a rule by its name (antai_rule_overrides).",
    ),
    "rotation_rolled_back": Reason(
        "collectivite",
        "rotation",
        "La rotation de {provider} a été annulée, l'ancien certificat est en service. Pour en commander un autre : antai_rotation_replace: {fingerprint} ;"
        " pour en prendre acte et ne plus l'attendre : antai_rotation_acknowledge: {fingerprint}",
        "The rotation of {provider} was rolled back, the old certificate is in use. To order another one: antai_rotation_replace: {fingerprint}; to take note"
        " of it and wait no more: antai_rotation_acknowledge: {fingerprint}",
    ),
    "rotation_elsewhere": Reason(
        "prestataire",
        "rotation",
        "Le prestataire {provider} détient la clé du certificat {fingerprint} (fin : {end}) : à lui de commander le suivant et de l'installer ; déclarez"
        " ensuite la nouvelle empreinte à côté de l'ancienne.",
        "The provider {provider} holds the key of the certificate {fingerprint} (end: {end}): it has to order and install the next one; then declare the"
        " new fingerprint beside the old one.",
    ),
    "rotation_files": Reason(
        "prestataire",
        "rotation",
        "Le certificat {fingerprint} de {provider} (fin : {end}) est déclaré par ses fichiers : qui les a fournis fournit les suivants. Sans fichiers"
        " déclarés, la clé est faite dans antai_store et la rotation s'en charge.",
        "The certificate {fingerprint} of {provider} (end: {end}) is declared by its files: who made them makes the next ones. Without declared"
        " files, the key is made in antai_store, and the rotation sees to it.",
    ),
    "delivery_unusable": Reason(
        "psce",
        "certificate",
        "Le PSCE a livré pour {provider} un certificat inutilisable ({reason}) : {path}. Demandez-lui de le corriger pour la même demande ({csr}) : aucune"
        " autre n'est commandée. Pour abandonner celle-ci : antai_certificate_request, state: absent.",
        "The PSCE delivered a certificate for {provider} that cannot be used ({reason}): {path}. Ask it to correct it for the same request ({csr}): no other"
        " one is ordered. To give this one up: antai_certificate_request, state: absent.",
    ),
    "order_twice": Reason(
        "exploitant",
        "store",
        "{provider} a déjà un certificat dans l'espace {siret} ({fingerprint}), et aucune clé n'en est ici ({store}) : rien n'est commandé. Restaurez le"
        " dépôt ; ou déclarez keys: elsewhere si le prestataire installe le sien ; ou, la clé étant perdue, antai_store_adopt: {siret}",
        "{provider} already has a certificate in the space {siret} ({fingerprint}), and no key of it is here ({store}): nothing is ordered. Restore the"
        " store; or declare keys: elsewhere where the provider installs its own; or, the key being lost, antai_store_adopt: {siret}",
    ),
    "order_stray_pair": Reason(
        "exploitant",
        "store",
        "Le dépôt contient pour {provider} une clé et son certificat encore valable (versions {versions}) qu'aucun lien n'atteint : rien n'est commandé."
        " Refaites le lien (ln -s versions/N current), ou effacez ces versions.",
        "The store holds for {provider} a key with its living certificate (versions {versions}) that no link leads to: nothing is ordered. Set the link"
        " (ln -s versions/N current), or delete these versions.",
    ),
    "order_key_lost": Reason(
        "exploitant",
        "store",
        "Le dépôt contient pour {provider} un certificat encore valable sans sa clé (versions {versions}) : rien n'est commandé. Restaurez le dépôt en"
        " entier ; ou, la clé étant perdue, antai_store_adopt: {siret}",
        "The store holds for {provider} a living certificate without its key (versions {versions}): nothing is ordered. Restore the whole store; or, the"
        " key being lost, antai_store_adopt: {siret}",
    ),
    "order_clock": Reason(
        "exploitant",
        "clock",
        "L'horloge de cette machine diffère de {seconds} s de celle du serveur : le certificat de {provider} n'est pas commandé. Réglez-la (NTP), puis"
        " relancez.",
        "The clock of this machine differs from the server's by {seconds} s: the certificate of {provider} is not ordered. Set it (NTP), then run again.",
    ),
    "order_limit": Reason(
        "exploitant",
        "orders",
        "{orders} certificats ont été commandés en 24 heures (antai_order_limit: {limit}) : celui de {provider} ne l'est pas. Cherchez pourquoi dans"
        " {store}/orders.jsonl ; si tout est voulu, déclarez antai_order_limit.",
        "{orders} certificates were ordered in 24 hours (antai_order_limit: {limit}): that of {provider} is not. Look for the reason in"
        " {store}/orders.jsonl; where all of it is meant, declare antai_order_limit.",
    ),
    "store_relinked": Reason(
        "exploitant",
        "store",
        "Le dépôt {store} est revenu sans ses liens ({provider}) : un passage les refait d'après les versions, et ne fait rien d'autre. Vérifiez que c'est"
        " la dernière sauvegarde, puis relancez.",
        "The store {store} came back without its links ({provider}): a run makes them anew from the versions, and does nothing else. Check that it is the"
        " latest backup, then run again.",
    ),
    "certificate_elsewhere": Reason(
        "prestataire",
        "installation",
        "Le prestataire {provider} installe lui-même son certificat (keys: elsewhere) ; l'espace numérique n'en montre encore aucun.",
        "The provider {provider} installs its own certificate (keys: elsewhere); the space shows none of it yet.",
    ),
    "switch_missing": Reason(
        "prestataire",
        "installation",
        "Aucun certificat de {provider} n'est installé : le prestataire doit installer le sien (ou déclarez-le, ou commandez-le).",
        "No certificate of {provider} is installed: the provider has to install its own (or declare it, or order it).",
    ),
    "rotation_exchange": Reason(
        "prestataire",
        "rotation",
        "L'espace ne montre encore aucun échange avec le nouveau certificat de {provider} ({fingerprint}) : l'ancien reste actif jusque-là.",
        "The space shows no exchange with the new certificate of {provider} ({fingerprint}) yet: the one before stays active until then.",
    ),
    "switch_proof": Reason(
        "prestataire",
        "switch",
        "Rien ne prouve encore que {provider} échange : aucun échange depuis l'activation de son certificat. {other} reste autorisé jusque-là.",
        "Nothing proves yet that {provider} exchanges: no exchange since its certificate was activated. {other} stays authorised until then.",
    ),
    "switch_traffic": Reason(
        "prestataire",
        "switch",
        "{provider} est de nouveau autorisé. Les derniers FPS sont passés par {other} ({last}), qui reste autorisé jusqu'à ce que {provider} échange.",
        "{provider} is authorised again. The last FPS went through {other} ({last}), which stays authorised until {provider} exchanges.",
    ),
    "switch_date": Reason(
        "date",
        "switch",
        "{provider} est autorisé à côté de {other} ; {other} ne le sera plus à partir du {date}.",
        "{provider} is authorised beside {other}; {other} no longer will be from {date} on.",
    ),
    "switch_date_unproved": Reason(
        "date",
        "switch",
        "{other} reste autorisé. Il ne le sera plus à partir du {date}, si {provider} est autorisé et prouvé d'ici là : il ne l'est pas encore.",
        "{other} stays authorised. It no longer will be from {date} on, if {provider} is authorised and proved by then: it is not yet.",
    ),
}


@dataclass(frozen=True)
class RequestSteps:
    """The steps by which we ask for what is waited for. codes: of the steps; target: the placeholder that names their target, "" where it is the space."""

    codes: tuple[str, ...]
    target: str = ""


# By line of the catalogue: where the server does not say since when it is waited for, the journal says since when we have asked.
# Only what somebody has to do from our step on: that ANTAI has refused or accepted since then, the journal does not tell.
REQUESTED_BY: dict[str, RequestSteps] = {
    "account_control": RequestSteps(("request_account",)),
    "convention_signature": RequestSteps(("fetch_blank", "prefill_convention"), "cycle"),
    "convention_countersignature": RequestSteps(("upload_convention", "renew_convention"), "cycle"),
    "convention_lapsed": RequestSteps(("upload_convention", "renew_convention"), "cycle"),
    "convention_renewal_countersignature": RequestSteps(("upload_convention", "renew_convention"), "cycle"),
    "certificate_issue": RequestSteps(("make_request", "hand_out"), "provider"),
    "certificate_issue_est": RequestSteps(("enroll",), "provider"),
    "certificate_listing": RequestSteps(("install_certificate", "install_next"), "fingerprint"),
    "certificate_activation": RequestSteps(("install_certificate", "install_next", "deactivate_certificate"), "fingerprint"),
    "certificate_proof": RequestSteps(("activate_certificate", "activate_next", "activate_previous"), "fingerprint"),
    "rotation_exchange": RequestSteps(("activate_certificate", "activate_next", "swap"), "fingerprint"),
    "certificate_revocation": RequestSteps(("mark_compromised",), "fingerprint"),
    "dialogue_down": RequestSteps(("deactivate_compromised",), "fingerprint"),
}


# What is waited for while no FPS passes any more, in a collectivité that was in service: told whatever else is planned for it.
STOPS = ("convention_ended", "convention_lapsed", "certificate_expired", "dialogue_refused", "dialogue_down")


@dataclass(frozen=True)
class Waiting:
    """One thing that is waited for. since: RFC 3339 as the server (or the store's own record) gives it, or None.

    since_at_least: where that is None, when we last asked for it (RFC 3339): it is waited for at least since then. ANTAI is not called late by it.
    about: what stands in the placeholders; where it is worded differently in each language, by language.
    wording: another line of the catalogue, whose words say the same thing better here.
    after: the key of the step that leads there; where that step comes to nothing, this is not waited for.
    """

    code: str
    since: str | None = None
    about: dict[str, Any] = field(default_factory=dict)
    wording: str = ""
    after: tuple[str, str] | None = None
    since_at_least: str | None = None

    @property
    def line(self) -> str:
        """Of the catalogue."""
        return self.wording or self.code

    @property
    def reason(self) -> Reason:
        return REASONS[self.line]

    def as_dict(self, language: str, now: datetime) -> dict[str, Any]:
        """{on, for, since, since_at_least, next_action: {code, text, support}}; support is ANTAI's line where ANTAI is late, else None."""
        text = (self.reason.fr if language == "fr" else self.reason.en).format_map(
            {name: _worded(value, language) for name, value in self.about.items()}
        )
        late = self.reason.on == "antai" and self.since is not None and _older(self.since, now)
        return {
            "on": self.reason.on,
            "for": self.reason.what,
            "since": self.since,
            "since_at_least": self.since_at_least,
            "next_action": {"code": self.code, "text": text, "support": SUPPORT_LINE if late else None},
        }


def _worded(value: Any, language: str) -> Any:
    if isinstance(value, dict):
        return one_line(value[language])
    if value is None:
        return "-"
    return one_line(value) if isinstance(value, str) else value


def _older(since: str, now: datetime) -> bool:
    """Whether it began more than LATE_AFTER ago; not known, and so False, where the server's words are no instant."""
    try:
        return now - parse_date(since) > LATE_AFTER
    except ValueError:
        return False
