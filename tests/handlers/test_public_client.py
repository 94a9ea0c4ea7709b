"""Which addresses are public. What is done with them is tried by those who call them: calendars and hooks."""

from __future__ import annotations

import pytest

from handlers.public_client import is_public


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0"),
        *("224.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1"),
        *("ff02::1", "::ffff:8.8.8.8", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:1::1", "2001:db8::1", "", "name"),
        *("fec0::1", "::ffff:0:7f00:1", "::5efe:7f00:1", "5f00::1", "3fff::1", "192.0.0.8", "192.88.99.1"),
    ],
)
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.216.34", "2606:4700::1111", "2a00:1450:4007::200e"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)
