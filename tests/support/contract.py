# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every answer a test sees is held against openapi.yaml; independent of the sandbox's own reading of it."""

from __future__ import annotations

import re
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
import yaml
from jsonschema import Draft202012Validator, FormatChecker

DOCUMENT = Path(__file__).resolve().parents[2] / "sandbox" / "openapi.yaml"
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


@lru_cache
def document() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    return content


_formats = FormatChecker(["date"])


@_formats.checks("date-time")
def _is_moment(value: object) -> bool:
    if not isinstance(value, str):
        return True
    return bool(RFC3339.fullmatch(value)) and datetime.fromisoformat(value) is not None


def operations() -> dict[str, dict[str, Any]]:
    """By operationId: the operation with its method and path."""
    operations = {}
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            operations[operation["operationId"]] = {**operation, "method": method.upper(), "path": path}
    return operations


def find(method: str, path: str) -> dict[str, Any] | None:
    for operation in operations().values():
        any_text = ".+" if any(p.get("x-slashes") for p in operation.get("parameters", [])) else "[^/]+"
        if operation["method"] == method and re.fullmatch(re.sub(r"\{\w+\}", any_text, operation["path"]), path):
            return operation
    return None


@lru_cache
def _validator(pointer: str) -> Draft202012Validator:
    schema = {"$ref": f"#{pointer}", "components": document()["components"], "paths": document()["paths"]}
    return Draft202012Validator(schema, format_checker=_formats)


def check(response: requests.Response, *args: Any, **kwargs: Any) -> None:
    """A response hook of requests: fails the test when the answer is not what the contract promises."""
    assert "X-Sandbox" in response.headers, "an answer without X-Sandbox"
    assert "Date" in response.headers
    operation = find(str(response.request.method), urlsplit(str(response.url)).path)
    status = str(response.status_code)
    if operation is None:
        assert status in ("404", "405"), f"{response.url} is in no contract and answered {status}"
        return
    assert status in operation["responses"], (
        f"{operation['operationId']} answered {status}, which its contract does not have: {response.text[:300]}"
    )
    promised = operation["responses"][status]
    escaped = operation["path"].replace("~", "~0").replace("/", "~1").replace("{", "%7B").replace("}", "%7D")
    base = f"/paths/{escaped}/{operation['method'].lower()}/responses/{status}"
    if "$ref" in promised:
        base = promised["$ref"].removeprefix("#")
        promised = document()["components"]["responses"][base.rsplit("/", 1)[1]]
    for name in promised.get("headers", {}):
        assert name in response.headers, f"{operation['operationId']} answered without {name}"
    content = promised.get("content", {})
    if not content:
        assert not response.content
        return
    kind = response.headers.get("Content-Type", "")
    assert kind in content, f"{operation['operationId']} answered {kind}"
    if kind == "application/json":
        _validator(f"{base}/content/application~1json/schema").validate(response.json())
