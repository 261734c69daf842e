# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Is a request of the contract's form? 400 when it is not, naming the field; 422 for values that are wrong in themselves."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl

from jsonschema.exceptions import ValidationError
from stdnum.fr import siret as siret_number

from sandbox.contract import ContractOperation, Parameter
from sandbox.errors import Refusal

CONTROL_CHARACTERS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
REASONS = {
    "type": "n'est pas du type attendu",
    "pattern": "n'a pas la forme attendue",
    "enum": "n'est pas une des valeurs admises",
    "minLength": "est trop court",
    "maxLength": "est trop long",
    "minimum": "est trop petit",
    "maximum": "est trop grand",
}


def malformed(message: str) -> Refusal:
    return Refusal(400, "SYNTAXE", message)


def wrong(message: str, rule: str | None = None, code: str = "VALEUR") -> Refusal:
    return Refusal(422, code, message, rule)


# --- 400: form ---


def read(operation: ContractOperation, body: bytes, content_type: str) -> Any:
    """JSON of the contract's form; another type as the bytes it came in, if it says that it is of this type."""
    if operation.body:
        value = parse_json(body)
        check_body(operation, value)
        return value
    if operation.body_type and content_type.lower() != operation.body_type:
        raise malformed(f"Content-Type : {operation.body_type} attendu.")
    return body


def parse_json(body: bytes) -> Any:
    try:
        value = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except RecursionError as error:
        raise malformed("Le corps de la requête est imbriqué trop profondément.") from error
    except ValueError as error:
        raise malformed("Le corps de la requête n'est pas du JSON en UTF-8.") from error
    return value


def _no_constant(name: str) -> None:
    raise ValueError(name)


def check_body(operation: ContractOperation, value: Any) -> None:
    if operation.body is None:
        return
    error = next(operation.body.iter_errors(value), None)
    if error is not None:
        raise malformed(_explain(error))
    _check_text(value, "")


def _explain(error: ValidationError) -> str:
    """Our own words: jsonschema's would repeat the value."""
    field = ".".join(str(part) for part in error.absolute_path) or "corps"
    if error.validator == "required" and isinstance(error.instance, dict) and isinstance(error.validator_value, list):
        missing = next(name for name in error.validator_value if name not in error.instance)
        return f"Champ « {missing} » absent" + (f" dans « {field} »." if error.absolute_path else ".")
    if error.validator == "additionalProperties":
        return f"Champ inconnu dans « {field} »."
    return f"Le champ « {field} » {REASONS.get(str(error.validator), 'est incorrect')}."


def _check_text(value: Any, field: str) -> None:
    """The body has a known form by now: few fields, two levels."""
    if isinstance(value, dict):
        for key, item in value.items():
            _check_text(item, f"{field}.{key}" if field else key)
    elif isinstance(value, str) and not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise malformed(f"Le champ « {field} » n'est pas un texte Unicode valide.") from error
    if isinstance(value, str) and CONTROL_CHARACTERS.search(value):
        raise malformed(f"Le champ « {field} » contient un caractère de contrôle.")


def check_parameters(operation: ContractOperation, path: Mapping[str, str], query: str, headers: Mapping[str, str]) -> dict[str, Any]:
    sources = {"path": path, "query": _query(operation, query), "header": headers}
    return {p.name: _parameter(p, sources[p.place].get(p.name)) for p in operation.parameters}


def _query(operation: ContractOperation, query: str) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=50)
    except ValueError as error:
        raise malformed("Les paramètres de la requête sont illisibles.") from error
    values: dict[str, str] = {}
    for name, value in pairs:
        if name not in operation.query_names:
            raise malformed("Un paramètre de la requête est inconnu.")
        if name in values:
            raise malformed(f"Le paramètre « {name} » est donné deux fois.")
        values[name] = value
    return values


def _parameter(parameter: Parameter, text: str | None) -> Any:
    if text is None:
        if parameter.required:
            raise malformed(f"Paramètre « {parameter.name} » absent.")
        return parameter.default
    value: Any = text
    if parameter.type == "integer" and re.fullmatch(r"-?[0-9]{1,18}", text, re.ASCII):
        value = int(text)
    elif parameter.type == "boolean" and text in ("true", "false"):
        value = text == "true"
    error = next(parameter.validator.iter_errors(value), None)
    if error is not None:
        raise malformed(f"Le paramètre « {parameter.name} » {REASONS.get(str(error.validator), 'est incorrect')}.")
    if isinstance(value, str):
        _check_text(value, parameter.name)
    return value


# --- 422: values ---


def check_siret(siret: str) -> None:
    """R7: the key of a SIRET; La Poste has a rule of its own."""
    if not siret_number.is_valid(siret):
        raise wrong(f"La clé du SIRET {siret} est fausse.", "R7", "SIRET_INVALIDE")


def check_emails(addresses: Iterable[str]) -> None:
    for address in addresses:
        if not EMAIL.fullmatch(address):
            raise wrong("Une adresse électronique est incorrecte.")


def check_not_blank(fields: Mapping[str, str]) -> None:
    for name, value in fields.items():
        if not value.strip():
            raise wrong(f"Le champ « {name} » est vide.")
