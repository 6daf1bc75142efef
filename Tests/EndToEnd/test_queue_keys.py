"""The same again under a key, with other fields, and with no room."""

import concurrent.futures

import canaries
from checks import assert_problem, assert_sent, header, pointers
from conftest import Client
from processes import wait_until
from queue_gateways import start, start_simulated
from queues import ASYNC, ahead, assert_accepted, enqueue, limited, put, report, texts, wait_for_end
from sandbox import CONVERSATION, USER_TOKEN
from trail import Trail
from upstream import Gate, agreeable


# The same again


def test_a_key_that_waits_is_answered_by_the_same_message(start):
    gate = Gate()
    gateway, client, upstream = start(gate)
    key = {"Idempotency-Key": "k-1"}
    put(client, text="ahead")
    first = enqueue(client, text="the one", headers=key)
    again = enqueue(client, text="the one", headers=key)
    assert_accepted(again)
    assert again.json() == first.json()
    assert_problem(enqueue(client, text="another", headers=key), "idempotency-key-reused", "not_sent")
    at_once = client.send_message({"conversation_id": "c-1", "text": "the one"}, headers=key)
    problem = assert_problem(at_once, "idempotency-key-in-use", "unknown")
    assert first.json()["message_id"] in problem["detail"]
    gate.open()
    wait_for_end(client, first.json()["message_id"])
    for headers in ({**ASYNC, **key}, key):
        replay = client.send_message({"conversation_id": "c-1", "text": "the one"}, headers=headers)
        told = assert_sent(replay)
        assert told["message_id"] == first.json()["message_id"]
        assert header(replay, "Idempotent-Replay") == "true"
    assert_problem(enqueue(client, text="another", headers=key), "idempotency-key-reused", "not_sent")
    assert texts(upstream.requests) == ["ahead", "the one"]
    assert len(Trail(gateway).intents()) == 2


def test_a_key_used_by_many_at_once_is_one_message(start):
    gateway, client, upstream = start()

    def send(_):
        with Client(gateway.url) as own:
            return enqueue(own, headers={"Idempotency-Key": "k-1"})

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(send, range(48)))
    # Those of one batch of the journal are told that the key is in use.
    for answer in answers:
        if answer.status_code == 409:
            assert_problem(answer, "idempotency-key-in-use", "unknown")
        else:
            assert answer.status_code in (200, 202), answer.content
    (message,) = {answer.json()["message_id"] for answer in answers if answer.status_code != 409}
    wait_for_end(client, message)
    assert len(upstream.requests) == 1


def test_the_key_of_a_message_that_was_taken_back_is_told_so(start):
    gate = Gate()
    _, client, upstream = start(gate)
    put(client, text="ahead")
    message = put(client, headers={"Idempotency-Key": "k-1"})
    assert client.delete(f"/messages/{message}").status_code == 200
    again = enqueue(client, headers={"Idempotency-Key": "k-1"})
    problem = assert_problem(again, "message-cancelled", "not_sent")
    assert again.status_code == 409 and header(again, "Idempotent-Replay") == "true"
    assert problem["message_id"] == message
    gate.open()


def test_the_key_of_a_message_that_expired_is_told_so(start):
    _, client, _ = start(lambda _: limited())
    key = {"Idempotency-Key": "k-1"}
    message = assert_accepted(enqueue(client, headers=key, expires_at=ahead(1)))
    attempts = wait_for_end(client, message, "not_sent", "expired")["attempts"]
    problem = assert_problem(enqueue(client, headers=key), "message-expired", "not_sent")
    assert (problem["message_id"], problem["attempts"]) == (message, attempts)


def test_the_key_of_a_message_that_was_tried_again_tells_all_attempts(start):
    _, client, upstream = start(lambda _: limited())
    key = {"Idempotency-Key": "k-1"}
    message = assert_accepted(enqueue(client, headers=key))
    upstream.wait_for_requests(1)
    upstream.reply = agreeable
    attempts = wait_for_end(client, message)["attempts"]
    assert attempts > 1
    assert_sent(client.send_message({"conversation_id": "c-1", "text": "x"}, headers=key), attempts=attempts)


# With other fields


def test_a_dry_run_puts_nothing_into_the_queue(start):
    gateway, client, upstream = start()
    answer = enqueue(client, headers={"Dry-Run": "true"})
    assert answer.status_code == 200 and answer.json()["dry_run"] is True
    assert "Location" not in answer.headers and "Preference-Applied" not in answer.headers
    assert enqueue(client, headers={"Dry-Run": "true"}, expires_at=ahead(60)).status_code == 200
    late = enqueue(client, headers={"Dry-Run": "true"}, expires_at=ahead(-60))
    assert pointers(assert_problem(late, "invalid-request")) == ["/expires_at"]
    assert Trail(gateway).records("intent") == [] and upstream.requests == []


def test_a_user_s_token_is_kept_sealed_until_the_message_is_sent(start):
    """Neither the token nor the text lies open in any file of the journal, also while the message waits."""
    token, text = canaries.PLANTED.plant(canaries.USER_TOKEN, canaries.canary("a-user-token-of-4711")), "a text that nobody may read"
    gateway, client, upstream = start(lambda _: limited())
    message = put(client, text=text, headers={"X-Access-Token": token}, **{"as": "user"})
    upstream.wait_for_requests(1)
    wait_until(lambda: report(client, message)["queue"] == "waiting", "it waits")

    def assert_closed():
        files = {file: file.read_bytes() for file in gateway.path.parent.rglob("*") if file.is_file()}
        assert any(file.name.endswith(".queue-key") for file in files)
        for file, content in files.items():
            assert token.encode() not in content and text.encode() not in content, file
        assert token not in gateway.stderr.text and text not in gateway.stderr.text

    assert_closed()
    upstream.reply = agreeable
    wait_for_end(client, message)
    assert upstream.requests[-1].path == "/v2/open-platform/conversations/c-1/messages"
    assert any(token in value for _, value in upstream.requests[-1].fields)
    assert_closed()
    assert gateway.stop() == 0
    assert_closed()


def test_a_message_as_the_user_is_sent_by_the_simulation(start_simulated):
    _, client, sandbox = start_simulated()
    message = put(client, CONVERSATION, "as me", headers={"X-Access-Token": USER_TOKEN}, **{"as": "user"})
    wait_for_end(client, message)
    assert sandbox.texts() == ["as me"]


# Room


def test_no_more_messages_wait_than_may(start):
    gate = Gate()
    gateway, client, _ = start(gate, queue={"max_messages": 3})
    messages = [put(client, text=f"t-{number}") for number in range(3)]
    for _ in range(3):
        answer = enqueue(client)
        assert_problem(answer, "overloaded", "not_sent")
        assert int(answer.headers["Retry-After"]) > 0
    # Whoever doesn't want to wait is not concerned.
    assert client.delete(f"/messages/{messages[1]}").status_code == 200
    messages[1] = put(client, text="in its place")
    assert_problem(enqueue(client), "overloaded", "not_sent")
    gate.open()
    for message in messages:
        wait_for_end(client, message)
    for _ in range(5):
        wait_for_end(client, put(client))
    assert len(Trail(gateway).intents()) == 9


def test_a_place_that_is_refused_is_not_lost(start):
    """Refusals of any kind, and repeated keys, leave all the places."""
    gate = Gate()
    _, client, _ = start(gate, queue={"max_messages": 2})
    key = {"Idempotency-Key": "k-1"}
    first = put(client, headers=key)
    for _ in range(5):
        assert assert_accepted(enqueue(client, headers=key)) == first
        assert_problem(enqueue(client, text="other", headers=key), "idempotency-key-reused", "not_sent")
        assert_problem(enqueue(client, expires_at="no"), "invalid-request", "not_sent")
        assert_problem(enqueue(client, expires_at=ahead(-9)), "invalid-request", "not_sent")
    put(client)
    assert_problem(enqueue(client), "overloaded", "not_sent")
    gate.open()
