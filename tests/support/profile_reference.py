# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written from the format of profiles: the JSON Schema that is shipped, and the reference in docs/profile.md.

    python -m tests.support.profile_reference        # after every change of module_utils/_interface/profile/format.py or catalogue.py

A test holds both files against it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.collectivites.antai.plugins.module_utils._interface.catalogue import COMMON_VALUES, LOOKUPS, OPERATIONS, RECORDS
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile import schema as shapes
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.format import PROFILE
from ansible_collections.collectivites.antai.plugins.module_utils._interface.profile.templates import FILTERS

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "plugins" / "plugin_utils" / "_shipped" / "profiles" / "profile.schema.json"
PAGE = ROOT / "docs" / "profile.md"
BEGIN, END = "<!-- reference: written by tests/support/profile_reference.py -->", "<!-- end of the reference -->"


def schema() -> str:
    head = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Profile of an interface, for collectivites.antai",
        "description": "Ours: ANTAI publishes no interface. What a schema cannot say (placeholders, contradictions) is told when the profile is read.",
    }
    parts = {mapping.schema()["$ref"].rsplit("/", 1)[1]: mapping.definition() for mapping in mappings()}
    return json.dumps(head | PROFILE.schema() | {"$defs": parts}, ensure_ascii=False, indent=1) + "\n"


def page(text: str) -> str:
    """The page with its reference written anew."""
    before, rest = text.split(BEGIN)
    return before + BEGIN + "\n\n" + "\n".join(reference()) + "\n" + END + rest.split(END)[1]


def reference() -> Iterator[str]:
    for section in sections():
        yield f"### {section.name}\n"
        yield "| key | value | |\n|---|---|---|"
        for name, key in section.keys.items():
            yield f"| `{name}`{' (needed)' if key.required else ''} | {cell(told(key.shape))} | {cell(key.text)} |"
        yield ""
    yield from _operations()
    yield from _records()
    yield "### Filters\n\n| filter | |\n|---|---|"
    yield from (f"| `{name}` | {cell(text)} |" for name, (text, _function) in FILTERS.items())
    yield ""


def _operations() -> Iterator[str]:
    yield "### Operations\n\n| operation | face, class | values | answers with | where it is absent |\n|---|---|---|---|---|"
    for name, spec in OPERATIONS.items():
        values = ", ".join(f"`{value}`" for value in spec.values) or "none"
        answer = f"{spec.answer} ({spec.record})" if spec.record else spec.answer
        yield f"| `{name}` | {spec.face}, {spec.kind} | {values} | {answer} | {cell(spec.without)} |"
    common = ", ".join(f"`{value}`" for value in COMMON_VALUES)
    looked_up = "; ".join(f"`{{{kind}.field}}` by `{reader}`" for kind, (reader, _values) in LOOKUPS.items())
    yield f"\nIn every operation: {common}. Looked up first, where the operation's values name the record: {looked_up}.\n"


def _records() -> Iterator[str]:
    yield "### Records\n\n| record | fields (needed ones in bold) | states |\n|---|---|---|"
    for name, spec in RECORDS.items():
        fields = ", ".join(f"**{field}**" if field in spec.needed else field for field in spec.fields)
        yield f"| `{name}` | {fields} | {', '.join(spec.states)} |"
    yield ""


def sections() -> list[shapes.Mapping]:
    """Those that the page tells: the keys of records and operations are the catalogue's, and one record is told as the other."""
    passed_over = ("records", "operations", *(f"record: {name}" for name in list(RECORDS)[1:]))
    return [mapping for mapping in mappings() if mapping.name not in passed_over]


def mappings() -> list[shapes.Mapping]:
    """Every mapping of the format, once by its name, in the order in which it is met."""
    named: dict[str, shapes.Mapping] = {}

    def visit(shape: Any) -> None:
        if isinstance(shape, shapes.Mapping):
            if shape.name in named:
                return
            named[shape.name] = shape
            for key in shape.keys.values():
                visit(key.shape)
        for inner in inner_shapes(shape):
            visit(inner)

    visit(PROFILE)
    return list(named.values())


def inner_shapes(shape: Any) -> list[Any]:
    if isinstance(shape, shapes.Variants):
        return list(shape.shapes.values())
    if isinstance(shape, shapes.With):
        return [shape.then, shape.otherwise]
    if isinstance(shape, shapes.OneOf):
        return list(shape.shapes)
    return [shape.of] if isinstance(shape, (shapes.Items, shapes.Table)) else []


def told(shape: Any) -> str:
    """The shape in words, with the name of its section."""
    if isinstance(shape, shapes.OneOf) and shape.called:
        return shape.called
    if isinstance(shape, shapes.Text) and shape.choices and shape.description == shapes.Text.description:
        return ", ".join(f"`{choice}`" for choice in shape.choices)
    if isinstance(shape, shapes.Mapping):
        return f"*{shape.name}*"
    if isinstance(shape, shapes.Variants):
        return f"one of {', '.join(told(option) for option in shape.shapes.values())}"
    if isinstance(shape, shapes.With):
        return f"{told(shape.otherwise)}, or {told(shape.then)}"
    if isinstance(shape, shapes.OneOf):
        return " or ".join(dict.fromkeys(told(option) for option in shape.shapes))
    if isinstance(shape, shapes.Items):
        return f"a list of {shape.called}" if isinstance(shape.of, shapes.Number) else f"a list: {told(shape.of)}"
    if isinstance(shape, shapes.Table):
        return f"a mapping of {shape.called} to {told(shape.of)}"
    return str(shape.description)


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def main() -> None:
    SCHEMA.write_text(schema(), encoding="utf-8")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
