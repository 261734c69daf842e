# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the doctor on what a server answers."""

from __future__ import annotations

from ..text import Advice, Bilingual

ANSWERS: dict[str, Advice] = {
    # Who speaks
    "no_client_certificate": Advice(
        Bilingual(
            "le profil veut un certificat client, et aucun n'est ici avec sa clé",
            "the profile wants a client certificate, and none is here with its key",
        ),
        Bilingual("le déclarer avec sa clé ({wanted}), ou le commander d'abord", "declare it with its key ({wanted}), or order it first"),
    ),
    "certificate_not_wanted": Advice(
        Bilingual("le profil ne présente pas de certificat client ici", "the profile presents no client certificate here")
    ),
    "client_accepted": Advice(
        Bilingual("le certificat client {certificate} est accepté", "the client certificate {certificate} is accepted")
    ),
    "client_refused": Advice(
        Bilingual(
            "le serveur refuse le certificat client {certificate} : {told}",
            "the server refuses the client certificate {certificate}: {told}",
        ),
        Bilingual(
            "prendre un certificat d'un PSCE que ce serveur reconnaît, valide, avec sa chaîne et sa clé",
            "take a certificate from a PSCE that this server trusts, valid, with its chain and its key",
        ),
    ),
    "client_files": Advice(
        Bilingual("le certificat client ou sa clé ne peut être lu : {told}", "the client certificate or its key cannot be used: {told}"),
        Bilingual("corriger les fichiers : PEM, et la clé de ce certificat", "correct the files: PEM, and the key of this certificate"),
    ),
    "client_unproved": Advice(
        Bilingual("présenté sans refus ; aucune lecture ne le prouve ici", "presented and not refused; no read operation proves it here")
    ),
    "no_login": Advice(Bilingual("cette face ne demande pas d'identifiants", "this face asks for no credentials")),
    "no_credentials": Advice(
        Bilingual("identifiants non déclarés : {options}", "credentials not declared: {options}"),
        Bilingual(
            "déclarer {options} (dans un coffre) pour que le reste puisse être vérifié",
            "declare {options} (in a vault) so that the rest can be looked at",
        ),
    ),
    "logged_in": Advice(Bilingual("identifiants acceptés ({methods})", "credentials accepted ({methods})")),
    "declared_only": Advice(
        Bilingual(
            "identifiants déclarés ({methods}) ; aucune lecture ne les prouve ici",
            "credentials declared ({methods}); no read operation proves them here",
        )
    ),
    "bad_credentials": Advice(
        Bilingual("le serveur refuse les identifiants ({methods})", "the server refuses the credentials ({methods})"),
        Bilingual("vérifier {options}", "check {options}"),
    ),
    "login_unexplained": Advice(
        Bilingual(
            "l'ouverture de session ne répond pas comme le dit le profil : {told}", "the login does not answer as the profile says: {told}"
        ),
        Bilingual(
            "corriger faces.{face}.auth dans le profil ({methods}), ou l'adresse",
            "correct faces.{face}.auth in the profile ({methods}), or the address",
        ),
    ),
    "mandated": Advice(Bilingual("accès à : {sirets}", "access to: {sirets}")),
    "no_mandate": Advice(
        Bilingual("ces identifiants n'ont pas de mandat pour {sirets} : {told}", "these credentials hold no mandate for {sirets}: {told}"),
        Bilingual(
            "faire mandater cet agent dans l'espace de la collectivité, ou déclarer les identifiants de son agent",
            "have this agent mandated in the collectivité's space, or declare the credentials of its agent",
        ),
    ),
    "mandate_unknown": Advice(
        Bilingual(
            "aucun espace de {sirets} n'est visible : mandat non vérifiable",
            "no space of {sirets} is to be seen: the mandate cannot be verified",
        )
    ),
    "no_siret": Advice(Bilingual("aucun SIRET donné", "no SIRET is given")),
    # Operations
    "as_declared": Advice(Bilingual("répond comme le dit le profil ({records})", "answers as the profile says ({records})")),
    "absent": Advice(Bilingual("absente de cette interface : {without}", "not in this interface: {without}")),
    "lacks_values": Advice(Bilingual("il manque de quoi demander : {missing}", "nothing to ask with: {missing}")),
    "empty_list": Advice(Bilingual("liste vide : ses champs ne sont pas vérifiables", "an empty list: its fields cannot be verified")),
    "nothing_there": Advice(
        Bilingual(
            "rien là pour l'instant (HTTP {status}) : champs non vérifiables", "nothing there yet (HTTP {status}): fields not verifiable"
        )
    ),
    "path_not_found": Advice(
        Bilingual(
            "HTTP {status} : ce chemin n'existe sans doute pas ({method} {path})",
            "HTTP {status}: this path most likely does not exist ({method} {path})",
        ),
        Bilingual("corriger le chemin de {operation} dans le profil", "correct the path of {operation} in the profile"),
    ),
    "contradiction": Advice(
        Bilingual(
            "HTTP {status} pour une collectivité que {seen_by} montre ({method} {path})",
            "HTTP {status} for a collectivité that {seen_by} shows ({method} {path})",
        ),
        Bilingual(
            "le chemin de {operation} dans le profil est sans doute faux : le corriger",
            "the path of {operation} in the profile is most likely wrong: correct it",
        ),
    ),
    "status_unexplained": Advice(
        Bilingual(
            "HTTP {status} ({method} {path}), que le profil n'explique pas : {told}",
            "HTTP {status} ({method} {path}), which the profile does not explain: {told}",
        ),
        Bilingual(
            "corriger le chemin ou les statuts de {operation} dans le profil",
            "correct the path or the statuses of {operation} in the profile",
        ),
    ),
    "server_trouble": Advice(
        Bilingual("HTTP {status} : le serveur est en difficulté", "HTTP {status}: the server is in trouble"),
        Bilingual(
            "recommencer plus tard ; si cela dure, prévenir qui tient ce serveur",
            "try again later; if it lasts, tell whoever runs this server",
        ),
    ),
    "html": Advice(
        Bilingual(
            "une page HTML au lieu de ce que dit le profil ({method} {path})",
            "an HTML page instead of what the profile says ({method} {path})",
        ),
        Bilingual(
            "c'est la page d'un proxy, d'une passerelle ou d'un site : vérifier l'adresse de la face, base_path et le proxy",
            "it is the page of a proxy, a gateway or a web site: check the face's address, base_path and the proxy",
        ),
    ),
    "content_type": Advice(
        Bilingual("{told} ({method} {path})", "{told} ({method} {path})"),
        Bilingual("corriger {operation} dans le profil", "correct {operation} in the profile"),
    ),
    "unexplained": Advice(
        Bilingual("{told}", "{told}"),
        Bilingual("corriger answer de {operation} dans le profil", "correct answer of {operation} in the profile"),
    ),
    "field_not_found": Advice(
        Bilingual(
            "le profil ne trouve rien à {paths} ; noms qui s'y trouvent : {keys}",
            "the profile finds nothing at {paths}; names that stand there: {keys}",
        ),
        Bilingual(
            "corriger records.{record} dans le profil : ces champs ont un autre nom, ou answer.at regarde ailleurs",
            "correct records.{record} in the profile: these fields have another name, or answer.at looks elsewhere",
        ),
    ),
    "field_left_out": Advice(
        Bilingual(
            "le profil ne trouve nulle part {paths} ; noms qui s'y trouvent : {keys}",
            "the profile nowhere finds {paths}; names that stand there: {keys}",
        ),
        Bilingual(
            "corriger records.{record} dans le profil si un champ a un autre nom ; rien à faire si le serveur omet ce qui est vide",
            "correct records.{record} in the profile where a field has another name; nothing to do where the server leaves out what is empty",
        ),
    ),
    "unmapped": Advice(
        Bilingual("valeur que le profil ne traduit pas : {values}", "a value that the profile does not translate: {values}"),
        Bilingual(
            "l'ajouter dans records.{record} du profil (states, ou map de ce champ)",
            "add it in records.{record} of the profile (states, or map of this field)",
        ),
    ),
    "malformed": Advice(
        Bilingual("valeur écrite autrement que ne dit le profil : {values}", "a value written otherwise than the profile says: {values}"),
        Bilingual("corriger format dans records.{record} du profil", "correct format in records.{record} of the profile"),
    ),
    "paging": Advice(
        Bilingual("la liste ne peut être lue en entier : {told}", "the list cannot be read whole: {told}"),
        Bilingual(
            "corriger pagination de {operation} dans le profil ; si le profil est juste, signaler la liste à l'exploitant du serveur",
            "correct pagination of {operation} in the profile; where the profile is right, tell whoever runs the server of its list",
        ),
    ),
    "timed_out": Advice(
        Bilingual("pas de réponse en {timeout} s ({method} {path})", "no answer within {timeout} s ({method} {path})"),
        Bilingual(
            "recommencer ; si le serveur est toujours aussi lent, augmenter antai_timeout",
            "try again; where the server is always that slow, raise antai_timeout",
        ),
    ),
    "broken": Advice(Bilingual("{told}", "{told}"), Bilingual("{hint}", "{hint}")),
    "refused_by_server": Advice(
        Bilingual("refusé (HTTP {status}) : {told}", "refused (HTTP {status}): {told}"),
        Bilingual(
            "corriger ce que nomme le serveur, ou {operation} dans le profil",
            "correct what the server names, or {operation} in the profile",
        ),
    ),
    # All answers together
    "no_answers": Advice(Bilingual("aucune réponse à examiner", "no answer to look at")),
    "clock_ok": Advice(Bilingual("horloges à {seconds} s près", "clocks within {seconds} s")),
    "clock_off": Advice(
        Bilingual("l'horloge du serveur et celle d'ici diffèrent de {seconds} s", "the server's clock and ours differ by {seconds} s"),
        Bilingual(
            "mettre cette machine à l'heure (chrony, systemd-timesyncd) ; si elle y est, prévenir qui tient le serveur",
            "set this machine's time (chrony, systemd-timesyncd); where it is right, tell whoever runs the server",
        ),
    ),
    "no_date": Advice(Bilingual("le serveur ne dit pas l'heure (Date)", "the server does not tell the time (Date)")),
    "no_limits": Advice(Bilingual("aucune limite de débit annoncée", "no rate limit is announced")),
    "limits": Advice(Bilingual("limites annoncées : {limits}", "limits announced: {limits}")),
    "limits_near": Advice(
        Bilingual("limite de débit presque atteinte : {limits}", "the rate limit is nearly reached: {limits}"),
        Bilingual("espacer les passages, ou demander une limite plus haute", "leave more time between runs, or ask for a higher limit"),
    ),
    "limited": Advice(
        Bilingual("HTTP 429 : trop de requêtes{after}", "HTTP 429: too many requests{after}"),
        Bilingual(
            "attendre, espacer les passages, et voir qui d'autre utilise ces identifiants",
            "wait, leave more time between runs, and see who else uses these credentials",
        ),
    ),
    "fast_enough": Advice(Bilingual("la plus lente des réponses : {seconds} s", "the slowest answer: {seconds} s")),
    "slow": Advice(
        Bilingual(
            "{method} {path} a pris {seconds} s, pour un délai de {timeout} s",
            "{method} {path} took {seconds} s, of a time-out of {timeout} s",
        ),
        Bilingual(
            "augmenter antai_timeout, et voir ce qui ralentit (proxy, réseau, serveur)",
            "raise antai_timeout, and see what slows it down (proxy, network, server)",
        ),
    ),
}
