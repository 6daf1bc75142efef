"""Gateways for the tests of the queue: in front of a recording upstream, or of a simulated Divar."""

import datetime

import pytest

from conftest import NO_CACHE
from sandbox import Sandbox
from upstream import agreeable

SENDERS = 12
PER_SENDER = 15
USUAL_WAIT = datetime.timedelta(minutes=15)
SLACK = datetime.timedelta(seconds=20)


@pytest.fixture
def start(start_behind, start_upstream, new_client):
    """Starts a gateway in front of a recording upstream: (gateway, client, upstream)."""

    def start(reply=agreeable, **settings):
        upstream = start_upstream(reply)
        gateway = start_behind(upstream, **{**NO_CACHE, **settings})
        return gateway, new_client(gateway), upstream

    return start


@pytest.fixture
def start_simulated(start_gateway, new_client):
    """Starts a gateway with a simulated Divar behind it: (gateway, client, sandbox)."""

    def start(**settings):
        gateway = start_gateway({**NO_CACHE, **settings}, sandbox=True)
        return gateway, new_client(gateway), Sandbox(gateway.sandbox_url)

    return start
