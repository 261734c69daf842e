# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""openapi.yaml as data: the operations, how to recognise them, and compiled validators of what they take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

DOCUMENT = Path(__file__).with_name("openapi.yaml")
METHODS = ("get", "put", "post", "delete", "patch")


@dataclass(frozen=True)
class Parameter:
    name: str
    place: str  # path, query or header
    required: bool
    type: str
    default: Any
    validator: Draft202012Validator


@dataclass(frozen=True)
class ContractOperation:
    id: str
    face: str  # portal, sifps or psce: the tag
    plain: bool  # over plain HTTP, on a port of its own
    method: str
    path: str
    pattern: re.Pattern[str]
    operation_class: str  # read, write or session
    security: frozenset[str]
    parameters: tuple[Parameter, ...]
    body_type: str | None  # media type
    body: Draft202012Validator | None  # of JSON only

    @property
    def query_names(self) -> frozenset[str]:
        return frozenset(p.name for p in self.parameters if p.place == "query")


def load(path: Path = DOCUMENT) -> dict[str, Any]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    document: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
    return document


def resolve(node: Any, document: dict[str, Any]) -> Any:
    """A copy without $ref. Patterns end with \\Z: Python's $ would let a final newline pass."""
    if isinstance(node, list):
        return [resolve(item, document) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target: Any = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        return resolve(target, document)
    copy = {key: resolve(value, document) for key, value in node.items()}
    if isinstance(copy.get("pattern"), str):
        copy["pattern"] = re.sub(r"\$$", r"\\Z", copy["pattern"])
    return copy


def operations(document: dict[str, Any] | None = None) -> list[ContractOperation]:
    document = document or load()
    contract_operations = []
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                contract_operations.append(_operation(path, method, resolve(item[method], document)))
    return contract_operations


def _operation(path: str, method: str, item: dict[str, Any]) -> ContractOperation:
    content = item.get("requestBody", {}).get("content", {})
    body = content.get("application/json", {}).get("schema")
    names = [name for alternative in item["security"] for name in alternative]
    return ContractOperation(
        id=item["operationId"],
        face=item["tags"][0],
        plain=any(server["url"].startswith("http:") for server in item.get("servers", [])),
        method=method.upper(),
        path=path,
        pattern=_pattern(path, item),
        operation_class=item["x-operation-class"],
        security=frozenset(names),
        parameters=tuple(_parameter(p) for p in item.get("parameters", [])),
        body_type=next(iter(content), None),
        body=Draft202012Validator(body) if body else None,
    )


def _pattern(path: str, item: dict[str, Any]) -> re.Pattern[str]:
    with_slashes = {p["name"] for p in item.get("parameters", []) if p.get("x-slashes")}
    return re.compile(re.sub(r"\{(\w+)\}", lambda m: f"(?P<{m[1]}>{'.+' if m[1] in with_slashes else '[^/]+'})", path))


def _parameter(item: dict[str, Any]) -> Parameter:
    schema = item["schema"]
    return Parameter(
        item["name"], item["in"], item.get("required", False), schema["type"], schema.get("default"), Draft202012Validator(schema)
    )
