# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the doctor says, for each code: what was found and what to do, in French and in English. Names in braces are facts of the finding."""

from __future__ import annotations

from typing import Any

# code: (what, French), (what, English), (what to do, French), (what to do, English)
Texts = tuple[str, str, str, str]


def _plain(fr: str, en: str) -> Texts:
    return fr, en, "", ""


_CA = (
    "déclarer dans antai_{face}_ca_file l'AC qui signe ce certificat (derrière un proxy qui inspecte TLS, celle du proxy avec elle)",
    "declare in antai_{face}_ca_file the CA that signs this certificate (behind a proxy that inspects TLS, the proxy's beside it)",
)
_PROFILE = "corriger {operation} dans le profil", "correct {operation} in the profile"

FOUND: dict[str, Texts] = {
    # In general
    "prerequisite": _plain("non vérifié : {because} d'abord", "not looked at: {because} first"),
    # Here
    "versions": _plain("{versions}", "{versions}"),
    "document_libraries": _plain("conventions : pypdf et pyHanko conviennent", "conventions: pypdf and pyHanko fit"),
    "document_libraries_unfit": (
        "des conventions ne peuvent être remplies ou vérifiées ici : {reasons}",
        "conventions cannot be filled or judged here: {reasons}",
        "{command}",
        "{command}",
    ),
    "memfd": _plain("une clé peut rester en mémoire (memfd)", "a key can stay in memory (memfd)"),
    "no_memfd": (
        "ce système n'a pas de memfd : les clés doivent être des fichiers",
        "this system has no memfd: keys must be files",
        "laisser les clés dans le dépôt (antai_store), en 0600",
        "leave the keys in the store (antai_store), mode 0600",
    ),
    "no_store": _plain("aucun dépôt déclaré (antai_store)", "no store is declared (antai_store)"),
    "store_ok": _plain("le dépôt {store} est inscriptible", "the store {store} can be written"),
    "store_private": _plain("{store} : son propriétaire seul y a accès", "{store}: only its owner has access"),
    "store_to_make": _plain("le dépôt {store} n'existe pas encore et peut être créé", "the store {store} is not there yet and can be made"),
    "store_not_writable": (
        "le dépôt {store} n'est pas inscriptible : {told}",
        "the store {store} cannot be written: {told}",
        "corriger le chemin, son propriétaire ou son mode, ou déclarer un autre antai_store",
        "correct the path, its owner or its mode, or declare another antai_store",
    ),
    "store_open": (
        "d'autres que le propriétaire peuvent lire : {paths}",
        "others than the owner may read: {paths}",
        "chmod 0700 pour les dossiers, 0600 pour les fichiers ; remplacer les clés qui ont pu être lues",
        "chmod 0700 for folders, 0600 for files; replace keys that may have been read",
    ),
    "no_certificates": _plain("aucun certificat dont la clé soit ici", "no certificate whose key is here"),
    "certificates_ok": _plain("{number} certificat(s) avec leur clé", "{number} certificate(s) with their key"),
    "certificate_ends": (
        "le certificat de {provider} finit le {not_after}",
        "the certificate of {provider} ends on {not_after}",
        "commander le suivant maintenant : 15 jours environ",
        "order the next one now: about 15 days",
    ),
    "certificate_ended": (
        "le certificat de {provider} a expiré le {not_after}",
        "the certificate of {provider} expired on {not_after}",
        "en commander un autre (antai_certificate_request)",
        "order another one (antai_certificate_request)",
    ),
    "certificate_unfit": (
        "certificat inutilisable : {told}",
        "a certificate cannot be used: {told}",
        "{hint}",
        "{hint}",
    ),
    # The way to a server
    "no_url": (
        "antai_{face}_url n'est pas déclarée",
        "antai_{face}_url is not declared",
        "déclarer antai_{face}_url",
        "declare antai_{face}_url",
    ),
    "resolved": _plain("{name} : {addresses}", "{name}: {addresses}"),
    "unresolved": (
        "le nom {name} n'est pas résolu : {told}",
        "the name {name} does not resolve: {told}",
        "vérifier l'adresse et le DNS de cette machine ; si seul un proxy résout ce nom, déclarer antai_proxy",
        "check the address and this machine's DNS; where only a proxy resolves this name, declare antai_proxy",
    ),
    "connected": _plain("le port {port} de {name} est ouvert", "port {port} of {name} is open"),
    "refused": (
        "le port {port} de {name} est fermé",
        "port {port} of {name} is closed",
        "vérifier le port dans l'adresse, et que le serveur (ou le proxy) fonctionne",
        "check the port in the address, and that the server (or the proxy) runs",
    ),
    "silent": (
        "{name}:{port} ne répond pas : {told}",
        "{name}:{port} does not answer: {told}",
        "faire ouvrir le pare-feu vers cette adresse, ou déclarer le proxy (antai_proxy)",
        "have the firewall opened to this address, or declare the proxy (antai_proxy)",
    ),
    "unreachable": (
        "{name}:{port} ne peut être joint : {told}",
        "{name}:{port} cannot be reached: {told}",
        "vérifier le réseau, la route et le pare-feu, ou déclarer le proxy (antai_proxy)",
        "check network, route and firewall, or declare the proxy (antai_proxy)",
    ),
    "direct": _plain("sans proxy ({source})", "without a proxy ({source})"),
    "tunnel": _plain("par le proxy {proxy} ({source})", "through the proxy {proxy} ({source})"),
    "proxy_asks": (
        "le proxy {proxy} demande une authentification",
        "the proxy {proxy} asks for credentials",
        "les donner dans l'adresse : antai_proxy: http://utilisateur:motdepasse@hote:port (dans un coffre)",
        "give them in the URL: antai_proxy: http://user:password@host:port (in a vault)",
    ),
    "proxy_credentials": (
        "le proxy {proxy} refuse les identifiants donnés",
        "the proxy {proxy} refuses the credentials given",
        "corriger l'utilisateur ou le mot de passe dans l'adresse du proxy (caractères spéciaux encodés en %)",
        "correct user or password in the proxy's URL (special characters percent-encoded)",
    ),
    "proxy_refuses": (
        "le proxy {proxy} refuse {host}:{port} ({told})",
        "the proxy {proxy} refuses {host}:{port} ({told})",
        "faire autoriser {host}:{port} sur le proxy, ou le nommer dans NO_PROXY s'il se joint directement",
        "have {host}:{port} allowed on the proxy, or name it in NO_PROXY where it is reached directly",
    ),
    "not_a_proxy": (
        "{proxy} n'est pas un proxy HTTP : {told}",
        "{proxy} is no HTTP proxy: {told}",
        "corriger antai_proxy, ou les variables de proxy de l'environnement",
        "correct antai_proxy, or the proxy variables of the environment",
    ),
    "proxy_broke": (
        "le proxy {proxy} rompt la connexion : {told}",
        "the proxy {proxy} breaks the connection: {told}",
        "vérifier le proxy ; en https://, son certificat doit être signé par une AC de antai_{face}_ca_file",
        "check the proxy; with https://, a CA in antai_{face}_ca_file must sign its certificate",
    ),
    # TLS
    "tls_ok": _plain("{protocol}, certificat de {subject}, signé par {issuer}", "{protocol}, certificate of {subject}, signed by {issuer}"),
    "expired": (
        "le certificat du serveur a expiré",
        "the server's certificate has expired",
        "prévenir qui tient ce serveur ; vérifier aussi l'horloge de cette machine",
        "tell whoever runs this server; check this machine's clock as well",
    ),
    "not_yet_valid": (
        "le certificat du serveur n'est pas encore valide",
        "the server's certificate is not valid yet",
        "vérifier l'horloge de cette machine, puis prévenir qui tient ce serveur",
        "check this machine's clock, then tell whoever runs this server",
    ),
    "unknown_ca": (
        "le certificat du serveur n'est pas signé par une AC connue : {told}",
        "no known CA signs the server's certificate: {told}",
        *_CA,
    ),
    "host_name": (
        "le certificat du serveur ne vaut pas pour {host} : {told}",
        "the server's certificate is not valid for {host}: {told}",
        "utiliser dans antai_{face}_url le nom que porte le certificat",
        "use in antai_{face}_url the name that the certificate bears",
    ),
    "certificate": (
        "le certificat du serveur est refusé : {told}",
        "the server's certificate is not accepted: {told}",
        *_CA,
    ),
    "ca_file": (
        "le fichier d'AC ne peut être lu : {told}",
        "the CA file cannot be used: {told}",
        "donner dans antai_{face}_ca_file un fichier PEM avec le certificat de l'AC",
        "give in antai_{face}_ca_file a PEM file with the CA's certificate",
    ),
    "not_tls": (
        "ce port ne parle pas TLS",
        "this port does not speak TLS",
        "corriger le port dans antai_{face}_url",
        "correct the port in antai_{face}_url",
    ),
    "tls_silent": (
        "le serveur ne répond pas à l'ouverture de TLS",
        "the server does not answer the TLS greeting",
        "vérifier que ce port parle TLS, et qu'aucun pare-feu ne l'arrête",
        "check that this port speaks TLS, and that no firewall stops it",
    ),
    "no_common": (
        "aucun protocole TLS commun : {told}",
        "no common TLS protocol: {told}",
        "le serveur doit parler TLS 1.2 ou plus, avec des algorithmes actuels",
        "the server must speak TLS 1.2 or newer, with current algorithms",
    ),
    "tls_alert": (
        "le serveur refuse TLS : {told}",
        "the server refuses TLS: {told}",
        "s'il veut un certificat client, le déclarer (antai_certificates, ou antai_client_certificate et antai_client_key)",
        "where it wants a client certificate, declare it (antai_certificates, or antai_client_certificate and antai_client_key)",
    ),
    "tls_closed": (
        "le serveur ferme la connexion à l'ouverture de TLS : {told}",
        "the server closes the connection at the TLS greeting: {told}",
        "vérifier que ce port parle TLS, et ce qui se trouve devant le serveur",
        "check that this port speaks TLS, and what stands before the server",
    ),
    "server_certificate_ok": _plain("valable jusqu'au {not_after}", "valid until {not_after}"),
    "server_certificate_ends": (
        "le certificat du serveur finit le {not_after}",
        "the server's certificate ends on {not_after}",
        "prévenir qui tient ce serveur, avant que les échanges ne s'arrêtent",
        "tell whoever runs this server, before the exchange stops",
    ),
    "rgs_ok": _plain("conforme au profil serveur RGS*", "fits the RGS* server profile"),
    "rgs_fails": (
        "le certificat du serveur enfreint le RGS* : {rules}",
        "the server's certificate breaks RGS* rules: {rules}",
        "prévenir qui tient ce serveur, ou compléter le magasin de confiance ; une exception se déclare par règle (antai_rule_overrides)",
        "tell whoever runs this server, or complete the trust store; an exception is declared by rule (antai_rule_overrides)",
    ),
    "rgs_warns": (
        "le certificat du serveur inquiète : {rules}",
        "the server's certificate gives rise to doubts: {rules}",
        "lire les verdicts dans details",
        "read the verdicts in details",
    ),
    "no_trust_store": _plain("aucun magasin de confiance ne vise ce serveur", "no trust store is about this server"),
    # Who speaks
    "no_client_certificate": (
        "le profil veut un certificat client, et aucun n'est ici avec sa clé",
        "the profile wants a client certificate, and none is here with its key",
        "le déclarer avec sa clé ({wanted}), ou le commander d'abord",
        "declare it with its key ({wanted}), or order it first",
    ),
    "certificate_not_wanted": _plain(
        "le profil ne présente pas de certificat client ici", "the profile presents no client certificate here"
    ),
    "client_accepted": _plain("le certificat client {certificate} est accepté", "the client certificate {certificate} is accepted"),
    "client_refused": (
        "le serveur refuse le certificat client {certificate} : {told}",
        "the server refuses the client certificate {certificate}: {told}",
        "prendre un certificat d'un PSCE que ce serveur reconnaît, valide, avec sa chaîne et sa clé",
        "take a certificate from a PSCE that this server trusts, valid, with its chain and its key",
    ),
    "client_files": (
        "le certificat client ou sa clé ne peut être lu : {told}",
        "the client certificate or its key cannot be used: {told}",
        "corriger les fichiers : PEM, et la clé de ce certificat",
        "correct the files: PEM, and the key of this certificate",
    ),
    "client_unproved": _plain(
        "présenté sans refus ; aucune lecture ne le prouve ici", "presented and not refused; no read operation proves it here"
    ),
    "no_login": _plain("cette face ne demande pas d'identifiants", "this face asks for no credentials"),
    "no_credentials": (
        "identifiants non déclarés : {options}",
        "credentials not declared: {options}",
        "déclarer {options} (dans un coffre) pour que le reste puisse être vérifié",
        "declare {options} (in a vault) so that the rest can be looked at",
    ),
    "logged_in": _plain("identifiants acceptés ({methods})", "credentials accepted ({methods})"),
    "declared_only": _plain(
        "identifiants déclarés ({methods}) ; aucune lecture ne les prouve ici",
        "credentials declared ({methods}); no read operation proves them here",
    ),
    "bad_credentials": (
        "le serveur refuse les identifiants ({methods})",
        "the server refuses the credentials ({methods})",
        "vérifier {options}",
        "check {options}",
    ),
    "login_unexplained": (
        "l'ouverture de session ne répond pas comme le dit le profil : {told}",
        "the login does not answer as the profile says: {told}",
        "corriger faces.{face}.auth dans le profil ({methods}), ou l'adresse",
        "correct faces.{face}.auth in the profile ({methods}), or the address",
    ),
    "mandated": _plain("accès à : {sirets}", "access to: {sirets}"),
    "no_mandate": (
        "ces identifiants n'ont pas de mandat pour {sirets} : {told}",
        "these credentials hold no mandate for {sirets}: {told}",
        "faire mandater cet agent dans l'espace de la collectivité, ou déclarer les identifiants de son agent",
        "have this agent mandated in the collectivité's space, or declare the credentials of its agent",
    ),
    "mandate_unknown": _plain(
        "aucun espace de {sirets} n'est visible : mandat non vérifiable",
        "no space of {sirets} is to be seen: the mandate cannot be verified",
    ),
    "no_siret": _plain("aucun SIRET donné", "no SIRET is given"),
    # Operations
    "as_declared": _plain("répond comme le dit le profil ({records})", "answers as the profile says ({records})"),
    "absent": _plain("absente de cette interface : {without}", "not in this interface: {without}"),
    "lacks_values": _plain("il manque de quoi demander : {missing}", "nothing to ask with: {missing}"),
    "empty_list": _plain("liste vide : ses champs ne sont pas vérifiables", "an empty list: its fields cannot be verified"),
    "nothing_there": _plain(
        "rien là pour l'instant (HTTP {status}) : champs non vérifiables", "nothing there yet (HTTP {status}): fields not verifiable"
    ),
    "path_not_found": (
        "HTTP {status} : ce chemin n'existe sans doute pas ({method} {path})",
        "HTTP {status}: this path most likely does not exist ({method} {path})",
        "corriger le chemin de {operation} dans le profil",
        "correct the path of {operation} in the profile",
    ),
    "contradiction": (
        "HTTP {status} pour une collectivité que {seen_by} montre ({method} {path})",
        "HTTP {status} for a collectivité that {seen_by} shows ({method} {path})",
        "le chemin de {operation} dans le profil est sans doute faux : le corriger",
        "the path of {operation} in the profile is most likely wrong: correct it",
    ),
    "status_unexplained": (
        "HTTP {status} ({method} {path}), que le profil n'explique pas : {told}",
        "HTTP {status} ({method} {path}), which the profile does not explain: {told}",
        "corriger le chemin ou les statuts de {operation} dans le profil",
        "correct the path or the statuses of {operation} in the profile",
    ),
    "server_trouble": (
        "HTTP {status} : le serveur est en difficulté",
        "HTTP {status}: the server is in trouble",
        "recommencer plus tard ; si cela dure, prévenir qui tient ce serveur",
        "try again later; if it lasts, tell whoever runs this server",
    ),
    "html": (
        "une page HTML au lieu de ce que dit le profil ({method} {path})",
        "an HTML page instead of what the profile says ({method} {path})",
        "c'est la page d'un proxy, d'une passerelle ou d'un site : vérifier l'adresse de la face, base_path et le proxy",
        "it is the page of a proxy, a gateway or a web site: check the face's address, base_path and the proxy",
    ),
    "content_type": (
        "{told} ({method} {path})",
        "{told} ({method} {path})",
        *_PROFILE,
    ),
    "unexplained": (
        "{told}",
        "{told}",
        "corriger answer de {operation} dans le profil",
        "correct answer of {operation} in the profile",
    ),
    "field_not_found": (
        "le profil ne trouve rien à {paths} ; noms qui s'y trouvent : {keys}",
        "the profile finds nothing at {paths}; names that stand there: {keys}",
        "corriger records.{record} dans le profil : ces champs ont un autre nom, ou answer.at regarde ailleurs",
        "correct records.{record} in the profile: these fields have another name, or answer.at looks elsewhere",
    ),
    "field_left_out": (
        "le profil ne trouve nulle part {paths} ; noms qui s'y trouvent : {keys}",
        "the profile nowhere finds {paths}; names that stand there: {keys}",
        "corriger records.{record} dans le profil si un champ a un autre nom ; rien à faire si le serveur omet ce qui est vide",
        "correct records.{record} in the profile where a field has another name; nothing to do where the server leaves out what is empty",
    ),
    "unmapped": (
        "valeur que le profil ne traduit pas : {values}",
        "a value that the profile does not translate: {values}",
        "l'ajouter dans records.{record} du profil (states, ou map de ce champ)",
        "add it in records.{record} of the profile (states, or map of this field)",
    ),
    "malformed": (
        "valeur écrite autrement que ne dit le profil : {values}",
        "a value written otherwise than the profile says: {values}",
        "corriger format dans records.{record} du profil",
        "correct format in records.{record} of the profile",
    ),
    "paging": (
        "la liste ne peut être lue en entier : {told}",
        "the list cannot be read whole: {told}",
        "corriger pagination de {operation} dans le profil ; si le profil est juste, signaler la liste à l'exploitant du serveur",
        "correct pagination of {operation} in the profile; where the profile is right, tell whoever runs the server of its list",
    ),
    "timed_out": (
        "pas de réponse en {timeout} s ({method} {path})",
        "no answer within {timeout} s ({method} {path})",
        "recommencer ; si le serveur est toujours aussi lent, augmenter antai_timeout",
        "try again; where the server is always that slow, raise antai_timeout",
    ),
    "broken": (
        "{told}",
        "{told}",
        "{hint}",
        "{hint}",
    ),
    "refused_by_server": (
        "refusé (HTTP {status}) : {told}",
        "refused (HTTP {status}): {told}",
        "corriger ce que nomme le serveur, ou {operation} dans le profil",
        "correct what the server names, or {operation} in the profile",
    ),
    # All answers together
    "no_answers": _plain("aucune réponse à examiner", "no answer to look at"),
    "clock_ok": _plain("horloges à {seconds} s près", "clocks within {seconds} s"),
    "clock_off": (
        "l'horloge du serveur et celle d'ici diffèrent de {seconds} s",
        "the server's clock and ours differ by {seconds} s",
        "mettre cette machine à l'heure (chrony, systemd-timesyncd) ; si elle y est, prévenir qui tient le serveur",
        "set this machine's time (chrony, systemd-timesyncd); where it is right, tell whoever runs the server",
    ),
    "no_date": _plain("le serveur ne dit pas l'heure (Date)", "the server does not tell the time (Date)"),
    "no_limits": _plain("aucune limite de débit annoncée", "no rate limit is announced"),
    "limits": _plain("limites annoncées : {limits}", "limits announced: {limits}"),
    "limits_near": (
        "limite de débit presque atteinte : {limits}",
        "the rate limit is nearly reached: {limits}",
        "espacer les passages, ou demander une limite plus haute",
        "leave more time between runs, or ask for a higher limit",
    ),
    "limited": (
        "HTTP 429 : trop de requêtes{after}",
        "HTTP 429: too many requests{after}",
        "attendre, espacer les passages, et voir qui d'autre utilise ces identifiants",
        "wait, leave more time between runs, and see who else uses these credentials",
    ),
    "fast_enough": _plain("la plus lente des réponses : {seconds} s", "the slowest answer: {seconds} s"),
    "slow": (
        "{method} {path} a pris {seconds} s, pour un délai de {timeout} s",
        "{method} {path} took {seconds} s, of a time-out of {timeout} s",
        "augmenter antai_timeout, et voir ce qui ralentit (proxy, réseau, serveur)",
        "raise antai_timeout, and see what slows it down (proxy, network, server)",
    ),
}

SOURCES: dict[str, tuple[str, str]] = {
    "declared": ("antai_proxy", "antai_proxy"),
    "environment": ("environnement", "environment"),
    "no_proxy": ("NO_PROXY nomme cet hôte", "NO_PROXY names this host"),
    "turned_off": ("antai_use_proxy: false", "antai_use_proxy: false"),
    "none": ("aucun n'est déclaré", "none is declared"),
}


def told(code: str, language: str, about: dict[str, Any]) -> tuple[str, str]:
    """(what, what to do)."""
    texts = FOUND[code]
    facts = {name: ", ".join(map(str, value)) if isinstance(value, (list, tuple)) else value for name, value in about.items()}
    if "source" in facts:
        facts["source"] = SOURCES[facts["source"]][0 if language == "fr" else 1]
    what, to_do = (texts[0], texts[2]) if language == "fr" else (texts[1], texts[3])
    return what.format_map(facts), to_do.format_map(facts)
