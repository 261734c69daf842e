# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The doctor over real TLS: for each fault that is seeded, the right check fails, and only that one, with the right advice; nothing is written."""

from __future__ import annotations

import copy
import json
import re
import socket
import ssl
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import OpenBench
from tests.support.bench import Bench
from tests.support.certificates import self_signed_now
from tests.support.collection import returns
from tests.support.front import Passed, Target, fronting
from tests.support.interfaces import EITHER_INTERFACE, INTERFACES
from tests.support.keys import Issued, get_issued, key_pem
from tests.support.playbook import play
from tests.support.proxy import Proxy, proxy_settings
from tests.support.psce import CrlSpec, Ours, Spec, make_key
from tests.support.responder import responding
from tests.support.run_module import Result
from tests.support.sandbox_process import REPOSITORY, SandboxProcess
from tests.support.shape import same_shape
from tests.support.values import OTHER, SIRET, existing

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
AUTHORITY = Spec(
    (("C", "FR"), ("O", "PSCE"), ("OU", "0002 433702479"), ("CN", "AC des serveurs")),
    "ec-p384-doctor-ca",
    NOW - 90 * DAY,
    NOW + 900 * DAY,
    ca=True,
    path_length=0,
    eku=None,
    key_usage=("key_cert_sign", "crl_sign"),
)
SERVER = Spec(
    (("C", "FR"), ("O", "Serveur"), ("CN", "127.0.0.1")),
    "ec-p256-doctor-server",
    NOW - 10 * DAY,
    NOW + 400 * DAY,
    eku=("server",),
    san=("ip:127.0.0.1",),
)


@dataclass
class Scene:
    """A healthy declaration against a sandbox that is served for all faults; a fault changes `options` or what stands between."""

    bench: Bench
    folder: Path
    stack: ExitStack
    options: dict[str, Any]
    profile: dict[str, Any]

    def front(
        self, change: Callable[[Passed], None] = lambda passed: None, *, face: str = "portal", server: Spec = SERVER, ca: Spec = AUTHORITY
    ) -> None:
        """Put a server of ours before a face, with this certificate."""
        there = self.bench.endpoints[face]
        client = (Path(self.options["certificates"][0]["certificate"]), Path(self.options["certificates"][0]["private_key"]))
        target = Target(there["url"], there["ca_file"], client if face == "sifps" else None, change)
        certificate, key = (
            self.file("server.pem", pem(Ours().certificate(server, ca))),
            self.file("server.key", key_pem(make_key(server.key))),
        )
        url = self.stack.enter_context(fronting(target, certificate, key))
        ca_file = self.file("front-ca.pem", pem(Ours().certificate(AUTHORITY, AUTHORITY)))
        self.options |= {f"{face}_url": url, f"{face}_ca_file": str(ca_file)}

    def proxy(self, proxy: Proxy) -> Proxy:
        return self.stack.enter_context(proxy_settings(proxy))

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path

    def examined(self, **more: Any) -> Result:
        return self.bench.run("antai_doctor", **{**self.options, "profile": self.profile, **more})


def pem(der: bytes) -> bytes:
    return ssl.DER_cert_to_PEM_cert(der).encode()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, sandbox_template: Path) -> Iterator[tuple[SandboxProcess, Issued]]:
    """One sandbox for all faults: an active space, a convention in force, an active certificate, and a space without a mandate."""
    folder = tmp_path_factory.mktemp("doctor")
    policy = existing()
    policy["collectivites"][OTHER] = {"name": "Autre", "existing": {"account": "active", "convention": "in_force"}}
    with SandboxProcess(folder / "sandbox", policy, sandbox_template) as running:
        issued = get_issued(running.endpoints, folder, SIRET)
        Bench(running, folder).done("antai_certificate", siret=SIRET, certificates=[declared(issued.certificate_file, issued.key_file)])
        yield running, issued


def declared(certificate: Path, key: Path) -> dict[str, str]:
    return {"provider": "essai", "certificate": str(certificate), "private_key": str(key)}


@pytest.fixture
def scene(served: tuple[SandboxProcess, Issued], tmp_path: Path) -> Iterator[Scene]:
    running, issued = served
    options = {
        "siret": SIRET,
        "agent_email": "agent@essai.example",
        "certificates": [declared(issued.certificate_file, issued.key_file)],
        "timeout": 20,
        "fail_on": "never",
    }
    with ExitStack() as stack:
        yield Scene(Bench(running, tmp_path), tmp_path, stack, options, copy.deepcopy(INTERFACES["sandbox"].content()))


Seed = Callable[[Scene], Any]


@dataclass(frozen=True)
class Fault:
    """seed: makes the fault. check and code: what must be found, and nothing else; outcome: how bad. advice: part of what to do."""

    name: str
    seed: Seed
    face: str
    check: str
    code: str
    advice: str
    outcome: str = "fail"


def options(**changes: Any) -> Seed:
    return lambda scene: scene.options.update(changes)


def fronted(**about: Any) -> Seed:
    return lambda scene: scene.front(**about)


def answering(path: str, change: Callable[[Passed], Any]) -> Seed:
    """The portal's answers for this path come back changed."""

    def alter(passed: Passed) -> None:
        if path in passed.path:
            change(passed)

    return lambda scene: scene.front(alter)


def account(change: Callable[[dict[str, Any]], Any]) -> Seed:
    """In the account, wherever the portal shows it."""

    def every(content: Any) -> None:
        for each in content.get("elements", [content]):
            change(each["compte"])

    return answering("/api/espaces", lambda passed: passed.json(every) if passed.body.startswith(b"{") else None)


def renamed(old: str, new: str) -> Seed:
    return account(lambda found: found.update({new: found.pop(old)}))


def closed(scene: Scene) -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


def port_closed(scene: Scene) -> None:
    scene.options["portal_url"] = f"https://127.0.0.1:{closed(scene)}"


def not_tls(scene: Scene) -> None:
    scene.options["portal_url"] = scene.stack.enter_context(responding()).url.replace("http://", "https://")


ending = fronted(server=replace(SERVER, not_after=NOW + 9 * DAY))


def foreign_certificate(scene: Scene) -> None:
    key = make_key("ec-p256-doctor-foreign")
    certificate = scene.file("foreign.pem", self_signed_now(SIRET, key))
    scene.options["certificates"] = [declared(certificate, scene.file("foreign.key", key_pem(key)))]


def through(proxy: Proxy, user: str = "") -> Seed:
    def seed(scene: Scene) -> None:
        running = scene.proxy(proxy)
        scene.options["proxy"] = running.with_user(user, "pass%40word") if user else running.url
        scene.options["sifps_url"] = None

    return seed


def proxy_down(scene: Scene) -> None:
    scene.options |= {"proxy": f"http://127.0.0.1:{closed(scene)}", "sifps_url": None}


def clock_off(passed: Passed) -> None:
    names = {name.lower(): name for name in passed.headers}
    passed.headers[names["date"]] = format_datetime(
        parsedate_to_datetime(passed.headers[names["date"]]) + timedelta(minutes=10), usegmt=True
    )


def html(passed: Passed) -> None:
    passed.status, passed.headers, passed.body = (
        200,
        passed.headers | {"Content-Type": "text/html"},
        b"<html><body>Portail captif</body></html>",
    )


def limited(passed: Passed) -> None:
    passed.status, passed.headers, passed.body = 429, passed.headers | {"Retry-After": "30"}, b"{}"


def silent(passed: Passed) -> None:
    passed.over.wait(60)


def slow(scene: Scene) -> None:
    scene.options["timeout"] = 1.0
    answering("/api/espaces/", silent)(scene)


def declared_otherwise(operation: str, part: str, **changes: str) -> Seed:
    return lambda scene: scene.profile["operations"][operation][part].update(changes)


def path_of(operation: str, path: str) -> Seed:
    return declared_otherwise(operation, "request", path=path)


def without_rgs(scene: Scene) -> None:
    """The sandbox's own server certificate lives 82 years and names nobody by number."""
    authority = Path(scene.bench.endpoints["sifps"]["ca_file"]).read_text(encoding="utf-8")
    scene.options["trust_store"] = trusting(authority)


def trusting(authority: str) -> dict[str, Any]:
    return {"version": 1, "entries": [{"name": "serveurs", "certificate": authority, "usage": ["server"], "source": "a test"}]}


def revoked(scene: Scene) -> None:
    published = scene.stack.enter_context(responding())
    leaf = replace(SERVER, subject=(*SERVER.subject[:2], ("OI", f"NTRFR-{SIRET}"), *SERVER.subject[2:]), crl_point=f"{published.url}/crl")
    crl = CrlSpec(AUTHORITY, AUTHORITY.key, NOW - DAY, NOW + DAY, ((leaf.serial, NOW - DAY),))
    published.answers["/crl"] = (200, Ours().crl(crl))
    scene.front(face="sifps", server=leaf)
    scene.options["trust_store"] = trusting(Path(scene.options["sifps_ca_file"]).read_text(encoding="utf-8"))


def store_under_a_file(scene: Scene) -> None:
    scene.options["store"] = str(scene.file("a-file", b"") / "store")


def store_open(scene: Scene) -> None:
    folder = scene.folder / "open" / SIRET / "certificates"
    folder.mkdir(parents=True)
    (folder / "key.pem").write_bytes(b"")
    (folder / "key.pem").chmod(0o644)
    scene.options["store"] = str(scene.folder / "open")


FAULTS = (
    Fault(
        "expired server certificate",
        fronted(server=replace(SERVER, not_after=NOW - DAY)),
        "portal",
        "tls",
        "expired",
        "this machine's clock",
    ),
    Fault("certificate not valid yet", fronted(server=replace(SERVER, not_before=NOW + DAY)), "portal", "tls", "not_yet_valid", "clock"),
    Fault("wrong CA", fronted(ca=replace(AUTHORITY, key="ec-p384-doctor-other")), "portal", "tls", "unknown_ca", "antai_portal_ca_file"),
    Fault(
        "wrong host name", fronted(server=replace(SERVER, san=("dns:portail.example",))), "portal", "tls", "host_name", "antai_portal_url"
    ),
    Fault(
        "server certificate that ends",
        ending,
        "portal",
        "server_certificate",
        "server_certificate_ends",
        "tell whoever",
        "warn",
    ),
    Fault(
        "refused client certificate", foreign_certificate, "sifps", "client_certificate", "client_refused", "a PSCE that this server trusts"
    ),
    Fault("server certificate without RGS", without_rgs, "sifps", "rgs", "rgs_fails", "antai_rule_overrides"),
    Fault("revoked server certificate", revoked, "sifps", "rgs", "rgs_fails", "tell whoever"),
    Fault("bad credentials", options(password="faux"), "portal", "login", "bad_credentials", "antai_username, antai_password"),
    Fault("missing mandate", options(siret=OTHER, certificates=[]), "portal", "mandate", "no_mandate", "mandated"),
    Fault("one mandate of two", options(sirets=[OTHER]), "portal", "mandate", "no_mandate", "mandated"),
    Fault("clock off by 10 minutes", answering("/", clock_off), "portal", "clock", "clock_off", "chrony"),
    Fault("needed field renamed", renamed("etat", "statut"), "portal", "account_get", "field_not_found", "records.account"),
    Fault("other field renamed", renamed("courriel", "mel"), "portal", "account_get", "field_left_out", "records.account", "warn"),
    Fault("unmapped state", account(lambda found: found.update(etat="SUSPENDU")), "portal", "account_get", "unmapped", "records.account"),
    Fault(
        "path of a list",
        path_of("space_list", "/api/collectivites"),
        "portal",
        "space_list",
        "status_unexplained",
        "the path or the statuses",
    ),
    Fault("path of a space", path_of("account_get", "/api/espace/{siret}"), "portal", "account_get", "contradiction", "most likely wrong"),
    Fault(
        "path of a part", path_of("certificate_list", "/api/certificats/{siret}"), "portal", "certificate_list", "contradiction", "wrong"
    ),
    Fault(
        "answer that lies elsewhere",
        declared_otherwise("certificate_list", "answer", at="certs"),
        "portal",
        "certificate_list",
        "unexplained",
        "answer of certificate_list",
    ),
    Fault(
        "end of a list",
        declared_otherwise("space_list", "pagination", total="nombre"),
        "portal",
        "space_list",
        "paging",
        "pagination",
    ),
    Fault(
        "list cut short",
        declared_otherwise("space_list", "pagination", total="sum([total, `1`])"),
        "portal",
        "space_list",
        "paging",
        "tell whoever runs the server",
    ),
    Fault("proxy that refuses", through(Proxy(refuses=403)), "portal", "proxy", "proxy_refuses", "NO_PROXY"),
    Fault(
        "proxy that asks",
        through(Proxy(credentials=("agent", "secret"))),
        "portal",
        "proxy",
        "proxy_asks",
        "http://user:password@host:port",
    ),
    Fault(
        "proxy with a wrong password",
        through(Proxy(credentials=("agent", "secret")), "agent"),
        "portal",
        "proxy",
        "proxy_credentials",
        "percent-encoded",
    ),
    Fault("proxy that is down", proxy_down, "portal", "tcp", "refused", "(or the proxy)"),
    Fault("name that does not resolve", options(portal_url="https://portail.invalid"), "portal", "dns", "unresolved", "DNS"),
    Fault("closed port", port_closed, "portal", "tcp", "refused", "check the port"),
    Fault("not TLS", not_tls, "portal", "tls", "not_tls", "antai_portal_url"),
    Fault("no CA file", options(portal_ca_file="/nowhere/ca.pem"), "portal", "tls", "ca_file", "antai_portal_ca_file"),
    Fault("HTML instead of JSON", answering("/api/espaces?", html), "portal", "space_list", "html", "a proxy, a gateway"),
    Fault("no answer in time", slow, "portal", "account_get", "timed_out", "antai_timeout"),
    Fault("rate limited", answering("/api/espaces", limited), "portal", "rate_limit", "limited", "leave more time"),
    Fault("store that cannot be written", store_under_a_file, "local", "store", "store_not_writable", "antai_store"),
    Fault("key that others may read", store_open, "local", "permissions", "store_open", "chmod"),
)
# What one fault shows in more than one place: three operations read one page, and a list shows the same accounts.
SAME_PAGE = {"account_get", "convention_list", "certificate_list", "space_list"}


def test_a_healthy_endpoint(scene: Scene) -> None:
    found = scene.examined()
    assert found["outcome"] == "ok", troubles(found)
    looked = {(each["face"], each["check"]) for each in found["checks"] if each["outcome"] == "ok"}
    line = {"dns", "tcp", "proxy", "tls", "server_certificate", "clock", "rate_limit", "speed"}
    assert {(face, check) for face in ("portal", "sifps") for check in line} <= looked
    assert {("portal", each) for each in ("login", "mandate", *SAME_PAGE, "convention_blank", "convention_document")} <= looked
    assert {("sifps", "client_certificate"), ("sifps", "exchange_query"), ("local", "store"), ("local", "certificates")} <= looked
    assert found["operations"]["write"] == 0
    same_shape(returns("antai_doctor")["counts"]["sample"], found["counts"], "counts")


def troubles(found: Result) -> set[tuple[str, str, str]]:
    return {(each["face"], each["check"], each["code"]) for each in found["checks"] if each["outcome"] in ("warn", "fail")}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_the_right_check_names_the_fault(scene: Scene, fault: Fault) -> None:
    fault.seed(scene)
    written = len(scene.bench.writes())
    found = scene.examined()
    assert not found.get("failed"), found
    named = [each for each in found["checks"] if (each["face"], each["check"], each["code"]) == (fault.face, fault.check, fault.code)]
    assert named, [each for each in found["checks"] if each["outcome"] != "ok"]
    assert (named[0]["outcome"], found["outcome"]) == (fault.outcome, fault.outcome)
    assert fault.advice in named[0]["what_to_do"]
    others = troubles(found) - {(fault.face, fault.check, fault.code)}
    assert all(fault.check in SAME_PAGE and check in SAME_PAGE and code == fault.code for _face, check, code in others), others
    assert len(scene.bench.writes()) == written
    assert found["operations"]["write"] == 0
    if fault.outcome == "fail":
        failed = scene.examined(fail_on="fail")
        assert failed["exit_code"] == 1
        assert f"{fault.face}: {fault.check}: " in failed["msg"] or fault.check in SAME_PAGE


def test_there_are_enough_faults() -> None:
    assert len({fault.code for fault in FAULTS if fault.outcome == "fail"}) >= 20


def test_what_rests_on_a_fault_is_skipped_and_says_on_what(scene: Scene) -> None:
    scene.options["password"] = "faux"
    found = {each["check"]: each for each in scene.examined()["checks"] if each["face"] == "portal"}
    assert (found["account_get"]["outcome"], found["account_get"]["what"]) == ("skipped", "not looked at: login first")
    assert found["convention_blank"]["outcome"] == "ok", "it needs no login"


def test_without_credentials_or_certificates_what_can_be_looked_at_is(scene: Scene) -> None:
    scene.bench.login = None
    found = scene.examined(certificates=[])
    assert found["outcome"] == "ok"
    codes = {each["check"]: each["code"] for each in found["checks"] if each["face"] == "portal"}
    assert (codes["login"], codes["account_get"], codes["convention_blank"]) == ("no_credentials", "prerequisite", "as_declared")
    assert {each["check"]: each["code"] for each in found["checks"] if each["face"] == "sifps"}[
        "client_certificate"
    ] == "no_client_certificate"


def test_empty_lists_are_not_verifiable(bench: OpenBench) -> None:
    here = bench(existing(convention=None))
    found = {each["check"]: each for each in here.run("antai_doctor", siret=SIRET, certificates=[])["checks"]}
    assert {found[each]["outcome"] for each in ("convention_list", "certificate_list")} == {"not_verifiable"}
    assert found["convention_document"]["code"] == "lacks_values"
    assert found["account_get"]["outcome"] == "ok"


@EITHER_INTERFACE
def test_either_interface_is_healthy(bench: OpenBench) -> None:
    """The second one has OAuth 2.0, look-ups in its paths, cursors, no lists, documents behind links."""
    here = bench(existing())
    here.certificate()
    here.done("antai_certificate", siret=SIRET, certificates=[{"provider": "essai"}])
    written = len(here.writes())
    found = here.run("antai_doctor", siret=SIRET, agent_email="agent@essai.example", certificates=[{"provider": "essai"}])
    assert (found["outcome"], troubles(found)) == ("ok", set()), found["text"]
    ok = {each["check"] for each in found["checks"] if each["outcome"] == "ok"}
    assert {"login", "mandate", "account_get", "convention_list", "certificate_list", "convention_document", "exchange_query"} <= ok
    assert len(here.writes()) == written


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_table_is_for_people(scene: Scene, language: str) -> None:
    scene.options["password"] = "faux"
    text = scene.examined(language=language)["text"]
    told = {"fr": ("Portail", "ÉCHEC", "à faire : vérifier"), "en": ("Portal", "FAIL", "to do: check")}[language]
    assert all(each in text for each in told), text


# The transcript


def test_the_transcript_holds_no_secret_and_nobody_s_name(scene: Scene) -> None:
    record = scene.folder / "transcript.json"
    scene.examined(record=str(record))
    text = record.read_text(encoding="utf-8")
    content = json.loads(text)
    assert stat.S_IMODE(record.stat().st_mode) == 0o600
    asked = [(each["face"], each["request"]["method"], each["response"]["status"]) for each in content["exchanges"]]
    assert {("portal", "GET", 200), ("portal", "POST", 200), ("sifps", "GET", 200)} <= set(asked)
    assert [each["check"] for each in content["checks"]].count("tls") == 2
    for secret in (scene.bench.login[1] if scene.bench.login else "", "Bearer ey", "@", "PRIVATE KEY", "XSRF-TOKEN="):
        assert secret not in text, secret
    assert '"etat": "ACTIF"' in text, "what support needs is there"


def test_check_mode_records_nothing(scene: Scene) -> None:
    record = scene.folder / "transcript.json"
    scene.bench.run("antai_doctor", check=True, **{**scene.options, "record": str(record)})
    assert not record.exists()


def test_a_transcript_gets_a_folder_for_its_owner_only(scene: Scene) -> None:
    record = scene.folder / "transcripts" / "north" / "lyon.json"
    scene.examined(record=str(record))
    assert [stat.S_IMODE(each.stat().st_mode) for each in (record.parent.parent, record.parent, record)] == [0o700, 0o700, 0o600]


def test_a_transcript_that_cannot_be_written_costs_nothing_of_what_was_found(scene: Scene) -> None:
    (scene.folder / "file").write_text("x")
    found, whole = scene.examined(record=str(scene.folder / "file" / "transcript.json")), scene.examined()
    (warning,) = found["warnings"]
    assert warning.startswith(f"the transcript was not written: record: {scene.folder / 'file' / 'transcript.json'}: ")
    assert "give a file in a folder that you may write to" in warning
    assert [each["check"] for each in found["checks"]] == [each["check"] for each in whole["checks"]]
    assert found["outcome"] == whole["outcome"]


# The playbook


def test_the_playbook_fails_those_that_do_not_fit_and_tells_each_thing_once(scene: Scene) -> None:
    """antai_doctor_report prints one table for all hosts."""
    connection = {f"antai_{name}": value for name, value in scene.bench.connection().items() if name not in ("profile", "timeout")}
    shared = connection | {
        "ansible_connection": "local",
        "ansible_python_interpreter": "{{ ansible_playbook_python }}",
        "antai_profile": "sandbox",
    }
    hosts = {
        "good": {"antai_siret": SIRET},
        "wrong": {"antai_siret": "21810004800014", "antai_password": "faux"},
        "foreign": {"antai_siret": OTHER},
        "broken": {"antai_siret": "123"},
    }
    inventory = scene.file("hosts.json", json.dumps({"antai": {"hosts": hosts, "vars": shared}}).encode())
    written = len(scene.bench.writes())
    report = scene.folder / "doctor.json"
    played = play(REPOSITORY / "playbooks/doctor.yml", inventory, scene.folder / "home", "-e", f"antai_doctor_json={report}")
    assert (played.code, played.failed()) == (2, {"wrong", "foreign", "broken"}), played.stdout + played.stderr
    assert played.stdout.count("the server refuses the credentials") == 1
    assert re.search(r"FAIL +login [^\[]*\[wrong\]", played.stdout)
    assert re.search(r"FAIL +mandate [^\[]*\[foreign\]", played.stdout)
    assert re.search(r"ok +login [^\[]*\[good, foreign\]", played.stdout)
    assert re.search(r"ok +tls(?!.*\[)", played.stdout), "what all say names nobody"
    assert "broken: siret: '123' is not a SIRET" in played.stdout
    told = json.loads(report.read_text(encoding="utf-8"))["hosts"]
    assert {host: each.get("outcome") for host, each in told.items()} == {"good": "ok", "wrong": "fail", "foreign": "fail", "broken": None}
    assert len(scene.bench.writes()) == written
