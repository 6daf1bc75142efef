"""Fixtures: gateways, a simulated Divar, recording upstreams, clients, raw connections, and sends of any body.
All of them end with the test or module they belong to.
"""

import json
import pathlib
import tempfile

import pytest
import requests

import canaries
import canary_scan
from canaries import PLANTED, canary
from checks import assert_problem, assert_sent, pointers
from processes import BINARY, Gateway, Process
from sandbox import Sandbox
from upstream import RecordingUpstream, agreeable
from wire import Wire

SEED = 20260801
NO_CACHE = {"cache": {"max_bytes": 0}}
KEY_VARIABLE = "DIVAR_TEST_KEY"
KEY = PLANTED.plant(canaries.DIVAR_KEY, canary("divar-key-of-the-tests-4711"))
# No repeated reads, no adaptive limit, no breaker, no pause and no reads of the gateway's own: a test that makes Divar
# fail means each of its calls to come there, once.
EACH_CALL_ONCE = {
    "reconcile": {"enabled": False},
    "overload": {"retry_percent": 0, "min_concurrency": 1024, "breaker": {"min_calls": 100_000}},
    "apps": {"default": {"keys": [{"env": KEY_VARIABLE}], "quota": {"pause": "0s"}}},
}


def pytest_configure(config):
    config.addinivalue_line("markers", "soak: takes minutes; left to `make soak`")
    config.pluginmanager.register(canary_scan, "canary_scan")


def pytest_collection_modifyitems(config, items):
    if config.getoption("-m"):
        return
    soaks = [item for item in items if item.get_closest_marker("soak")]
    config.hook.pytest_deselected(items=soaks)
    items[:] = [item for item in items if item not in soaks]


def pytest_terminal_summary(terminalreporter):
    terminalreporter.write_line(f"seed of every random choice: {SEED}")


@pytest.fixture(scope="session", autouse=True)
def binary():
    if not BINARY.exists():
        pytest.exit("the binary is missing: run `make build`, or set DIVAR_GATEWAY_BINARY", returncode=3)
    return BINARY


@pytest.fixture(scope="session")
def short_path():
    """A folder with a path short enough for a socket's address, which holds 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="dgw-") as folder:
        yield pathlib.Path(folder)


class Client(requests.Session):
    """A session that knows its gateway and never looks at the environment."""

    def __init__(self, url):
        super().__init__()
        self.trust_env = False
        self.url = url

    def request(self, method, url, **options):
        options.setdefault("timeout", 30)
        return super().request(method, self.url + url if url.startswith("/") else url, **options)

    def send_message(self, body=None, headers=None, **members):
        """`POST /send`. Without a target it goes to the conversation that the simulation knows."""
        message = body if body is not None else members
        if body is None and not {"conversation_id", "user_id"} & set(members):
            message = {"conversation_id": "sandbox-conversation", **members}
        return self.post("/send", json=message, headers=headers)

    def read(self, conversation, token="sandbox-user-token"):
        return self.get(f"/conversations/{conversation}", headers={"X-Access-Token": token} if token else None)


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    """A gateway with its defaults and a simulated Divar behind it, shared by a module. It has no cache, so that each
    test meets Divar and not what the one before it has read; the tests of the cache start their own. Nor does it repeat
    reads that failed.
    """
    path = tmp_path_factory.mktemp("gateway") / "gateway.yaml"
    running = Gateway(path, {"listen": ["127.0.0.1:0"], **NO_CACHE, **EACH_CALL_ONCE}, sandbox=True)
    yield running
    assert running.is_running(), running.stderr.text
    assert running.stop() == 0


@pytest.fixture
def sandbox(gateway):
    """The simulated Divar behind `gateway`, as new."""
    control = Sandbox(gateway.sandbox_url)
    control.reset()
    yield control
    control.reset()


@pytest.fixture
def client(gateway):
    with Client(gateway.url) as session:
        yield session


@pytest.fixture
def new_client():
    """Makes clients of any gateway."""
    made = []

    def make(gateway):
        made.append(Client(gateway if isinstance(gateway, str) else gateway.url))
        return made[-1]

    yield make
    for session in made:
        session.close()


def _stop_all(running):
    failures = []
    for process in running:
        try:
            status = process.stop()
            if status != 0 and not process.ends_badly:
                failures.append((status, process.stderr.text))
        except Exception as error:  # Every process has to be ended before anything is said.
            failures.append(error)
    assert not failures, failures


@pytest.fixture
def start_gateway(tmp_path):
    """Starts gateways with their own configurations."""
    running = []

    def start(configuration, ends_badly=False, **options):
        if isinstance(configuration, dict):
            configuration = {"listen": ["127.0.0.1:0"], **configuration}
        gateway = Gateway(tmp_path / f"gateway-{len(running)}.yaml", configuration, **options)
        gateway.ends_badly = ends_badly
        running.append(gateway)
        return gateway

    yield start
    _stop_all(running)


@pytest.fixture
def start_process():
    """Starts other commands that stay running, or that are to fail."""
    running = []

    def start(*arguments, environment=None):
        process = Process(*arguments, environment=environment)
        process.ends_badly = True
        running.append(process)
        return process

    yield start
    _stop_all(running)


@pytest.fixture
def start_upstream():
    """Starts upstreams that record."""
    running = []

    def start(*arguments, **options):
        running.append(RecordingUpstream(*arguments, **options))
        return running[-1]

    yield start
    for upstream in running:
        upstream.stop()


#: The least that is a configuration, and the environment with its key.
MINIMAL = {"apps": {"default": {"keys": [{"env": "DIVAR_API_KEY"}]}}}
DIVAR_KEY = {"DIVAR_API_KEY": "k"}


def upstream_configuration(target, /, **settings):
    """A configuration that calls an upstream by its port, for each call once unless `overload` says otherwise."""
    url = target if isinstance(target, str) else target.url
    own = settings.pop("upstream", {})
    return {
        "upstream": {"base_url": url, "deadline": "5s", **own},
        **EACH_CALL_ONCE,
        **settings,
    }


@pytest.fixture
def start_behind(start_gateway):
    """Starts a gateway in front of an upstream."""

    def start(target, /, descriptors=None, **settings):
        configuration = upstream_configuration(target, **settings)
        return start_gateway(configuration, environment={KEY_VARIABLE: KEY}, descriptors=descriptors)

    return start


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """A gateway without a cache in front of a recording upstream, shared by a module: (gateway, upstream)."""
    upstream = RecordingUpstream()
    path = tmp_path_factory.mktemp("recorded") / "gateway.yaml"
    configuration = {"listen": ["127.0.0.1:0"], **NO_CACHE, **upstream_configuration(upstream)}
    running = Gateway(path, configuration, environment={KEY_VARIABLE: KEY})
    yield running, upstream
    upstream.stop()
    assert running.is_running(), running.stderr.text
    assert running.stop() == 0


@pytest.fixture
def upstream(recorded):
    """The recording upstream of `recorded`, with nothing recorded and agreeing to everything."""
    _, upstream = recorded
    upstream.reply = agreeable
    upstream.clear()
    yield upstream
    upstream.reply = agreeable


@pytest.fixture
def recorded_client(recorded):
    with Client(recorded[0].url) as session:
        yield session


@pytest.fixture
def wire(recorded, upstream):
    """A raw connection to a gateway in front of the recording upstream."""
    with Wire(recorded[0].connect()) as connected:
        yield connected


@pytest.fixture
def new_wire(recorded, upstream):
    """Opens raw connections to any gateway, or else to the one in front of the recording upstream."""
    opened = []

    def open_wire(gateway=None):
        opened.append(Wire((gateway or recorded[0]).connect()))
        return opened[-1]

    yield open_wire
    for connected in opened:
        connected.socket.close()


JSON = {"Content-Type": "application/json"}


@pytest.fixture
def post(recorded_client):
    """Posts a body as it is: bytes, text, or a value to be written as JSON."""

    def post(body, headers=None):
        if isinstance(body, str):
            body = body.encode("utf-8")
        data = body if isinstance(body, bytes) else json.dumps(body).encode("utf-8")
        return recorded_client.post("/send", data=data, headers={**JSON, **(headers or {})})

    return post


@pytest.fixture
def assert_invalid(post, upstream):
    """The body is refused with violations at exactly these places, and nothing goes up."""

    def check(body, *places, headers=None):
        problem = assert_problem(post(body, headers), "invalid-request", "not_sent")
        assert pointers(problem) == sorted(places), problem
        assert all(error["detail"] for error in problem["errors"])
        assert upstream.requests == []
        return problem

    return check


@pytest.fixture
def assert_valid(post, upstream):
    """The body is sent; gives what went up."""

    def check(body, headers=None):
        assert_sent(post(body, headers))
        return upstream.requests[-1].json()

    return check
