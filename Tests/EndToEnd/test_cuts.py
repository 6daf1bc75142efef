"""The connection to Divar cut at every byte: what is said of a message is true, and none is sent twice."""

import pytest

from conftest import NO_CACHE, Client, upstream_configuration
from cutting import ANSWER, REQUEST, CuttingProxy
from processes import Gateway, Process, wait_until
from sandbox import CONVERSATION, KEY, USER, USER_TOKEN, Sandbox

VARIABLE = "DIVAR_TEST_KEY"
USERS = {"X-Access-Token": USER_TOKEN}
SENDS = {
    "bot": lambda client, text: client.send_message(text=text),
    "bot to a user": lambda client, text: client.send_message({"user_id": USER, "text": text}, headers=USERS),
    "as the user": lambda client, text: client.send_message(text=text, headers=USERS),
}


class Chain:
    """A gateway, the proxy, and a simulated Divar."""

    def __init__(self, folder, start_sandbox):
        self._sandbox_process = start_sandbox()
        url = self._sandbox_process.url
        self.sandbox = Sandbox(url)
        self.proxy = CuttingProxy(int(url.rsplit(":", 1)[1]))
        configuration = {
            "listen": ["127.0.0.1:0"], **NO_CACHE, "reconcile": {"enabled": False},
            **upstream_configuration(self.proxy.url),
        }
        self.gateway = Gateway(folder / "gateway.yaml", configuration, environment={VARIABLE: KEY})
        self.client = Client(self.gateway.url)

    def stop(self):
        self.client.close()
        assert self.gateway.stop() == 0
        self.proxy.stop()
        self._sandbox_process.stop()

    def warm(self):
        """Leaves an idle connection in the pool, on every loop that may be asked next."""
        self.proxy.plan()
        assert self.client.post("/upload-token").status_code == 200

    def drop_idle(self):
        """Leaves none."""
        self.proxy.close_idle()


@pytest.fixture(scope="module")
def chain(tmp_path_factory):
    running = Chain(tmp_path_factory.mktemp("cuts"), lambda: SandboxProcess())
    yield running
    running.stop()


class SandboxProcess:
    def __init__(self):
        self._process = Process("sandbox", "--listen", "127.0.0.1:0")
        self.url = "http://" + self._process.wait_for_log("sandbox listening")[0]["address"]

    def stop(self):
        self._process.stop()


def lengths(chain, send, text):
    """Bytes of a request and of its answer."""
    chain.warm()
    chain.proxy.plan()
    assert send(chain.client, text).status_code == 200
    passed = chain.proxy.passed()
    return passed[REQUEST], passed[ANSWER]


def judge(chain, outcomes):
    texts = chain.sandbox.texts()
    assert len(texts) == len(set(texts)), "a message was sent twice"
    taken = set(texts)
    for text, (outcome, where) in outcomes.items():
        if outcome == "sent":
            assert text in taken, (text, where)
        elif outcome == "not_sent":
            assert text not in taken, (text, where)
        else:
            assert outcome == "unknown", (text, where)


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
@pytest.mark.parametrize("reused", [False, True], ids=["fresh", "reused"])
@pytest.mark.parametrize("kind", SENDS)
def test_cut_at_every_byte(kind, reused, reset, chain):
    chain.sandbox.reset()
    send = SENDS[kind]
    sizes = lengths(chain, send, f"{'length':24}.")
    outcomes = {}
    for direction, size in zip((REQUEST, ANSWER), sizes):
        for offset in range(size + 1):
            if reused:
                chain.warm()
            else:
                chain.drop_idle()
            text = f"{direction} {offset}".ljust(24) + "."
            chain.proxy.plan(direction, offset, reset)
            answered = send(chain.client, text)
            outcomes[text] = (answered.json()["outcome"], (direction, offset, answered.json()))
    chain.proxy.plan()
    judge(chain, outcomes)
    said = {outcome for outcome, _ in outcomes.values()}
    assert "unknown" in said
    # The last byte of an answer that was passed on whole makes it a good answer.
    assert outcomes[f"{ANSWER} {sizes[1]}".ljust(24) + "."][0] == "sent"
    assert all(outcome == "unknown" for text, (outcome, _) in outcomes.items() if text.startswith(f"{REQUEST} 1 "))


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_read_cut_at_every_byte_is_an_answer_or_a_problem(reset, chain):
    chain.sandbox.reset()
    chain.warm()
    chain.proxy.plan()
    assert chain.client.read(CONVERSATION).status_code == 200
    passed = chain.proxy.passed()
    for direction in (REQUEST, ANSWER):
        for offset in range(passed[direction] + 1):
            chain.proxy.plan(direction, offset, reset)
            answered = chain.client.read(CONVERSATION)
            expected = {502}
            if offset == passed[direction]:
                # Once it was passed on whole, the answer races with the cut.
                expected = {200} if direction == ANSWER else {200, 502}
            assert answered.status_code in expected, (direction, offset, answered.content)
    chain.proxy.plan()
    # One more may come too late for the last cut, and nothing is left to repeat it with.
    wait_until(lambda: chain.client.read(CONVERSATION).status_code == 200, "a read that nobody cuts")


def test_an_idle_connection_that_ends_costs_no_message(chain):
    """It ends before a byte of the next request is written, or at the same time: then the outcome may be unknown."""
    chain.sandbox.reset()
    outcomes = {}
    for number in range(300):
        chain.warm()
        accepted = chain.proxy.accepted
        chain.proxy.close_idle()
        answered = chain.client.send_message(text=f"idle {number}")
        outcomes[f"idle {number}"] = (answered.json()["outcome"], (number, accepted))
    judge(chain, outcomes)
    said = [outcome for outcome, _ in outcomes.values()]
    assert "not_sent" not in said
    assert said.count("sent") >= 280, f"{said.count('unknown')} of {len(said)} are unknown"


def test_an_idle_connection_that_ended_is_not_used(chain):
    chain.sandbox.reset()
    chain.warm()
    chain.proxy.close_idle()
    wait_until(lambda: chain.client.get("/health/ready").status_code == 200, "a turn of the loops")
    assert chain.client.send_message(text="x").json()["attempts"] == 1
