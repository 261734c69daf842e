# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Texts of the doctor on the way to a server, and on its TLS."""

from __future__ import annotations

from ..text import Advice, Bilingual

SERVER: dict[str, Advice] = {
    # The way to a server
    "no_url": Advice(
        Bilingual("antai_{face}_url n'est pas déclarée", "antai_{face}_url is not declared"),
        Bilingual("déclarer antai_{face}_url", "declare antai_{face}_url"),
    ),
    "resolved": Advice(Bilingual("{name} : {addresses}", "{name}: {addresses}")),
    "unresolved": Advice(
        Bilingual("le nom {name} n'est pas résolu : {told}", "the name {name} does not resolve: {told}"),
        Bilingual(
            "vérifier l'adresse et le DNS de cette machine ; si seul un proxy résout ce nom, déclarer antai_proxy",
            "check the address and this machine's DNS; where only a proxy resolves this name, declare antai_proxy",
        ),
    ),
    "connected": Advice(Bilingual("le port {port} de {name} est ouvert", "port {port} of {name} is open")),
    "refused": Advice(
        Bilingual("le port {port} de {name} est fermé", "port {port} of {name} is closed"),
        Bilingual(
            "vérifier le port dans l'adresse, et que le serveur (ou le proxy) fonctionne",
            "check the port in the address, and that the server (or the proxy) runs",
        ),
    ),
    "silent": Advice(
        Bilingual("{name}:{port} ne répond pas : {told}", "{name}:{port} does not answer: {told}"),
        Bilingual(
            "faire ouvrir le pare-feu vers cette adresse, ou déclarer le proxy (antai_proxy)",
            "have the firewall opened to this address, or declare the proxy (antai_proxy)",
        ),
    ),
    "unreachable": Advice(
        Bilingual("{name}:{port} ne peut être joint : {told}", "{name}:{port} cannot be reached: {told}"),
        Bilingual(
            "vérifier le réseau, la route et le pare-feu, ou déclarer le proxy (antai_proxy)",
            "check network, route and firewall, or declare the proxy (antai_proxy)",
        ),
    ),
    "direct": Advice(Bilingual("sans proxy ({source})", "without a proxy ({source})")),
    "tunnel": Advice(Bilingual("par le proxy {proxy} ({source})", "through the proxy {proxy} ({source})")),
    "proxy_asks": Advice(
        Bilingual("le proxy {proxy} demande une authentification", "the proxy {proxy} asks for credentials"),
        Bilingual(
            "les donner dans l'adresse : antai_proxy: http://utilisateur:motdepasse@hote:port (dans un coffre)",
            "give them in the URL: antai_proxy: http://user:password@host:port (in a vault)",
        ),
    ),
    "proxy_credentials": Advice(
        Bilingual("le proxy {proxy} refuse les identifiants donnés", "the proxy {proxy} refuses the credentials given"),
        Bilingual(
            "corriger l'utilisateur ou le mot de passe dans l'adresse du proxy (caractères spéciaux encodés en %)",
            "correct user or password in the proxy's URL (special characters percent-encoded)",
        ),
    ),
    "proxy_refuses": Advice(
        Bilingual("le proxy {proxy} refuse {host}:{port} ({told})", "the proxy {proxy} refuses {host}:{port} ({told})"),
        Bilingual(
            "faire autoriser {host}:{port} sur le proxy, ou le nommer dans NO_PROXY s'il se joint directement",
            "have {host}:{port} allowed on the proxy, or name it in NO_PROXY where it is reached directly",
        ),
    ),
    "not_a_proxy": Advice(
        Bilingual("{proxy} n'est pas un proxy HTTP : {told}", "{proxy} is no HTTP proxy: {told}"),
        Bilingual(
            "corriger antai_proxy, ou les variables de proxy de l'environnement",
            "correct antai_proxy, or the proxy variables of the environment",
        ),
    ),
    "proxy_broke": Advice(
        Bilingual("le proxy {proxy} rompt la connexion : {told}", "the proxy {proxy} breaks the connection: {told}"),
        Bilingual(
            "vérifier le proxy ; en https://, son certificat doit être signé par une AC de antai_{face}_ca_file",
            "check the proxy; with https://, a CA in antai_{face}_ca_file must sign its certificate",
        ),
    ),
    # TLS
    "tls_ok": Advice(
        Bilingual("{protocol}, certificat de {subject}, signé par {issuer}", "{protocol}, certificate of {subject}, signed by {issuer}")
    ),
    "expired": Advice(
        Bilingual("le certificat du serveur a expiré", "the server's certificate has expired"),
        Bilingual(
            "prévenir qui tient ce serveur ; vérifier aussi l'horloge de cette machine",
            "tell whoever runs this server; check this machine's clock as well",
        ),
    ),
    "not_yet_valid": Advice(
        Bilingual("le certificat du serveur n'est pas encore valide", "the server's certificate is not valid yet"),
        Bilingual(
            "vérifier l'horloge de cette machine, puis prévenir qui tient ce serveur",
            "check this machine's clock, then tell whoever runs this server",
        ),
    ),
    "unknown_ca": Advice(
        Bilingual(
            "le certificat du serveur n'est pas signé par une AC connue : {told}", "no known CA signs the server's certificate: {told}"
        ),
        Bilingual(
            "déclarer dans antai_{face}_ca_file l'AC qui signe ce certificat (derrière un proxy qui inspecte TLS, celle du proxy avec elle)",
            "declare in antai_{face}_ca_file the CA that signs this certificate (behind a proxy that inspects TLS, the proxy's beside it)",
        ),
    ),
    "host_name": Advice(
        Bilingual("le certificat du serveur ne vaut pas pour {host} : {told}", "the server's certificate is not valid for {host}: {told}"),
        Bilingual(
            "utiliser dans antai_{face}_url le nom que porte le certificat", "use in antai_{face}_url the name that the certificate bears"
        ),
    ),
    "certificate": Advice(
        Bilingual("le certificat du serveur est refusé : {told}", "the server's certificate is not accepted: {told}"),
        Bilingual(
            "déclarer dans antai_{face}_ca_file l'AC qui signe ce certificat (derrière un proxy qui inspecte TLS, celle du proxy avec elle)",
            "declare in antai_{face}_ca_file the CA that signs this certificate (behind a proxy that inspects TLS, the proxy's beside it)",
        ),
    ),
    "ca_file": Advice(
        Bilingual("le fichier d'AC ne peut être lu : {told}", "the CA file cannot be used: {told}"),
        Bilingual(
            "donner dans antai_{face}_ca_file un fichier PEM avec le certificat de l'AC",
            "give in antai_{face}_ca_file a PEM file with the CA's certificate",
        ),
    ),
    "not_tls": Advice(
        Bilingual("ce port ne parle pas TLS", "this port does not speak TLS"),
        Bilingual("corriger le port dans antai_{face}_url", "correct the port in antai_{face}_url"),
    ),
    "tls_silent": Advice(
        Bilingual("le serveur ne répond pas à l'ouverture de TLS", "the server does not answer the TLS greeting"),
        Bilingual(
            "vérifier que ce port parle TLS, et qu'aucun pare-feu ne l'arrête",
            "check that this port speaks TLS, and that no firewall stops it",
        ),
    ),
    "no_common": Advice(
        Bilingual("aucun protocole TLS commun : {told}", "no common TLS protocol: {told}"),
        Bilingual(
            "le serveur doit parler TLS 1.2 ou plus, avec des algorithmes actuels",
            "the server must speak TLS 1.2 or newer, with current algorithms",
        ),
    ),
    "tls_alert": Advice(
        Bilingual("le serveur refuse TLS : {told}", "the server refuses TLS: {told}"),
        Bilingual(
            "s'il veut un certificat client, le déclarer (antai_certificates, ou antai_client_certificate et antai_client_key)",
            "where it wants a client certificate, declare it (antai_certificates, or antai_client_certificate and antai_client_key)",
        ),
    ),
    "tls_closed": Advice(
        Bilingual(
            "le serveur ferme la connexion à l'ouverture de TLS : {told}", "the server closes the connection at the TLS greeting: {told}"
        ),
        Bilingual(
            "vérifier que ce port parle TLS, et ce qui se trouve devant le serveur",
            "check that this port speaks TLS, and what stands before the server",
        ),
    ),
    "server_certificate_ok": Advice(Bilingual("valable jusqu'au {not_after}", "valid until {not_after}")),
    "server_certificate_ends": Advice(
        Bilingual("le certificat du serveur finit le {not_after}", "the server's certificate ends on {not_after}"),
        Bilingual(
            "prévenir qui tient ce serveur, avant que les échanges ne s'arrêtent",
            "tell whoever runs this server, before the exchange stops",
        ),
    ),
    "rgs_ok": Advice(Bilingual("conforme au profil serveur RGS*", "fits the RGS* server profile")),
    "rgs_fails": Advice(
        Bilingual("le certificat du serveur enfreint le RGS* : {rules}", "the server's certificate breaks RGS* rules: {rules}"),
        Bilingual(
            "prévenir qui tient ce serveur, ou compléter le magasin de confiance ; une exception se déclare par règle (antai_rule_overrides)",
            "tell whoever runs this server, or complete the trust store; an exception is declared by rule (antai_rule_overrides)",
        ),
    ),
    "rgs_warns": Advice(
        Bilingual("le certificat du serveur inquiète : {rules}", "the server's certificate gives rise to doubts: {rules}"),
        Bilingual("lire les verdicts dans details", "read the verdicts in details"),
    ),
    "no_trust_store": Advice(Bilingual("aucun magasin de confiance ne vise ce serveur", "no trust store is about this server")),
}
