"""All of Divar's operations by name, under both contracts, and the bodies that go up against Divar's own documents."""

import copy
import itertools
import json

import jsonschema
import pytest

from checks import assert_problem, assert_sent
from processes import ROOT, run
from sandbox import CONVERSATION, USER, USER_TOKEN, Sandbox

CONTRACTS = ROOT.parent / "shared" / "divar"
USERS = {"X-Access-Token": USER_TOKEN}

#: Name: method, path, whether a user's token goes up, the contracts that have it.
ENDPOINTS = {
    "v1.bot.conversation": ("POST", "/v1/open-platform/chat/bot/conversations/{conversation_id}/messages", False, 2),
    "v1.bot.user": ("POST", "/v1/open-platform/chat/bot/users/{user_id}/messages", True, 2),
    "experimental.chatbot-conversation": (
        "POST", "/experimental/open-platform/chatbot-conversations/{conversation_id}/messages", False, 1,
    ),
    "experimental.bot.user": ("POST", "/experimental/open-platform/chat/bot/users/{user_id}/messages", True, 1),
    "experimental.bot.conversation": (
        "POST", "/experimental/open-platform/chat/bot/conversations/{conversation_id}/messages", False, 1,
    ),
    "v2.conversation": ("POST", "/v2/open-platform/conversations/{conversation_id}/messages", True, 2),
    "experimental.upload": ("POST", "/experimental/open-platform/chat/upload", False, 2),
    "v1.conversation": ("GET", "/v1/open-platform/chat/conversations/{conversation_id}", True, 2),
}
BOTH = [name for name, endpoint in ENDPOINTS.items() if endpoint[3] == 2]

BUTTONS = [
    [
        {"caption": "پیوند", "open_url": "https://example.com/الف"},
        {"caption": "سرور", "icon": "SEND", "server_link": {"id": 1, "deep": {"er": [1, "دو", None]}}},
        {"caption": "پویا", "icon": "ADD", "dynamic_action": {}},
    ],
    [{"caption": "آگهی", "open_post": "AJIEWcw"}],
    [{"caption": "مدیریت", "manage_post": "AJIEWcw"}],
]


def call(client, endpoint, **members):
    """Makes the call that an endpoint serves; gives the answer."""
    members = {"text": "سلام", "buttons": BUTTONS, **members}
    if "media_token" in members:
        del members["text"]
    if endpoint == "experimental.upload":
        return client.post("/upload-token")
    if endpoint == "v1.conversation":
        return client.read(CONVERSATION)
    if endpoint.endswith("bot.user"):
        return client.send_message({"user_id": USER, **members}, headers=USERS)
    if endpoint == "v2.conversation":
        return client.send_message({"conversation_id": CONVERSATION, **members}, headers=USERS)
    return client.send_message({"conversation_id": CONVERSATION, **members})


def is_send(endpoint):
    return endpoint not in ("experimental.upload", "v1.conversation")


def assert_served(client, sandbox, endpoint, **members):
    """The call is served by that endpoint: so says the answer, and so does the simulation's record."""
    before = sandbox.request_count()
    answered = call(client, endpoint, **members)
    assert answered.status_code == 200, answered.text
    assert sandbox.request_count() == before + 1
    request = sandbox.requests()[-1]
    method, path, needs_token, _ = ENDPOINTS[endpoint]
    assert request["endpoint"] == endpoint
    assert request["method"] == method
    assert request["path"] == path.format(conversation_id=CONVERSATION, user_id=USER)
    assert ("authorization" in request["fields"]) == needs_token
    assert "x-api-key" in request["fields"]
    assert request["status"] == 200
    if is_send(endpoint):
        sent = assert_sent(answered, endpoint)
        entry = sandbox.ledger()[-1]
        assert entry["endpoint"] == endpoint
        assert entry["conversation_id"] == sent["conversation_id"]
    return request


@pytest.fixture
def start_contract(start_gateway, new_client):
    """Starts a gateway and a simulation that agree on a contract; gives (client, sandbox)."""

    def start(contract, prefer=(), simulated=None):
        settings = {"contract": contract, "endpoints": {"prefer": list(prefer)}}
        gateway = start_gateway(settings, sandbox=True, script={"contract": simulated or contract})
        return new_client(gateway), Sandbox(gateway.sandbox_url)

    return start


def test_all_eight_operations_are_served_by_name_under_the_first_contract(start_contract):
    names = list(ENDPOINTS)
    # The last of an operation's endpoints is preferred first, then the one before it.
    for prefer in (names, list(reversed(names))):
        client, sandbox = start_contract("2025-12", prefer)
        operations = {}
        for name in prefer:
            operations.setdefault(operation(name), name)
        for chosen in operations.values():
            assert_served(client, sandbox, chosen)
    for name in names:
        client, sandbox = start_contract("2025-12", [name])
        assert_served(client, sandbox, name)


def operation(name):
    return {
        "v1.bot.conversation": "bot to conversation", "experimental.chatbot-conversation": "bot to conversation",
        "experimental.bot.conversation": "bot to conversation", "v1.bot.user": "bot to user",
        "experimental.bot.user": "bot to user",
    }.get(name, name)


def test_the_five_operations_of_the_second_contract_are_served_by_name(start_contract):
    assert len(BOTH) == 5
    client, sandbox = start_contract("2026-08", BOTH)
    for name in BOTH:
        assert_served(client, sandbox, name)


@pytest.mark.parametrize("contract", ["2025-12", "2026-08"])
def test_without_a_preference_the_stable_endpoint_is_chosen(contract, start_contract):
    client, sandbox = start_contract(contract)
    for name in BOTH:
        assert_served(client, sandbox, name)


def test_preferring_one_operations_endpoint_leaves_the_others_alone(start_contract):
    client, sandbox = start_contract("2025-12", ["experimental.bot.user"])
    for name in ("v1.bot.conversation", "experimental.bot.user", "v2.conversation", "experimental.upload", "v1.conversation"):
        assert_served(client, sandbox, name)


def test_an_endpoint_that_the_contract_does_not_have_can_not_be_preferred(tmp_path):
    path = tmp_path / "gateway.yaml"
    path.write_text("apps: {default: {keys: [{env: K}]}}\nendpoints:\n  prefer:\n    - v1.bot.user\n    - experimental.bot.user\n")
    result = run("check", "--config", path, environment={"K": "k"})
    assert result.returncode == 78
    assert f"{path}:5: endpoints.prefer: " in result.stderr


def test_for_an_experimental_endpoint_that_is_gone_the_stable_one_stands_in(start_contract):
    client, sandbox = start_contract("2025-12", ["experimental.bot.conversation"], simulated="2026-08")
    for attempts in (2, 1):
        answered = client.send_message(text="x").json()
        assert (answered["endpoint"], answered["attempts"]) == ("v1.bot.conversation", attempts)
    assert [entry["endpoint"] for entry in sandbox.ledger()] == ["v1.bot.conversation"] * 2


# Divar's documents


def contract_document(contract):
    path = CONTRACTS / f"openapi-chat-{contract}.json"
    if not path.exists():
        pytest.skip("Divar's contract documents are not beside this checkout")
    return json.loads(path.read_text())


def resolve(document, node):
    while "$ref" in node:
        target = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def closed(schema):
    """The same schema without room for members that it doesn't name."""
    schema = copy.deepcopy(schema)
    if isinstance(schema, dict):
        if schema.get("properties"):
            schema["additionalProperties"] = False
        return {name: closed(part) if name != "example" else part for name, part in schema.items()}
    return [closed(part) for part in schema] if isinstance(schema, list) else schema


def body_validator(document, endpoint):
    """Validates a request's body by the document, strictly; None where the operation takes none."""
    method, path, _, _ = ENDPOINTS[endpoint]
    operation = document["paths"][path][method.lower()]
    if "requestBody" not in operation:
        return None
    schema = resolve(document, operation["requestBody"])["content"]["application/json"]["schema"]
    return jsonschema.Draft202012Validator({**closed(schema), "components": closed(document["components"])})


@pytest.mark.parametrize(
    "contract,endpoint",
    [(contract, name) for contract, names in (("2025-12", ENDPOINTS), ("2026-08", BOTH)) for name in names],
)
def test_what_goes_up_is_valid_by_divars_contract(contract, endpoint, start_contract):
    validator = body_validator(contract_document(contract), endpoint)
    client, sandbox = start_contract(contract, [endpoint])
    variants = [{}, {"buttons": None}, {"media_token": "m"}, {"media_token": "m", "buttons": None}]
    if endpoint == "v2.conversation":
        variants += [{"sender_buttons": BUTTONS}, {"sender_buttons": BUTTONS, "buttons": None}]
    if not is_send(endpoint):
        variants = [{}]
    for members in variants:
        request = assert_served(client, sandbox, endpoint, **members)
        if validator is None:
            assert request["body"] == ""
            continue
        body = json.loads(request["body"])
        errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]
        assert errors == [], request["body"]


def test_the_validation_against_the_contract_can_fail():
    validator = body_validator(contract_document("2026-08"), "v1.bot.conversation")
    assert list(validator.iter_errors({"text_message": "x"})) == []
    for body in ({}, {"text_message": 1}, {"text_message": "x", "colour": 1}, {"text_message": "x", "buttons": {"rows": {}}}):
        assert list(validator.iter_errors(body)) != [], body


@pytest.mark.parametrize("contract", ["2025-12", "2026-08"])
def test_the_paths_are_those_of_the_contract(contract):
    document = contract_document(contract)
    documented = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    known = {endpoint[:2] for endpoint in ENDPOINTS.values() if contract == "2025-12" or endpoint[3] == 2}
    assert known == documented


def test_every_pair_of_text_and_buttons_is_valid_up_there(start_contract):
    document = contract_document("2026-08")
    client, sandbox = start_contract("2026-08")
    flat = [button for row in BUTTONS for button in row]
    for rows, columns in itertools.product(range(1, 4), range(1, 4)):
        grid = [[flat[(row * columns + column) % len(flat)] for column in range(columns)] for row in range(rows)]
        request = assert_served(client, sandbox, "v1.bot.conversation", buttons=grid)
        body_validator(document, "v1.bot.conversation").validate(json.loads(request["body"]))
