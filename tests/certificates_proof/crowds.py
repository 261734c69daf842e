# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Crowds of CAs of one name, which must not make a judgement long: how many signatures it verifies is counted, whoever verifies them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._pki import chain, crl, ocsp_response, signature
from ansible_collections.collectivites.antai.plugins.module_utils._pki.evaluation import find_inputs, judge
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsed_certificate import ParsedCertificate
from ansible_collections.collectivites.antai.plugins.module_utils._pki.parsing import load_bundle
from ansible_collections.collectivites.antai.plugins.module_utils._pki.revocation import RevocationAnswers
from ansible_collections.collectivites.antai.plugins.module_utils._pki.trust import TrustEntry, TrustStore
from tests.certificates_proof.scene import authority, base
from tests.support.psce import NOW, Ours, Spec

SCENE = base("ec")
ROOT = SCENE.trusted[0].issuer
STRANGER = authority("Autre racine", "ec-p384-oldroot")
# What one judgement may verify: its own search, the issuers that the verifier looks at on each path that it is given, and the revocation of CAs.
MOST_IN_ALL = chain.MOST_SIGNATURES + chain.MOST_PATHS * 25 + 64


@cache
def made(spec: Spec, issuer: Spec) -> ParsedCertificate:
    return load_bundle(Ours().certificate(spec, issuer), "x").certificates[0]


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every verification of a signature, whoever makes it: for the verifier, each issuer that it looks at."""
    found: list[str] = []

    def count(module: Any, name: str) -> None:
        plain = getattr(module, name)
        plain = getattr(plain, "__wrapped__", plain)

        def counting(*given: Any) -> Any:
            found.append(name)
            return plain(*given)

        monkeypatch.setattr(module, name, counting)

    for name in ("verify_certificate", "verify_crl", "verify_content"):
        count(signature, name)
    for module, name in ((crl, "verify_crl"), (crl, "verify_content"), (ocsp_response, "verify_content")):
        count(module, name)
    monkeypatch.setattr(chain, "look_at_issuer", lambda *_given: found.append("verifier"))
    monkeypatch.setattr(chain, "verify_path", chain.verify_path.__wrapped__)
    yield found


@cache
def namesakes(number: int, keys: int, signers: int = 1) -> tuple[ParsedCertificate, ...]:
    """CAs of the issuing CA's name, with so many different keys, each signed by so many of them."""
    return tuple(
        made(
            replace(SCENE.issuer, key=f"ec-p256-namesake{rank % keys}", serial=1000 + rank * 40 + signer, path_length=None),
            replace(SCENE.issuer, key=f"ec-p256-namesake{(rank + signer) % keys}"),
        )
        for rank in range(number)
        for signer in range(signers)
    )


CROWDS: dict[str, Callable[[], tuple[ParsedCertificate, ...]]] = {
    "19 of one name and key": lambda: namesakes(19, 1),
    "19 of one name, 19 keys": lambda: namesakes(19, 19),
    "40 of one name, 5 keys that sign each other": lambda: namesakes(8, 5, 5),
    "38 of one name, 19 keys, each signed by two": lambda: namesakes(19, 19, 2),
}


TRUSTED = ("their root", "nobody of theirs", "all of them")


@dataclass(frozen=True)
class Crowd:
    """A leaf among its namesake CAs. trusted: who the store trusts."""

    name: str
    trusted: str

    @property
    def leaf(self) -> ParsedCertificate:
        return made(SCENE.leaf, replace(SCENE.issuer, key="ec-p256-namesake0"))

    @property
    def top(self) -> ParsedCertificate:
        """The one of them that the root issued."""
        return made(replace(SCENE.issuer, key="ec-p256-namesake0", serial=9), ROOT)

    @property
    def others(self) -> tuple[ParsedCertificate, ...]:
        return (*CROWDS[self.name](), self.top)

    @property
    def anchors(self) -> tuple[ParsedCertificate, ...]:
        return {"their root": (made(ROOT, ROOT),), "nobody of theirs": (made(STRANGER, STRANGER),), "all of them": self.others[:-1]}[
            self.trusted
        ]

    def verifications(self) -> tuple[int, bool]:
        """(how many signatures a judgement verifies, whether it finds a path). Nothing is remembered of judgements before."""
        store = TrustStore(
            tuple(TrustEntry(str(number), ca, (), "RGS*", ("client",), None, None, "a test", "") for number, ca in enumerate(self.anchors))
        )
        leaf, others = self.leaf, self.others
        with pytest.MonkeyPatch.context() as patch, counted(patch) as found:
            case = find_inputs(leaf, others, store, "client", NOW)
            judge(case, RevocationAnswers())
        return len(found), bool(case.path)


EVERY_CROWD = tuple(Crowd(name, trusted) for name in CROWDS for trusted in TRUSTED)
