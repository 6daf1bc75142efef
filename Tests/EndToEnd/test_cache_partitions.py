"""Nobody is answered with what another caller or another user's token fetched, whatever goes on around them."""

import hashlib
import random
import threading
import time

import pytest

from caching import (
    assert_forwarded, assert_hit, at_once, calls_for, conversation_body, conversation_of, fresh_id, read, recorded_with,
    saying, status_of, texts,
)
from canaries import CALLER_KEY, PLANTED, canary
from checks import assert_problem, assert_sent
from conftest import SEED, Client
from processes import wait_until
from test_secrets import found_in
from upstream import Bytes, agreeable, answer, complaint

generator = random.Random(SEED)
KEYS = {name: PLANTED.plant(CALLER_KEY, f"dgw_{canary(name)}") for name in ("billing", "support", "sender")}
CALLERS = {
    name: {
        "key_sha256": hashlib.sha256(key.encode()).hexdigest(), "app": "default",
        "may": ["send"] if name == "sender" else ["send", "read"],
    }
    for name, key in KEYS.items()
}
READERS = ("billing", "support")
TOKENS = ("token-of-anna", "token-of-babak")
# What differs between two answers to the same request.
OF_THE_CALL = {"Date", "ETag", "X-Request-Id"}
recorded = recorded_with(cache={"ttl": "60s"}, callers=CALLERS)


def name_of(token):
    """What stands for a token in a body: a token itself is made unreadable there."""
    return token[::-1]


def token_in(request):
    return request.value("Authorization").removeprefix("Bearer ")


def say_who(request):
    """Answers with the token that asked, and with fields of its own for it."""
    token = token_in(request)
    age = 5 + 20 * TOKENS.index(token)
    fields = [("Cache-Control", f"max-age={age * 10}"), ("Age", str(age)), ("ETag", f'"{token}"')]
    return answer(200, conversation_body(conversation_of(request), name_of(token)), fields)


@pytest.mark.parametrize("caller,token", [("support", TOKENS[0]), ("billing", TOKENS[1]), ("support", TOKENS[1])])
def test_another_partition_s_answer_is_as_if_it_were_not_there(caller, token, recorded_client, upstream):
    conversation, unread = fresh_id(), fresh_id()
    upstream.reply = say_who
    theirs = read(recorded_client, conversation, TOKENS[0], key=KEYS["billing"])
    assert_hit(read(recorded_client, conversation, TOKENS[0], key=KEYS["billing"]))

    def own(name, **options):
        answered = read(recorded_client, name, token, key=KEYS[caller], **options)
        problem = answered.json() if answered.status_code >= 400 else {}
        fields = {field: value for field, value in answered.headers.items() if field not in OF_THE_CALL}
        return answered.status_code, fields, {**problem, "trace_id": None}

    # A conversation that nobody has read yet is the same in everything.
    assert own(conversation, control="only-if-cached") == own(unread, control="only-if-cached")
    assert own(conversation, condition=theirs.headers["ETag"] + ', "x"', control="only-if-cached")[0] == 504
    assert own(conversation, method="HEAD") == own(unread, method="HEAD")
    answered = read(recorded_client, conversation, token, key=KEYS[caller])
    assert_hit(answered)
    assert texts(answered) == [name_of(token)]
    assert len(calls_for(upstream, conversation)) == 2
    assert (answered.headers["ETag"] == theirs.headers["ETag"]) == (token == TOKENS[0])


def test_a_condition_with_another_s_tag_is_judged_by_one_s_own_answer(recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = say_who
    tags = {token: read(recorded_client, conversation, token, key=KEYS["billing"]).headers["ETag"] for token in TOKENS}
    assert tags[TOKENS[0]] != tags[TOKENS[1]]
    answered = read(recorded_client, conversation, TOKENS[1], key=KEYS["billing"], condition=tags[TOKENS[0]])
    assert texts(answered) == [name_of(TOKENS[1])]
    # Here the tag is the right one: but Divar has to say so to this caller.
    answered = read(recorded_client, conversation, TOKENS[0], key=KEYS["support"], condition=tags[TOKENS[0]])
    assert_forwarded(answered, "uri-miss", 304, fwd_status=200)
    assert len(calls_for(upstream, conversation)) == 3


def test_tokens_that_are_nearly_the_same_are_two(recorded_client, upstream):
    conversation = fresh_id()
    upstream.reply = lambda request: saying(hashlib.sha256(token_in(request).encode()).hexdigest())(request)
    tokens = ["abc", "Abc", "abc.", "ab", "abc,abc", "abc=", "a" * 4096, "a" * 4095 + "b"]
    for _ in range(2):
        for token in tokens:
            said = texts(read(recorded_client, conversation, token, key=KEYS["billing"]))
            assert said == [hashlib.sha256(token.encode()).hexdigest()]
    assert len(calls_for(upstream, conversation)) == len(tokens)


def test_apps_share_nothing(start_gateway, start_upstream, new_client):
    """One caller's configuration can't have two apps; two callers of two apps have two keys of Divar's."""
    upstream = start_upstream(lambda request: saying(request.value("X-API-Key")[::-1])(request))
    callers = {name: {**CALLERS[name], "app": name} for name in READERS}
    configuration = {
        "upstream": {"base_url": upstream.url}, "callers": callers,
        "apps": {name: {"keys": [{"env": f"KEY_OF_{name.upper()}"}]} for name in READERS},
    }
    gateway = start_gateway(configuration, environment={f"KEY_OF_{name.upper()}": f"key-of-{name}" for name in READERS})
    client = new_client(gateway)
    for _ in range(2):
        for name in READERS:
            assert texts(read(client, "c-1", TOKENS[0], key=KEYS[name])) == [f"key-of-{name}"[::-1]]
    assert len(upstream.requests) == 2


# A hit needs the right to it


def refused(client, conversation, kind, **options):
    answered = read(client, conversation, **options)
    problem = assert_problem(answered, kind)
    assert {"Cache-Status", "Age", "ETag"}.isdisjoint(answered.headers)
    fields = {field: value for field, value in answered.headers.items() if field not in OF_THE_CALL}
    return {**problem, "trace_id": None}, fields


REFUSALS = {
    "no key": ("unauthenticated", {"key": None}), "a wrong key": ("unauthenticated", {"key": "dgw_wrong"}),
    "the token as key": ("unauthenticated", {"key": TOKENS[0]}),
    "may not read": ("not-allowed", {"key": KEYS["sender"]}),
    "no token": ("user-token-required", {"key": KEYS["billing"], "token": None}),
    "a web page": ("not-allowed", {"key": KEYS["billing"], "headers": {"Origin": "https://example.com"}}),
    "a bad end": ("invalid-request", {"key": KEYS["billing"], "expires": "soon"}),
}


@pytest.mark.parametrize("control", [None, "only-if-cached", "no-cache", "max-age=1000"])
@pytest.mark.parametrize("kind,options", REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_is_the_same_whether_there_is_something_or_not(kind, options, control, recorded_client, upstream):
    conversation, unread = fresh_id("same"), fresh_id("same")
    upstream.reply = say_who
    tag = read(recorded_client, conversation, TOKENS[0], key=KEYS["billing"]).headers["ETag"]
    upstream.clear()
    options = {"token": TOKENS[0], "control": control, **options}
    for condition in (None, tag, "*"):
        answers = [
            refused(recorded_client, name, kind, condition=condition, **options) for name in (conversation, unread)
        ]
        assert answers[0] == answers[1]
    assert upstream.requests == []
    assert_hit(read(recorded_client, conversation, TOKENS[0], key=KEYS["billing"]))


# All at once


class Divar:
    """An upstream that says in every answer whose it is, and now and then something else.

    Each conversation has a version, raised by sends. An answer names the token, the version, and the trace of the
    request for which it was given: by it a test knows whom the gateway asked for.
    """

    def __init__(self, seed):
        self.generator = random.Random(seed)
        self.lock = threading.Lock()
        self.versions = {}
        self.validators = {}

    def __call__(self, request):
        conversation, trace = conversation_of(request), request.value("traceparent").split("-")[1]
        with self.lock:
            chance, pause = self.generator.random(), self.generator.choice((0, 0, 0.002, 0.02))
            if request.method == "POST":
                if chance < 0.1:
                    return complaint(412, 9, "blocked")
                self.versions[conversation] = self.versions.get(conversation, 0) + 1
                # Nothing is kept of a conversation for a while after a send that nobody knows the outcome of.
                if chance < 0.2 and conversation == "mix-0":
                    return Bytes(close=True)
                return self.after(pause, answer(200, {"conversation_id": conversation}))
            version = self.versions.get(conversation, 0)
        token = token_in(request)
        said = f"{name_of(token)} {conversation} {version} {trace}"
        if chance < 0.04:
            return complaint(401, 16, f"401 {said}")
        if chance < 0.08:
            return complaint(404, 5, f"404 {said}")
        if chance < 0.14:
            return complaint(503, 14, f"503 {said}")
        tag = f'"{token}.{conversation}.{version}"'
        for value in request.values("If-None-Match"):
            assert value.startswith(f'"{token}.{conversation}.'), "another's"
        if request.values("If-None-Match") == [tag]:
            return Bytes(pause, b"HTTP/1.1 304 Not Modified\r\n\r\n")
        fields = [("ETag", tag), ("Cache-Control", "max-age=1")] if chance < 0.4 else []
        return self.after(pause, answer(200, conversation_body(conversation, said), fields))

    @staticmethod
    def after(pause, given):
        return Bytes(pause, *given.parts)


CONTROLS = ["no-cache", "no-store", "max-age=0", "max-age=1", "only-if-cached"]


class Mix:
    """Readers and senders of everything, with what they were told."""

    def __init__(self, gateway, seed):
        self.gateway = gateway
        self.seed = seed
        self.lock = threading.Lock()
        #: By trace: which caller, token and conversation a request was for.
        self.asked = {}
        #: By conversation: the sends that are known to be over. Nobody may be told less after that.
        self.floor = {}
        self.statuses = {}
        self.hits = 0

    def run(self, index):
        generator = random.Random(self.seed * 100 + index)
        with Client(self.gateway.url) as client:
            for _ in range(60):
                caller, token = generator.choice(READERS), generator.choice(TOKENS)
                conversation = f"mix-{generator.randrange(3)}"
                if generator.random() < 0.12:
                    self.send(client, caller, token if generator.random() < 0.5 else None, conversation)
                else:
                    control = generator.choice([None] * 8 + CONTROLS)
                    self.read(client, generator, caller, token, conversation, control)
                time.sleep(generator.choice((0, 0, 0.005)))
        return True

    def send(self, client, caller, token, conversation):
        headers = {"Authorization": f"Bearer {KEYS[caller]}", **({"X-Access-Token": token} if token else {})}
        body = {"conversation_id": conversation, "text": "x", "as": "bot"}
        answered = client.send_message(body, headers=headers)
        if answered.json()["outcome"] != "not_sent":
            with self.lock:
                self.floor[conversation] = self.floor.get(conversation, 0) + 1

    def read(self, client, generator, caller, token, conversation, control):
        trace = f"{generator.getrandbits(128):032x}"
        own = (caller, token, conversation)
        with self.lock:
            self.asked[trace] = own
            floor = self.floor.get(conversation, 0)
        headers = {"traceparent": f"00-{trace}-00f067aa0ba902b7-01"}
        answered = read(client, conversation, token, control, key=KEYS[caller], headers=headers)
        status = status_of(answered)
        with self.lock:
            self.statuses[answered.status_code] = self.statuses.get(answered.status_code, 0) + 1
            self.hits += status.get("hit", False)
        if answered.status_code == 200:
            assert answered.json()["id"] == conversation
            self.judge(texts(answered)[0], own, floor, status)
        elif "divar_message" in answered.json():
            self.judge(answered.json()["divar_message"].split(" ", 1)[1], own, floor, status)
        else:
            assert_problem(answered, "not-cached")

    def judge(self, said, own, floor, status):
        token, conversation, version, trace = said.split(" ")
        with self.lock:
            fetched_for = self.asked[trace]
        assert fetched_for == own, f"{own} was told what {fetched_for} fetched: {status}"
        assert (name_of(token), conversation) == own[1:]
        assert int(version) >= floor, f"a send is not seen: version {version} of {floor}, {status}"


@pytest.mark.parametrize("settings", [{}, {"stale_while_revalidate": "100ms"}], ids=["plain", "revalidating"])
def test_in_a_random_mix_nobody_is_told_what_is_another_s(settings, start_behind, start_upstream):
    upstream = start_upstream(Divar(SEED))
    cache = {"ttl": "60ms", "negative_ttl": "40ms", "stale_if_error": "200ms", **settings}
    gateway = start_behind(upstream, cache=cache, callers=CALLERS)
    mix = Mix(gateway, SEED)
    assert all(at_once(8, mix.run))
    assert mix.hits > 30 and {200, 404, 502, 504} <= set(mix.statuses), (mix.hits, mix.statuses)


# Secrets


def test_no_secret_is_in_a_status_a_tag_or_a_log(start_behind, start_upstream, new_client):
    token = f"canary-token-{generator.getrandbits(128):032x}"
    upstream = start_upstream(saying("harmless"))
    gateway = start_behind(upstream, cache={"ttl": "300ms"}, callers=CALLERS, log={"level": "trace"})
    client = new_client(gateway)
    emitted = []

    def ask(**options):
        answered = read(client, options.pop("conversation", "c-1"), token, key=KEYS["billing"], **options)
        emitted.append(repr(answered.headers) + answered.text)
        return answered

    tag = ask().headers["ETag"]
    assert_hit(ask(condition=tag), 304)
    for control in ("no-cache", "no-store", "only-if-cached", "max-age=0"):
        ask(control=control)
    wait_until(lambda: ask(control="only-if-cached").status_code == 504, "the end of ttl")
    for status, code in ((503, 14), (404, 5), (401, 16), (400, 3)):
        upstream.reply = lambda request: complaint(status, code, f"{token} is {request.value('X-API-Key')}")
        ask()
        ask(conversation="c-2")
    upstream.reply = agreeable
    client.headers["Authorization"] = f"Bearer {KEYS['billing']}"
    assert_sent(client.send_message(text="x"))
    everything = "\n".join(emitted) + gateway.stderr.text + gateway.stdout.text
    secrets = {"token": token, "key": KEYS["billing"], "Divar's key": upstream.requests[0].value("X-API-Key")}
    digests = {f"{name}'s digest": hashlib.sha256(secret.encode()).hexdigest()[:24] for name, secret in secrets.items()}
    assert found_in(everything, {**secrets, **digests}) == []
