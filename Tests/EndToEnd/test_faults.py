"""Everything that can go wrong at Divar, by the simulation's faults: the right problem, and an outcome that is true."""

import contextlib
import random
import socket
import time

import pytest

from checks import UNREACHED_ATTEMPTS, assert_problem, assert_sent
from conftest import EACH_CALL_ONCE, NO_CACHE, SEED
from processes import Gateway, wait_until
from sandbox import CONVERSATION, USER, USER_TOKEN
from upstream import complaint, free_port

USERS = {"X-Access-Token": USER_TOKEN}
CALLS = {
    "v1.bot.conversation": lambda client: client.send_message(text="x"),
    "v1.bot.user": lambda client: client.send_message({"user_id": USER, "text": "x"}, headers=USERS),
    "v2.conversation": lambda client: client.send_message({"conversation_id": CONVERSATION, "text": "x"}, headers=USERS),
    "v1.conversation": lambda client: client.read(CONVERSATION),
    "experimental.upload": lambda client: client.post("/upload-token"),
}
SENDS = list(CALLS)[:3]
DEADLINE = "600ms"


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    """As everywhere, but with little patience, and without a cache, which would stand in for a Divar that fails."""
    path = tmp_path_factory.mktemp("faults") / "gateway.yaml"
    configuration = {
        "listen": ["127.0.0.1:0"], **NO_CACHE, **EACH_CALL_ONCE,
        "upstream": {"deadline": DEADLINE, "connect_timeout": "300ms"},
    }
    running = Gateway(path, configuration, sandbox=True)
    yield running
    assert running.is_running(), running.stderr.text
    assert running.stop() == 0


@pytest.fixture(autouse=True)
def still_serves_afterwards(client, sandbox):
    yield
    sandbox.reset()
    assert_sent(client.send_message(text="still there?"))
    assert client.read(CONVERSATION).json()["messages"][-1]["text"] == "still there?"
    assert client.post("/upload-token").status_code == 200


#: Fault: its settings, the problem, and the status that Divar is said to have given.
MANGLED = {
    "edge-html 500": ("edge-html", {"status": 500}, "divar-unintelligible", 500),
    "edge-html 502": ("edge-html", {"status": 502}, "divar-unintelligible", 502),
    "edge-html 403": ("edge-html", {"status": 403}, "divar-unintelligible", 403),
    "edge-html 429": ("edge-html", {"status": 429}, "divar-unintelligible", 429),
    "edge-html 200": ("edge-html", {"status": 200}, "divar-unintelligible", 200),
    "cut-before-head": ("cut-before-head", {}, "divar-unintelligible", None),
    "cut-in-body": ("cut-in-body", {}, "divar-unintelligible", None),
    "never-answer": ("never-answer", {}, "divar-timeout", None),
    "empty-body": ("empty-body", {}, "divar-unintelligible", 200),
    "wrong-shape": ("wrong-shape", {}, "divar-unintelligible", 200),
    "huge-body": ("huge-body", {}, "divar-unintelligible", None),
    "redirect": ("redirect", {}, "divar-unintelligible", 302),
    "status 500/13": ("status", {"status": 500, "code": 13}, "divar-failed", 500),
    "status 503/14": ("status", {"status": 503, "code": 14}, "divar-failed", 503),
    "status 504/4": ("status", {"status": 504, "code": 4}, "divar-failed", 504),
    "status 409/10": ("status", {"status": 409, "code": 10}, "divar-rejected", 409),
    "status 409/6": ("status", {"status": 409, "code": 6}, "divar-rejected", 409),
}


@pytest.mark.parametrize("endpoint", CALLS)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("fault", MANGLED)
def test_a_lost_or_mangled_answer_leaves_the_outcome_unknown(fault, when, endpoint, client, sandbox):
    kind, settings, problem_kind, divar_status = MANGLED[fault]
    sandbox.fault(kind, endpoint=endpoint, when=when, times=1, **settings)
    answered = CALLS[endpoint](client)
    is_send = endpoint in SENDS
    problem = assert_problem(answered, problem_kind, "unknown" if is_send else None)
    assert problem.get("divar_status") == divar_status
    assert problem["endpoint"] == endpoint
    assert len(answered.content) < 2000
    # What is unknown to the gateway is known to the simulation: it was asked once, and took the message or not.
    assert sandbox.request_count() == 1
    assert len(sandbox.ledger()) == (1 if is_send and when == "after" else 0)


REFUSED = {
    "400/3": (400, 3, "divar-rejected"), "400/11": (400, 11, "divar-rejected"), "401/16": (401, 16, "divar-refused-credentials"),
    "403/7": (403, 7, "divar-refused-credentials"), "404/5": (404, 5, "not-found-at-divar"),
    "412/9": (412, 9, "recipient-restricted"), "429/8": (429, 8, "divar-limit"), "501/12": (501, 12, "divar-failed"),
    "400/9": (400, 9, "divar-rejected"),
}


@pytest.mark.parametrize("endpoint", CALLS)
@pytest.mark.parametrize("refusal", REFUSED)
def test_a_refusal_by_divar_itself_proves_that_nothing_was_sent(refusal, endpoint, client, sandbox):
    status, code, kind = REFUSED[refusal]
    sandbox.fault("status", endpoint=endpoint, times=1, status=status, code=code, message="نشد")
    problem = assert_problem(CALLS[endpoint](client), kind, "not_sent" if endpoint in SENDS else None)
    assert (problem["divar_status"], problem["divar_code"], problem["divar_message"]) == (status, code, "نشد")
    assert sandbox.ledger() == []
    assert sandbox.request_count() == 1


@pytest.mark.parametrize("endpoint", CALLS)
def test_a_route_that_is_gone_is_not_found(endpoint, client, sandbox):
    sandbox.fault("route-gone", endpoint=endpoint)
    problem = assert_problem(CALLS[endpoint](client), "not-found-at-divar", "not_sent" if endpoint in SENDS else None)
    assert (problem["divar_status"], problem["divar_code"]) == (404, 5)
    assert sandbox.ledger() == []


@pytest.mark.parametrize("endpoint", CALLS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_latency_within_the_deadline_is_only_slow(when, endpoint, client, sandbox):
    sandbox.fault("latency", endpoint=endpoint, when=when, milliseconds=200)
    start = time.monotonic()
    assert CALLS[endpoint](client).status_code == 200
    assert time.monotonic() - start >= 0.19
    assert len(sandbox.ledger()) == (endpoint in SENDS)


@pytest.mark.parametrize("endpoint", CALLS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_latency_beyond_the_deadline_leaves_the_outcome_unknown(when, endpoint, client, sandbox):
    sandbox.fault("latency", endpoint=endpoint, when=when, times=1, milliseconds=1200)
    start = time.monotonic()
    is_send = endpoint in SENDS
    assert_problem(CALLS[endpoint](client), "divar-timeout", "unknown" if is_send else None)
    assert 0.5 < time.monotonic() - start < 3
    if is_send and when == "after":
        assert len(sandbox.ledger()) == 1


def accepts_connections(sandbox):
    host, port = sandbox.url.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except ConnectionRefusedError:
        return False
    return True


@pytest.mark.parametrize("endpoint", CALLS)
def test_refused_connections_prove_that_nothing_was_sent(endpoint, client, sandbox):
    is_send = endpoint in SENDS
    sandbox.fault("refuse-connections", endpoint=endpoint, times=1, duration_ms=1_500)
    try:
        # The request that the fault strikes is lost with its connection.
        assert_problem(CALLS[endpoint](client), "divar-unintelligible", "unknown" if is_send else None)
        wait_until(lambda: not accepts_connections(sandbox), "refused connections")
        time.sleep(0.05)  # The idle connections end right after the listener; nothing announces it.
        problem = assert_problem(CALLS[endpoint](client), "divar-unreachable", "not_sent" if is_send else None)
        assert "divar_status" not in problem
    finally:
        wait_until(lambda: accepts_connections(sandbox), "connections")
    assert sandbox.ledger() == []
    assert CALLS[endpoint](client).status_code == 200


def test_every_message_that_is_proven_not_sent_is_not_in_the_ledger(client, sandbox):
    """Faults at random: `sent` is in the ledger exactly once, `not_sent` never, and `unknown` at most once."""
    generator = random.Random(SEED)
    kinds = [
        ("edge-html", {"status": 503}), ("cut-before-head", {}), ("cut-in-body", {}), ("empty-body", {}),
        ("wrong-shape", {}), ("redirect", {}), ("status", {"status": 429, "code": 8}),
        ("status", {"status": 500, "code": 13}), ("latency", {"milliseconds": 20}),
    ]
    for kind, settings in kinds:
        for when in ("before", "after"):
            if kind == "status" and settings["status"] == 429 and when == "after":
                # Divar would have to lie for this.
                continue
            sandbox.fault(kind, when=when, probability=0.08, **settings)
    outcomes = {}
    for number in range(300):
        text = f"{number} {generator.getrandbits(32):08x}"
        message = {"text": text, "conversation_id": CONVERSATION}
        headers = USERS if generator.random() < 0.5 else None
        answered = client.send_message(message, headers=headers)
        outcomes[text] = answered.json()["outcome"]
        assert answered.status_code == 200 or outcomes[text] in ("not_sent", "unknown")
    texts = sandbox.texts()
    assert len(texts) == len(set(texts)), "a message was sent twice"
    for text, outcome in outcomes.items():
        if outcome == "sent":
            assert text in texts
        elif outcome == "not_sent":
            assert text not in texts
    assert set(outcomes.values()) == {"sent", "not_sent", "unknown"}
    assert {text for text in texts if outcomes[text] == "unknown"}, "no fault struck after the message was taken"


# Against an upstream that isn't there, or that says what the simulation can't


def test_an_upstream_that_is_not_there_is_unreachable(start_behind, new_client):
    client = new_client(start_behind(f"http://127.0.0.1:{free_port()}"))
    for _ in range(3):
        assert_problem(client.send_message(text="x"), "divar-unreachable", "not_sent")
        assert_problem(client.read(CONVERSATION), "divar-unreachable")
        assert_problem(client.post("/upload-token"), "divar-unreachable")
    assert client.get("/health/live").status_code == 200


def test_a_name_that_does_not_resolve_is_unreachable(start_behind, new_client):
    client = new_client(start_behind("https://divar.invalid", upstream={"base_url": "https://divar.invalid", "connect_timeout": "2s"}))
    problem = assert_problem(client.send_message(text="x"), "divar-unreachable", "not_sent")
    assert problem["attempts"] == UNREACHED_ATTEMPTS


@pytest.mark.parametrize(
    "settings,kind",
    [
        ({"connect_timeout": "300ms", "deadline": "5s"}, "divar-unreachable"),
        ({"connect_timeout": "5s", "deadline": "300ms"}, "divar-timeout"),
    ],
    ids=["connect-timeout", "deadline"],
)
def test_a_connection_that_is_never_made_is_given_up_and_nothing_was_sent(settings, kind, start_behind, new_client):
    with contextlib.ExitStack() as stack:
        # Whoever comes when the queue of a listener is full gets no answer at all.
        listener = stack.enter_context(socket.create_server(("127.0.0.1", 0), backlog=0))
        address = listener.getsockname()
        for _ in range(3):
            filler = stack.enter_context(socket.socket())
            filler.setblocking(False)
            filler.connect_ex(address)
        client = new_client(start_behind(f"http://127.0.0.1:{address[1]}", upstream=settings))
        for _ in range(2):
            start = time.monotonic()
            assert_problem(client.send_message(text="x"), kind, "not_sent")
            assert 0.25 < time.monotonic() - start < 3


@pytest.mark.parametrize(
    "value,told", [("7", "7"), ("0", "0"), ("-1", None), ("x", None), ("Fri, 31 Dec 2027 23:59:59 GMT", None), ("1.5", None)]
)
def test_when_divar_says_when_to_try_again_it_is_told(value, told, recorded_client, upstream):
    upstream.reply = lambda request: complaint(429, 8, "slow down", [("Retry-After", value)])
    answered = recorded_client.send_message(text="x")
    assert_problem(answered, "divar-limit", "not_sent")
    assert answered.headers.get("Retry-After") == told


@pytest.mark.parametrize("code", [None, 0, 17, -1, "9", 9.5, True, [9]])
def test_a_complaint_without_a_grpc_code_proves_nothing(code, recorded_client, upstream):
    upstream.reply = lambda request: complaint(412, code, "message delivery failed")
    problem = assert_problem(recorded_client.send_message(text="x"), "divar-unintelligible", "unknown")
    assert problem["divar_status"] == 412
    assert "divar_code" not in problem


@pytest.mark.parametrize("code", [1, 2, 4, 6, 10, 13, 14, 15])
def test_a_code_that_can_follow_a_sent_message_leaves_the_outcome_unknown(code, recorded_client, upstream):
    upstream.reply = lambda request: complaint(500, code, "oops")
    assert assert_problem(recorded_client.send_message(text="x"), "divar-failed")["outcome"] == "unknown"
