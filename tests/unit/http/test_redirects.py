# Copyright: (c) 2026, collectivites.antai contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a redirect of a CRL leads, as a table; that it is followed, and how often, stands in tests/integration/test_fetcher.py."""

from __future__ import annotations

import pytest

from ansible_collections.collectivites.antai.plugins.module_utils._http.redirects import check_address, redirected
from ansible_collections.collectivites.antai.plugins.module_utils.errors import TransportError

CRL = "http://crl.psce.example/ac/a.crl"


@pytest.mark.parametrize(
    ("url", "location", "address"),
    [
        (CRL, "b.crl", "http://crl.psce.example/ac/b.crl"),
        (CRL, "/b.crl?x=1#y", "http://crl.psce.example/b.crl?x=1"),
        (CRL, "//other.example/b.crl", "http://other.example/b.crl"),
        (CRL, " https://crl.psce.example/ac/a.crl ", "https://crl.psce.example/ac/a.crl"),
        ("https://crl.psce.example/a", "http://crl.psce.example/b", "http://crl.psce.example/b"),
        ("http://10.1.2.3/a", "http://10.1.2.4/b", "http://10.1.2.4/b"),
        (CRL, "http://1.1.1.1/a", "http://1.1.1.1/a"),
    ],
)
def test_followed(url: str, location: str, address: str) -> None:
    assert redirected(url, location) == address


@pytest.mark.parametrize(
    ("location", "why"),
    [
        (None, "without saying where"),
        ("", "without saying where"),
        ("ftp://crl.psce.example/a", "no address of http or https"),
        ("file:///etc/passwd", "no address of http or https"),
        ("http://[::1", "no address"),
        ("http://x:99999/", "no address"),
        ("http://agent:canari@crl.psce.example/a", "user name or a password"),
        ("http://169.254.169.254/latest", "private network"),
        ("http://127.0.0.1:8500/v1", "private network"),
        ("http://[::1]/", "private network"),
        ("http://10.0.0.1/", "private network"),
        ("http://LOCALHOST./", "private network"),
    ],
)
def test_not_followed(location: str | None, why: str) -> None:
    with pytest.raises(TransportError, match=why) as refused:
        redirected(CRL, location)
    assert "canari" not in refused.value.sentence


def test_an_address_of_a_certificate_with_credentials_is_not_opened() -> None:
    with pytest.raises(TransportError, match="user name or a password") as refused:
        check_address("http://agent:canari@crl.psce.example/a")
    assert "canari" not in refused.value.sentence
