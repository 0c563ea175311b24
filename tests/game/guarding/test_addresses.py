import logging

import pytest
from django.test import RequestFactory
from pytest_django.fixtures import Settings

from game.guarding import addresses

HERE, PROXY = "192.0.2.1", "10.0.0.1"


@pytest.mark.parametrize(
    ("proxies", "remote", "forwarded", "expected"),
    [
        (0, HERE, "192.0.2.2", HERE),
        (0, "", None, None),
        (1, PROXY, HERE, HERE),
        (1, HERE, None, HERE),
        # A client may write what it likes in front of what the proxy adds.
        (1, PROXY, f"203.0.113.9, {HERE}", HERE),
        (1, PROXY, f"{HERE}:5678", HERE),
        (1, PROXY, f"203.0.113.9:1, {HERE}:5678 ", HERE),
        (1, PROXY, "2001:DB8::1", "2001:db8::1"),
        (1, PROXY, "[2001:db8::1]", "2001:db8::1"),
        (1, PROXY, "[2001:db8::1]:5678", "2001:db8::1"),
        (1, PROXY, '"[2001:db8::1]:5678"', "2001:db8::1"),
        (1, PROXY, "fe80::1%eth0", "fe80::1"),
        (1, PROXY, f"::ffff:{HERE}", HERE),
        (0, f"::ffff:{HERE}", None, HERE),
        # Two proxies: what the outer one saw.
        (2, PROXY, f"{HERE}, 203.0.113.9", HERE),
        (2, PROXY, f"198.51.100.7, {HERE}, 203.0.113.9", HERE),
        (2, PROXY, HERE, HERE),
        # Never nobody, whom all would share with whoever sends nonsense.
        (1, PROXY, "nonsense", PROXY),
        (1, PROXY, f"{HERE}, unknown", PROXY),
        (1, PROXY, "[::1", PROXY),
        (1, PROXY, ",", PROXY),
    ],
)
def test_it_takes_addresses_from_whom_it_can_believe(
    settings: Settings, proxies: int, remote: str, forwarded: str | None, expected: str | None
) -> None:
    settings.TRUSTED_PROXIES = proxies
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR=remote)
    assert addresses.of(request) == expected


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (HERE, HERE),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::", "2001:db8:1:2::"),
        (f"::ffff:{HERE}", HERE),
        ("", None),
    ],
)
def test_it_counts_a_network_of_ipv6_as_one(address: str, expected: str | None) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    assert addresses.counted_as(request) == expected


def test_it_says_once_that_a_proxy_is_not_set(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(addresses, "_warned", False)
    with caplog.at_level(logging.WARNING):
        for _each in range(3):
            addresses.of(RequestFactory().get("/", headers={"X-Forwarded-For": HERE}))
    assert caplog.text.count("BEHIND_PROXY=1") == 1
