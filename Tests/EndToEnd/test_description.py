"""The gateway describes itself: the document is valid OpenAPI 3.1, and what it says of answers and bodies is true."""

import re

import jsonschema
import pytest
import requests
from openapi_spec_validator import OpenAPIV31SpecValidator

from checks import PROBLEM

PERSON = {"X-Access-Token": "sandbox-user-token"}
TARGET = {"conversation_id": "sandbox-conversation"}


@pytest.fixture(scope="module")
def base(gateway):
    return gateway.url


@pytest.fixture(scope="module")
def document(base):
    answer = requests.get(f"{base}/openapi.json", timeout=10)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    return answer.json()


def schema(document, name):
    return {"$ref": f"#/components/schemas/{name}", "components": document["components"]}


def accepts(document, name, value):
    return jsonschema.Draft202012Validator(schema(document, name)).is_valid(value)


def test_the_document_is_valid(document):
    OpenAPIV31SpecValidator(document).validate()


def test_every_status_is_listed_by_itself(document):
    """A `default` would cover answers that nobody described, and hide them from the contract test."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if "responses" in operation:
                assert "default" not in operation["responses"], (method, path)
                assert {"400", "503"} <= set(operation["responses"]) or path.startswith(("/health", "/openapi")), path


def test_every_answer_says_which_request_it_was(document, base):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            for status, answer in operation.get("responses", {}).items():
                answer = document["components"]["responses"]["Problem"] if "$ref" in answer else answer
                assert "X-Request-Id" in answer["headers"], (method, path, status)
    shown = re.compile(document["components"]["headers"]["RequestID"]["schema"]["pattern"])
    for path in ["/health/live", "/openapi.json", "/nowhere", "/conversations/x"]:
        assert shown.match(requests.get(base + path, timeout=10).headers["X-Request-Id"]), path


def test_every_resource_of_the_document_is_served(document, base):
    message = requests.post(f"{base}/send", json=TARGET | {"text": "x"}, timeout=10).json()["message_id"]
    for path, methods in document["paths"].items():
        target = path.replace("{id}", message if path.startswith("/messages") else "x")
        for method in methods:
            answer = requests.request(method, base + target, timeout=10)
            if path in ("/events", "/users/{name}/tokens"):
                assert answer.json()["type"] == PROBLEM + "no-such-resource", "neither is configured"
            elif answer.status_code in (404, 405):
                assert answer.json()["type"] == PROBLEM + "not-found-at-divar", (method, path)


def test_answers_are_as_described(document, base):
    sent = requests.post(f"{base}/send", json=TARGET | {"text": "x"}, timeout=10)
    assert sent.status_code == 200 and accepts(document, "Receipt", sent.json())
    read = requests.get(f"{base}/conversations/sandbox-conversation", headers=PERSON, timeout=10)
    assert read.status_code == 200 and accepts(document, "Conversation", read.json())
    planned = requests.post(f"{base}/send", json=TARGET | {"text": "x"}, headers={"Dry-Run": "true"}, timeout=10)
    assert planned.status_code == 200 and accepts(document, "PlannedSend", planned.json())
    assert not accepts(document, "Receipt", planned.json()) and not accepts(document, "PlannedSend", sent.json())
    token = requests.post(f"{base}/upload-token", timeout=10)
    assert token.status_code == 200 and accepts(document, "UploadGrant", token.json())
    report = requests.get(f"{base}/messages/{sent.json()['message_id']}", timeout=10)
    assert report.status_code == 200 and accepts(document, "Report", report.json())
    ready = requests.get(f"{base}/health/ready", timeout=10)
    assert ready.status_code == 200 and accepts(document, "Readiness", ready.json())


def test_problems_are_as_described(document, base):
    asked = [
        requests.post(f"{base}/send", json={"text": ""}, timeout=10),
        requests.post(f"{base}/send", data="x", timeout=10),
        requests.post(f"{base}/send", json={"conversation_id": "nowhere", "text": "x"}, timeout=10),
        requests.get(f"{base}/conversations/x", timeout=10),
        requests.get(f"{base}/nothing", timeout=10),
        requests.delete(f"{base}/send", timeout=10),
    ]
    for answer in asked:
        assert answer.status_code >= 400 and accepts(document, "Problem", answer.json()), answer.text


@pytest.mark.parametrize("name, value", [
    ("RequestTimeout", "2"), ("RequestTimeout", "0.5"), ("RequestTimeout", "2s"), ("RequestTimeout", "500ms"),
    ("RequestTimeout", "999999.999s"), ("RequestTimeout", "5m"), ("RequestTimeout", "1234567"),
    ("RequestTimeout", "1.2345"), ("RequestTimeout", ".5"), ("RequestTimeout", "5."), ("RequestTimeout", "-1"),
    ("RequestTimeout", "2 s"), ("RequestTimeout", "0"), ("RequestTimeout", "000.00ms"),
    ("DryRun", "true"), ("DryRun", "false"), ("DryRun", "?1"), ("DryRun", "?0"),
    ("DryRun", "yes"), ("DryRun", "1"),
])
def test_a_field_is_taken_exactly_where_the_document_says_so(document, base, name, value):
    parameter = document["components"]["parameters"][name]
    headers = {parameter["name"]: value}
    answer = requests.post(f"{base}/send", json=TARGET | {"text": "x"}, headers=headers, timeout=10)
    assert (answer.status_code == 200) == jsonschema.Draft202012Validator(parameter["schema"]).is_valid(value)


@pytest.mark.parametrize("body", [
    TARGET | {"text": "x"},
    TARGET | {"media_token": "m", "buttons": [[{"caption": "x", "open_post": "AJIEWcw", "icon": "ADD"}]]},
    TARGET | {"text": "x", "as": "bot", "buttons": [[{"caption": "x", "server_link": {"a": 1}}] * 3] * 3},
    TARGET | {"text": "x", "buttons": []},
    TARGET, {"text": "x"}, TARGET | {"text": ""}, TARGET | {"text": "x", "media_token": "m"},
    TARGET | {"text": "x", "what": 1}, {"conversation_id": "..", "text": "x"}, {"conversation_id": "a b", "text": "x"},
    TARGET | {"text": "x", "buttons": [[]]}, TARGET | {"text": "x", "buttons": [[{"caption": "x"}]]},
    TARGET | {"text": "x", "buttons": [[{"caption": "", "open_post": "a"}]]},
    TARGET | {"text": "x", "buttons": [[{"caption": "x", "open_post": "a", "server_link": {}}]]},
    TARGET | {"text": "x", "buttons": [[{"caption": "x", "open_url": "ftp://x"}]]},
    TARGET | {"text": "x", "buttons": [[{"caption": "x", "open_post": "a"}] * 4]},
    TARGET | {"text": "x", "as": "admin"},
    # Null is absent.
    TARGET | {"text": "x", "user_id": None, "media_token": None, "as": None, "buttons": None, "sender_buttons": None},
    TARGET | {"text": "x", "expires_at": None}, TARGET | {"text": None}, {"conversation_id": None, "text": "x"},
    TARGET | {"text": "x", "buttons": [[{"caption": "x", "open_post": "a", "server_link": None, "icon": None}]]},
    TARGET | {"text": "x", "buttons": [[{"caption": None, "open_post": "a"}]]},
    TARGET | {"text": "x", "buttons": [[{"caption": "x", "open_post": None}]]},
    TARGET | {"text": "x", "as": "user", "user_id": "u"}, {"user_id": "u", "text": "x", "as": "user"},
    TARGET | {"text": "x", "as": "bot", "sender_buttons": [[{"caption": "x", "open_post": "a"}]]},
], ids=range(28))
def test_a_body_is_taken_exactly_where_the_document_says_so(document, base, body):
    answer = requests.post(f"{base}/send", json=body, timeout=10)
    assert (answer.status_code == 200) == accepts(document, "Message", body), answer.text
