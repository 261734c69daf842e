# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user declares for one collectivité, once, as data.

Each field is an inventory variable (prefix `antai_`), a CSV column of the same name, and an option of the modules that take it.
Argument specs are made from this table; tests hold the documentation, the roles' argument specs and the table against each other.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from typing import Any

from .._store.layout import check_label
from ..redact import SECRET_FIELDS, SECRET_OPTIONS
from ..siret import check_siret
from .checks import (
    Check,
    check_date,
    check_day,
    check_departement,
    check_duration,
    check_email,
    check_fingerprint,
    check_line,
    check_postal_code,
)
from .choices import (
    CERTIFICATE_STATES,
    CYCLES,
    DAYS_AHEAD,
    DEFAULT_KEY_TYPE,
    KEY_TYPE_NAMES,
    ORDER_LIMIT,
    OVERRIDES,
    RENEWAL_DAYS,
    UNREACHABLE,
)


@dataclass(frozen=True)
class Field:
    """option: its name in the modules, where it is not `name`. env: environment variable that stands in for the option.

    check: what a value must be, beyond its type (checks.py).
    elements: fields of a dict, or of each item of a list; items: type of the items of a list. required: as an element.
    """

    name: str
    fr: str
    en: str
    type: str = "str"
    choices: tuple[str, ...] = ()
    default: Any = None
    option: str = ""
    env: str = ""
    elements: tuple[Field, ...] = field(default=())
    check: Check | None = None
    items: str = "dict"
    required: bool = False

    @property
    def variable(self) -> str:
        return sys.intern(f"antai_{self.name}")  # one text for the hosts of a whole fleet

    @property
    def option_name(self) -> str:
        return self.option or self.name

    @property
    def secret(self) -> bool:
        return self.name in (*SECRET_FIELDS, *SECRET_OPTIONS)

    def checked(self, value: str | None, path: str = "") -> str | None:
        """The value as it is used from here on; None stays. Raises InvalidInput, which names the field by its path."""
        return value if value is None or self.check is None else self.check(value, path or self.option_name)

    def element(self, name: str) -> Field:
        return next(element for element in self.elements if element.name == name)

    def spec(self, **more: Any) -> dict[str, Any]:
        """The option, as Ansible's argument_spec wants it."""
        spec: dict[str, Any] = {"type": self.type}
        if self.choices:
            spec["choices"] = list(self.choices)
        if self.default is not None:
            spec["default"] = self.default
        if self.secret or "key" in self.name or "token" in self.name:  # ansible-test wants to be told of what is none
            spec["no_log"] = self.secret
        if self.elements:
            spec["options"] = {
                element.option_name: element.spec(required=True) if element.required else element.spec() for element in self.elements
            }
        if self.type == "list":
            spec["elements"] = self.items
        return spec | more


# Who makes and holds a certificate's keys: this store, or somebody else, who installs what is his.
KEYS = ("store", "elsewhere")

ADDRESS = (
    Field("street", "Voie", "Street and number"),
    Field("postal_code", "Code postal", "Postal code", check=check_postal_code),
    Field("city", "Commune", "City"),
)

CERTIFICATE = (
    Field("provider", "Prestataire (étiquette)", "Provider (label)", check=check_label, required=True),
    Field("state", "État voulu", "Wanted state", choices=CERTIFICATE_STATES),
    Field("fingerprint", "Empreinte SHA-256", "SHA-256 fingerprint", check=check_fingerprint),
    Field("keys", "Lieu des clés (dépôt ou ailleurs)", "Where the keys are", choices=KEYS, default=KEYS[0]),
    Field("certificate", "Fichier du certificat", "Certificate file", "path"),
    Field("private_key", "Fichier de la clé privée", "Private key file", "path"),
    Field("certificate_content", "Contenu du certificat", "Content of the certificate"),
    Field("private_key_content", "Contenu de la clé privée (PEM)", "Content of the private key (PEM)"),
    Field("passphrase", "Phrase secrète de la clé ou du PKCS#12", "Passphrase of the key or the PKCS#12"),
    Field("keep", "Garder clé et certificat dans le dépôt", "Keep key and certificate in the store", "bool", default=False),
    Field("key_type", "Type de clé", "Key type", choices=KEY_TYPE_NAMES, default=DEFAULT_KEY_TYPE),
    Field("common_name", "Nom du service (CN)", "Name of the service (CN)"),
)

# Not "on": YAML takes this word for "true".
SWITCH = (
    Field("from", "Prestataire sortant", "Provider that leaves", check=check_label, required=True),
    Field("to", "Prestataire entrant", "Provider that comes", check=check_label, required=True),
    Field(
        "date",
        "Date à partir de laquelle le sortant n'est plus autorisé",
        "Date from which the leaving one is forbidden",
        check=check_date,
        required=True,
    ),
    Field("rollback", "Revenir au prestataire sortant", "Back to the provider that leaves", "bool", default=False),
)

OVERRIDE = (
    Field("rule", "Règle", "Rule", required=True),
    Field("outcome", "Verdict retenu", "Verdict instead", choices=tuple(reversed(OVERRIDES)), default="warn"),
    Field("reason", "Motif", "Reason", required=True),
)

# The collectivité itself.
COLLECTIVITE = (
    Field("siret", "SIRET", "SIRET", check=check_siret),
    Field("former_siret", "Ancien SIRET", "Former SIRET", check=check_siret),
    Field("change_siret_on", "Changement de SIRET le (AAAA-MM-JJ)", "Change of SIRET on (YYYY-MM-DD)", check=check_day),
    Field("name", "Nom officiel", "Official name"),
    Field(
        "certificate_organisation",
        "Organisation dans le certificat",
        "Organisation in the certificate",
        check=check_line,
    ),
    Field("departement", "Département", "Département", check=check_departement),
    Field("address", "Adresse postale", "Postal address", "dict", elements=ADDRESS),
    Field("contact_email", "Courriel de la collectivité", "E-mail of the collectivité", check=check_email),
    Field("agent_name", "Nom de l'agent mandaté", "Name of the mandated agent"),
    Field("agent_email", "Courriel de l'agent mandaté", "E-mail of the mandated agent", check=check_email),
    Field("reopen", "Demander un nouvel espace après une clôture", "Ask for a new space after a closing", "bool", default=False),
    Field("cycle", "Cycle de la convention", "Cycle of the convention", choices=CYCLES, default="complet"),
    Field("signatory_name", "Nom du signataire", "Name of the signatory", check=check_line),
    Field("signatory_function", "Fonction du signataire", "Function of the signatory", check=check_line),
    Field("deliberation_number", "Numéro de la délibération", "Number of the deliberation", check=check_line),
    Field("deliberation_date", "Date de la délibération (AAAA-MM-JJ)", "Date of the deliberation (YYYY-MM-DD)", check=check_day),
    Field("convention_document", "Convention signée (PDF)", "Signed convention (PDF)", "path", option="document"),
    Field("convention_next_document", "Prochaine convention signée (PDF)", "Next signed convention (PDF)", "path", option="next_document"),
    Field(
        "convention_renewal_days",
        "Alertes avant la fin de la convention (jours)",
        "Alerts before the convention's end (days)",
        "list",
        default=list(DAYS_AHEAD),
        items="int",
    ),
    Field("form", "Correspondance des champs du formulaire", "Mapping of the form's fields", "raw"),
    Field("document_overrides", "Règles levées, avec leur motif", "Rules overridden, each with its reason", "list", elements=OVERRIDE),
    Field("document_max_mib", "Taille maximale du document (Mio)", "Largest size of a document (MiB)", "float", default=5.0),
    Field("signature_anchors", "AC reconnues pour les signatures", "CAs trusted for signatures", "list", items="str"),
    Field("certificates", "Certificats, un par prestataire", "Certificates, one per provider", "list", elements=CERTIFICATE),
    Field("exclusive", "Désactiver les certificats non déclarés", "Deactivate certificates that are not declared", "bool", default=False),
    Field("switch", "Changement de prestataire", "Switch of provider", "dict", elements=SWITCH),
)

# How certificates follow each other; mostly given for one run.
ROTATION = (
    Field(
        "rotation_grace",
        "Durée de vie de l'ancien certificat (7d, 36h, 0)",
        "How long the old certificate lives on (7d, 36h, 0)",
        default="7d",
        option="grace",
        check=check_duration,
    ),
    Field(
        "rotation_replace",
        "Empreinte du certificat à remplacer sans attendre",
        "Fingerprint of the certificate to replace now",
        option="replace",
        check=check_fingerprint,
    ),
    Field(
        "rotation_compromised",
        "Clé compromise : couper aussitôt",
        "Compromised key: cut off at once",
        "bool",
        default=False,
        option="compromised",
    ),
    Field("rotation_rollback", "Revenir à l'ancien certificat", "Back to the old certificate", "bool", default=False, option="rollback"),
    Field(
        "rotation_acknowledge",
        "Empreinte du certificat écarté dont on prend acte",
        "Fingerprint of the certificate set aside that is acknowledged",
        option="acknowledge",
        check=check_fingerprint,
    ),
)

# Where a person or a program of the PSCE takes requests from and lays certificates, for all collectivités.
ORDERING = (
    Field("drop_folder", "Dossier où déposer les demandes (CSR)", "Folder to lay requests (CSR) in", "path"),
    Field("pickup_folder", "Dossier où relever les certificats", "Folder to pick certificates up from", "path"),
    Field("psce_ca_file", "AC du PSCE (chaîne)", "CA certificates of the PSCE (chain)", "path"),
    Field("est_url", "Service EST du PSCE (RFC 7030)", "EST service of the PSCE (RFC 7030)"),
    Field("est_ca_file", "AC du service EST", "CA file of the EST service", "path"),
    Field("est_username", "Identifiant chez le PSCE (EST)", "Login at the PSCE (EST)"),
    Field("est_password", "Mot de passe chez le PSCE (EST)", "Password at the PSCE (EST)"),
    Field("est_certificate", "Certificat client pour EST", "Client certificate for EST", "path"),
    Field("est_private_key", "Clé du certificat client pour EST", "Key of the client certificate for EST", "path"),
    Field("order_limit", "Commandes au plus en un jour", "Orders at most in a day", "int", default=ORDER_LIMIT),
    Field("store_adopt", "Espaces (SIRET) repris sans leurs clés", "Spaces (SIRET) taken over without their keys", "list", items="str"),
)

# How certificates are judged before they are installed or activated.
JUDGING = (
    Field("trust_store", "Magasin de confiance (AC des PSCE)", "Trust store (CAs of the PSCE)", "raw"),
    Field(
        "unreachable_revocation",
        "Verdict si ni CRL ni OCSP ne répond",
        "Verdict where no CRL or OCSP answers",
        choices=UNREACHABLE,
        default="fail",
        option="unreachable",
    ),
    Field(
        "rule_overrides",
        "Règles levées, par leur nom",
        "Rules overridden, by name",
        "list",
        default=[],
        option="overrides",
        elements=OVERRIDE,
    ),
    Field("renewal_days", "Alertes avant la fin (jours)", "Alerts before the end (days)", "list", default=list(RENEWAL_DAYS), items="int"),
)

# How to speak with ANTAI, as whom, and where to keep things.
CONNECTION = (
    Field("profile", "Profil d'interface", "Interface profile", "raw", env="ANTAI_PROFILE"),
    Field("portal_url", "URL du portail", "URL of the portal", env="ANTAI_PORTAL_URL"),
    Field("portal_ca_file", "AC du portail", "CA file of the portal", "path", env="ANTAI_PORTAL_CA_FILE"),
    Field("sifps_url", "URL du SI FPS", "URL of the SI FPS", env="ANTAI_SIFPS_URL"),
    Field("sifps_ca_file", "AC du SI FPS", "CA file of the SI FPS", "path", env="ANTAI_SIFPS_CA_FILE"),
    Field("username", "Identifiant de l'agent", "Login of the agent", env="ANTAI_USERNAME"),
    Field("password", "Mot de passe de l'agent", "Password of the agent", env="ANTAI_PASSWORD"),
    Field("editor_id", "Identifiant de l'éditeur", "Identifier of the editor", env="ANTAI_EDITOR_ID"),
    Field("editor_key", "Clé de l'éditeur", "Key of the editor", env="ANTAI_EDITOR_KEY"),
    Field("token", "Jeton d'accès permanent", "Permanent access token", env="ANTAI_TOKEN"),
    Field("client_id", "Identifiant OAuth 2.0 de l'application", "OAuth 2.0 identifier of the program", env="ANTAI_CLIENT_ID"),
    Field("client_secret", "Secret OAuth 2.0 de l'application", "OAuth 2.0 secret of the program", env="ANTAI_CLIENT_SECRET"),
    Field("token_url", "URL du service de jetons", "URL of the token service", env="ANTAI_TOKEN_URL"),
    Field("api_key", "Clé d'API", "API key", env="ANTAI_API_KEY"),
    Field(
        "client_certificate",
        "Certificat client déclaré (TLS mutuel)",
        "Declared client certificate (mutual TLS)",
        "path",
        env="ANTAI_CLIENT_CERTIFICATE",
    ),
    Field("client_key", "Clé du certificat client", "Key of the client certificate", "path", env="ANTAI_CLIENT_KEY"),
    Field("proxy", "Proxy HTTP", "HTTP proxy", env="ANTAI_PROXY"),
    Field("use_proxy", "Passer par un proxy", "Use a proxy", "bool", default=True, env="ANTAI_USE_PROXY"),
    Field("timeout", "Délai d'attente d'une réponse (s)", "Seconds to wait for an answer", "float", default=30.0, env="ANTAI_TIMEOUT"),
    Field("store", "Dossier des clés et documents", "Folder of keys and documents", "path", env="ANTAI_STORE"),
    Field("language", "Langue des textes", "Language of texts for people", choices=("fr", "en"), default="fr", env="ANTAI_LANGUAGE"),
)

# How one run behaves.
BEHAVIOUR = (
    Field("wait", "Attendre les personnes", "Wait for people", "bool", default=False),
    Field("wait_timeout", "Attente maximale (s)", "Seconds to wait at most", "float", default=60.0),
    Field("fail_on_waiting", "Échouer si quelqu'un est attendu", "Fail where somebody is waited for", "bool", default=False),
)

FIELDS = {declared.name: declared for declared in (*COLLECTIVITE, *ORDERING, *JUDGING, *ROTATION, *CONNECTION, *BEHAVIOUR)}
