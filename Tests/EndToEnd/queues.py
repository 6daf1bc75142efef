"""What the tests of store and forward share: to put messages into the queue, to ask for them, to follow them."""

import datetime
import json
import re

from checks import UUID_7, header
from processes import run, wait_until
from trail import MEMBERS, Trail
from upstream import complaint

ASYNC = {"Prefer": "respond-async"}
#: The kinds of records that a queued message has.
STEPS = ("intent", "attempt", "deferral", "outcome")
#: The longest that a message takes that nothing is in the way of.
PROMPT = 10


def moment(text):
    """A time as the gateway writes it."""
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text), text
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def now():
    return datetime.datetime.now(datetime.timezone.utc)


def ahead(seconds):
    """An `expires_at` that lies so far ahead."""
    return (now() + datetime.timedelta(seconds=seconds)).isoformat()


def enqueue(client, conversation="c-1", text="x", headers=None, **members):
    return client.send_message(
        {"conversation_id": conversation, "text": text, **members}, headers={**ASYNC, **(headers or {})})


def assert_accepted(answer):
    """The answer is that the message is in the queue. Gives its id."""
    assert answer.status_code == 202, (answer.status_code, answer.content)
    assert header(answer, "Content-Type") == "application/json"
    body = answer.json()
    assert list(body) == ["message_id", "outcome", "queue", "expires_at"]
    assert (body["outcome"], body["queue"]) == (None, "waiting")
    assert re.fullmatch(UUID_7, body["message_id"])
    moment(body["expires_at"])
    assert header(answer, "Location") == f"/messages/{body['message_id']}"
    assert header(answer, "Preference-Applied") == "respond-async"
    assert header(answer, "Cache-Control") == "no-store"
    return body["message_id"]


def put(client, *arguments, **options):
    """Puts a message into the queue and gives its id."""
    return assert_accepted(enqueue(client, *arguments, **options))


def report(client, message, headers=None):
    answer = client.get(f"/messages/{message}", headers=headers)
    assert answer.status_code == 200, answer.content
    return answer.json()


def wait_for_end(client, message, outcome="sent", reason=None, seconds=PROMPT, headers=None):
    """Waits until the message has an outcome, which is that one. Gives the report."""
    def ended():
        found = report(client, message, headers)
        return found if found["outcome"] else None

    found = wait_until(ended, f"the end of {message}", seconds)
    assert (found["outcome"], found["reason"]) == (outcome, reason), found
    assert found["queue"] is None and found["expires_at"] is None
    return found


def limited(seconds=None):
    """Divar says that a limit is passed: proven not to have sent anything."""
    return complaint(429, 8, "slow down", [("Retry-After", str(seconds))] if seconds else [])


def texts(requests):
    """What was asked to be sent, in the order in which it came."""
    return [re.search(rb'"text(?:_message)?":"([^"]*)"', request.body)[1].decode() for request in requests]


def steps(gateway, message):
    """The records of one message, oldest first; their members stand in their order."""
    records = [record for record in Trail(gateway).records() if record.get("message") == message]
    for record in records:
        assert list(record) == [member for member in MEMBERS if member in record], record
    assert {record["kind"] for record in records} <= set(STEPS)
    return records


def kinds(gateway, message):
    return [record["kind"] for record in steps(gateway, message)]


def assert_lawful(gateway):
    """Of each message every step is in the trail, in an order that makes sense; gives the records by message."""
    lives = {}
    for record in Trail(gateway).records():
        if record["kind"] in STEPS:
            lives.setdefault(record["message"], []).append(record)
    word = {"intent": "i", "attempt": "a", "deferral": "d", "outcome": "o"}
    for message, records in lives.items():
        spelled = "".join(word[record["kind"]] for record in records)
        # An attempt may be given up before a byte leaves, and then begins again without a deferral.
        assert re.fullmatch("i(a+d)*a*o?", spelled), (message, spelled)
    return lives


def assert_verifies(gateway):
    """Both verifiers find nothing wrong with the trail, and all of it is signed. The gateway has ended."""
    records, signed = Trail(gateway).verify()
    assert records == signed
    result = run("audit", "verify", "--config", gateway.path)
    assert result.returncode == 0, (result.stdout, result.stderr)


def queue_list(gateway, *options, environment=None):
    """What `queue list` says, by message."""
    result = run("queue", "list", "--config", gateway.path, "--json", *options, environment=environment)
    assert result.returncode == 0, (result.stdout, result.stderr)
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    return {line["message"]: line for line in lines}
