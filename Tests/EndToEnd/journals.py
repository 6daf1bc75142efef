"""A gateway whose journal a test spoils, with all that was asked of it and all that it answered."""

import concurrent.futures
import itertools
import threading

from checks import assert_problem, assert_sent
from processes import wait_until
from trail import Trail, assert_holds
from upstream import Bytes, agreeable

#: What the paths of sends end in, behind a conversation's id.
MESSAGES = "/messages"


class Rig:
    """A gateway in front of a recording upstream, and a journal in a folder of its own."""

    def __init__(self, start_behind, upstream, new_client, folder, /, **settings):
        journal = {"path": str(folder / "journal.db"), **settings.pop("journal", {})}
        self.upstream, self.folder = upstream, folder
        self._start = lambda: start_behind(upstream, journal=journal, **settings)
        self._new_client = new_client
        self._numbers = itertools.count(1)
        self._open = threading.Event()
        self._pool = concurrent.futures.ThreadPoolExecutor(16)
        self.answers = []
        self.held = set()
        upstream.reply = self._reply
        self.start()

    def start(self):
        self.gateway = self._start()
        self.client = self._new_client(self.gateway)
        self.path = self.gateway.journal
        self.trail = Trail(self.gateway)

    def _reply(self, request):
        if any(f"/{conversation}/" in request.path for conversation in self.held):
            return agreeable(request) if self._open.wait(20) else Bytes(close=True)
        return agreeable(request)

    # MARK: Calls

    def send(self, headers=None, client=None, **members):
        """Sends to a conversation that no other message goes to."""
        members.setdefault("conversation_id", f"c-{next(self._numbers)}")
        answer = (client or self.client).send_message({"text": "x", **members}, headers=headers)
        self.answers.append(answer)
        return answer

    def hold(self, headers=None):
        """Begins a send that Divar has got and not answered yet; gives its future answer."""
        conversation = f"held-{next(self._numbers)}"
        self.held.add(conversation)
        answer = self._pool.submit(self.send, headers, self._new_client(self.gateway), conversation_id=conversation)
        wait_until(lambda: any(f"/{conversation}/" in request.path for request in self.sent), "the held message goes up")
        return answer

    def let_go(self):
        self._open.set()

    def in_background(self, work, count):
        """Runs that in so many threads until the event is set, each with a client of its own."""
        enough = threading.Event()

        def repeat():
            client = self._new_client(self.gateway)
            while not enough.is_set():
                work(client)

        return enough, [self._pool.submit(repeat) for _ in range(count)]

    @property
    def sent(self):
        return [request for request in list(self.upstream.requests) if request.path.endswith(MESSAGES)]

    # MARK: What holds

    def readiness(self):
        """(whether it is ready, what it says of the journal)."""
        answer = self.client.get("/health/ready")
        (check,) = [check for check in answer.json()["checks"] if check["name"] == "journal"]
        assert (answer.status_code == 503) == (answer.json()["status"] == "not_ready") == (check["status"] == "fail")
        return answer.status_code == 200, check["detail"]

    def wait_for_failure(self, reason, seconds=10):
        """An idle gateway notices by itself."""
        wait_until(lambda: reason in self.readiness()[1], f"readiness says {reason}", seconds)

    def assert_fails_closed(self, reason):
        """Nothing is sent, and says why; whatever writes nothing goes on."""
        before = len(self.upstream.requests)
        problem = assert_problem(self.send(), "journal-unavailable", "not_sent")
        assert reason in problem["detail"] and "message_id" not in problem, problem
        assert problem["detail"].count("/") <= 1, "a path is told to a caller"
        assert reason in assert_problem(self.client.post("/upload-token"), "journal-unavailable")["detail"]
        assert len(self.upstream.requests) == before
        is_ready, detail = self.readiness()
        assert not is_ready and reason in detail
        assert self.client.read("c-1").status_code == 200
        assert self.client.get("/health/live").status_code == 200

    def assert_heals(self, seconds=10):
        """It sends again without a restart, and the trail is true."""
        wait_until(lambda: self.readiness()[0], "it heals", seconds)
        assert_sent(self.send())
        assert self.client.post("/upload-token").status_code == 200
        assert self.gateway.logs("journal available again")
        self.assert_trail_is_true()

    def assert_trail_is_true(self):
        assert_holds(self.trail, self.sent, self.answers)

    def close(self):
        self._open.set()
        self._pool.shutdown()
