# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of the house: imports run one way, the network has one door, no interface stands in code, profile and contract agree."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.collectivites.antai.plugins.module_utils._interface.catalogue import OPERATIONS
from ansible_collections.collectivites.antai.plugins.module_utils._options.declaration import FIELDS
from tests.support.collection import MODULE_UTILS, PLUGINS, ROOT, imports
from tests.support.rooms import PICTURE, picture, room_of, rooms_imported

FILES = sorted(MODULE_UTILS.rglob("*.py"))
EVERY_PLUGIN = sorted(path for path in PLUGINS.rglob("*.py") if "doc_fragments" not in path.parts)
SANDBOX = sorted((ROOT / "sandbox").rglob("*.py"))
MOST_FILES_ON_THE_GROUND = 8


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", EVERY_PLUGIN, ids=_name)
def test_imports_run_one_way(path: Path) -> None:
    floor = room_of(path).floor
    assert not {room.name for room in rooms_imported(path) if room.floor > floor}


def test_the_ground_floor_is_small() -> None:
    assert len([path for path in MODULE_UTILS.glob("*.py") if path.name != "__init__.py"]) <= MOST_FILES_ON_THE_GROUND


def test_the_picture_of_the_rooms_is_of_today() -> None:
    assert PICTURE.read_text(encoding="utf-8") == picture(), "draw it anew: see tests/support/rooms.py"


def test_there_is_no_circle() -> None:
    graph = {_dotted(path): {name for name in imports(path) if name.startswith("module_utils")} for path in FILES}
    visited: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, " -> ".join((*trail, name))
        if name not in visited:
            for imported in graph.get(name, ()):
                visit(imported, (*trail, name))
            visited.add(name)

    for name in graph:
        visit(name, ())


def _dotted(path: Path) -> str:
    return ".".join(path.relative_to(PLUGINS).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_only_the_adapter_knows_ansible(path: Path) -> None:
    assert path.name == "module_adapter.py" or not [name for name in imports(path) if name.split(".")[0] == "ansible"]


# session.py opens, within exchange_budget.py; probe.py looks at the way for the doctor, and sends no request; the others open nothing: proxy.py
# borrows requests' rules, and the rest know its errors.
NETWORK_DOOR = ("libraries.py", "exchange_budget.py", "session.py", "probe.py")
KNOWS_REQUESTS = (*NETWORK_DOOR, "client.py", "revocation_fetcher.py", "transport_failure.py", "proxy.py")


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_the_network_has_one_door(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    opens = {"requests", "urllib.request", "http.client", "socket", "ssl"} & set(imports(path))
    assert not opens or path.name in NETWORK_DOOR
    assert path.name in NETWORK_DOOR or not re.search(r"requests\.(Session|get|post|request)\b", text)
    assert path.name in KNOWS_REQUESTS or not re.search(r"import .*\brequests\b", text)


@pytest.mark.parametrize("path", FILES, ids=_name)
def test_no_path_of_an_interface_stands_in_python(path: Path) -> None:
    assert not re.search(r"[\"']/(api|v\d)\b", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(PLUGINS.rglob("*.py")), ids=_name)
def test_plugins_know_nothing_of_the_sandbox(path: Path) -> None:
    assert not [name for name in imports(path) if name.split(".")[0] == "sandbox"]


@pytest.mark.parametrize("path", SANDBOX, ids=_name)
def test_the_sandbox_knows_nothing_of_the_plugins(path: Path) -> None:
    assert not [name for name in imports(path) if name.split(".")[0] in ("ansible_collections", "ansible", "plugins")]


SHIPPED = [*PLUGINS.rglob("*.py"), *PLUGINS.rglob("*.yml"), *(ROOT / "roles").rglob("*.yml"), *(ROOT / "playbooks").rglob("*.yml")]
UNVERIFIED = re.compile(
    r"verify *= *False|CERT_NONE|CERT_OPTIONAL|check_hostname *= *False|assert_hostname|assert_fingerprint|disable_warnings"
    r"|_create_unverified_context|_create_stdlib_context|validate_certs|insecure|trust_env *= *True|PYTHONHTTPSVERIFY"
)


@pytest.mark.parametrize("path", sorted(SHIPPED), ids=_name)
def test_verification_is_never_turned_off(path: Path) -> None:
    assert not UNVERIFIED.search(path.read_text(encoding="utf-8"))


def test_no_option_is_about_turning_it_off() -> None:
    assert not [name for name in FIELDS if re.search(r"verif|validat|insecure|skip|ignore|unsafe", name)]


def test_only_the_runner_knows_check_mode() -> None:
    knowing = {path.name for path in FILES if "check_mode" in path.read_text(encoding="utf-8")}
    assert knowing == {"settings.py", "runner.py", "tasks.py", "module_adapter.py"}


PROFILE = yaml.safe_load((PLUGINS / "plugin_utils/_shipped/profiles/sandbox.yml").read_text(encoding="utf-8"))
CONTRACT = yaml.safe_load((ROOT / "sandbox/openapi.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("operation", [name for name, call in PROFILE["operations"].items() if "absent" not in call])
def test_the_profile_speaks_the_contract(operation: str) -> None:
    call = PROFILE["operations"][operation]
    path = call["request"]["path"].replace("{fingerprint}", "{empreinte}")
    described = CONTRACT["paths"][path][call["request"]["method"].lower()]
    assert described["x-operation-class"] == call["class"] == OPERATIONS[operation].kind
    assert described["tags"] == [call["face"] if "face" in call else OPERATIONS[operation].face]
    assert {str(status) for status in call["success"]} <= set(described["responses"])
    body = call["request"].get("body")
    if body:
        assert set(body) == _required(described["requestBody"]["content"]["application/json"]["schema"])


def test_the_collection_never_sends_an_fps() -> None:
    spoken = {call["request"]["path"] for call in PROFILE["operations"].values() if "absent" not in call}
    assert "/v1/fps" in CONTRACT["paths"]
    assert "/v1/fps" not in spoken


def _required(schema: dict[str, object]) -> set[str]:
    reference = schema.get("$ref")
    if isinstance(reference, str):
        schema = CONTRACT["components"]["schemas"][reference.rsplit("/", 1)[1]]
    required = schema["required"]
    assert isinstance(required, list)
    return set(required)
