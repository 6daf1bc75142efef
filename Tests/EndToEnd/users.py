"""Gateways that keep users' tokens, in front of a simulated Divar that lives on when they end."""

import pathlib
import re
import uuid

import pytest

from canaries import MASTER_KEY, PLANTED, USER_TOKEN, canary, master_key
from conftest import EACH_CALL_ONCE, KEY, KEY_VARIABLE, NO_CACHE
from processes import wait_until
from sandbox import Sandbox
from trail import Trail

MASTER = PLANTED.plant(MASTER_KEY, master_key("user"))
SECRET = PLANTED.plant(USER_TOKEN, canary("oauth-client-secret"))
REDIRECT = "https://service.example/divar?from=oauth"
USER = "sandbox-user"
READ = "/conversations/sandbox-conversation"


def oauth_settings(sandbox_url, **settings):
    return {
        "token_url": f"{sandbox_url}/oauth2/token", "client_id": "client&co=1+2", "client_secret": {"env": "OAUTH_SECRET"},
        "redirect_uri": REDIRECT, **settings,
    }


class Vault:
    """A gateway, a simulated Divar, and every token that ever was."""

    def __init__(self, start_gateway, new_client, sandbox_url, path, **settings):
        self._start_gateway, self._new_client = start_gateway, new_client
        self.sandbox = Sandbox(sandbox_url)
        self.sandbox.call("POST", "oauth", {
            "client_id": "client&co=1+2", "client_secret": SECRET, "redirect_uri": REDIRECT, "grace_seconds": 120,
        })
        self.sandbox.add_key(key=KEY)
        self.secrets = {SECRET, MASTER}
        self.gateways = []
        oauth = oauth_settings(sandbox_url, **settings.pop("oauth", {}))
        environment = {"OAUTH_SECRET": SECRET, "AUDIT_MASTER": MASTER, **settings.pop("environment", {})}
        self.environment = {KEY_VARIABLE: KEY, **environment}
        self.configuration = {
            **NO_CACHE, **EACH_CALL_ONCE, "upstream": {"base_url": sandbox_url}, "journal": {"path": str(path), **settings.pop("journal", {})},
            "audit": {"master_keys": [{"env": "AUDIT_MASTER"}]}, "oauth": oauth, "log": {"level": "trace"}, **settings,
        }
        self.path = pathlib.Path(path)
        self.start()

    def start(self, **changes):
        environment = {**self.environment, **changes.pop("environment", {})}
        self.gateway = self._start_gateway(
            {**self.configuration, **changes}, environment=environment, ends_badly=True)
        self.gateways.append(self.gateway)
        self.client = self._new_client(self.gateway)
        return self.client

    def new_pair(self, life=3600, refresh=True, **settings):
        """Tokens that the simulated Divar takes."""
        access, fresh = (PLANTED.plant(USER_TOKEN, canary(f"{kind}-{uuid.uuid4()}")) for kind in ("access", "refresh"))
        self.secrets |= {access, fresh}
        more = {"refresh_token": fresh} if refresh else {}
        self.sandbox.add_token(access, expires_in=life, **more, **settings)
        return {"access_token": access, "expires_in": life, **more}

    def keep(self, name, life=3600, refresh=True, client=None, headers=None, **members):
        tokens = self.new_pair(life, refresh)
        answer = (client or self.client).put(f"/users/{name}/tokens", json={**tokens, **members}, headers=headers)
        assert answer.status_code == 204, answer.text
        assert answer.content == b""
        return tokens

    def read(self, name, client=None):
        return (client or self.client).get(READ, headers={"X-User": name})

    def report(self, name):
        return self.client.get(f"/users/{name}/tokens")

    def keep_ended(self, name):
        """Keeps tokens whose access token has ended already."""
        tokens = self.new_pair()
        body = {**tokens, "expires_at": "2026-01-01T00:00:00Z"}
        del body["expires_in"]
        # Nothing is to be renewed before the test says so.
        answer = self.client.put(f"/users/{name}/tokens", json=body)
        assert answer.status_code == 204, answer.text
        return tokens

    def new_client(self):
        return self._new_client(self.gateway)

    @property
    def trail(self):
        return Trail(self.gateway)

    def readiness(self, name):
        checks = self.client.get("/health/ready").json()["checks"]
        return next(check["detail"] for check in checks if check["name"] == name)

    @property
    def refreshes(self):
        return self.sandbox.call("GET", "requests")["received"].get("oauth.token", 0)

    def records(self):
        """The trail's records of users' tokens, oldest first."""
        return self.trail.records("user-tokens")

    def assert_nothing_leaked(self, *answers):
        """No token and no secret stands in a file of the journal, in a log or in an answer."""
        haystacks = {str(file): file.read_bytes() for file in self.path.parent.iterdir() if file.is_file()}
        for number, gateway in enumerate(self.gateways):
            haystacks[f"stderr {number}"] = bytes(gateway.stderr.raw)
            haystacks[f"stdout {number}"] = bytes(gateway.stdout.raw)
        for number, answer in enumerate(answers):
            haystacks[f"answer {number}"] = answer.content + str(answer.headers).encode()
        for secret in self.secrets - {MASTER}:
            for place, bytes_there in haystacks.items():
                assert secret.encode() not in bytes_there, (secret, place)


def wait_for_outcome(vault, accepted, outcome):
    """The report on a message that was in the queue, once it has its outcome."""
    path = f"/messages/{accepted.json()['message_id']}"
    return wait_until(
        lambda: next((r for r in [vault.client.get(path).json()] if r["outcome"] == outcome), None),
        f"the message is {outcome}", 20)


def is_time(text):
    return re.fullmatch(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text) is not None


@pytest.fixture
def start_vault(start_gateway, new_client, start_process, tmp_path):
    """Starts a vault with a journal of its own; `folder` puts that elsewhere."""

    def start(folder=None, **settings):
        sandbox = start_process("sandbox", "--listen", "127.0.0.1:0")
        address = sandbox.wait_for_log("sandbox listening")[0]["address"]
        folder = folder or tmp_path / "vault"
        folder.mkdir(exist_ok=True)
        vault = Vault(start_gateway, new_client, f"http://{address}", folder / "journal.db", **settings)
        vault.sandbox_process = sandbox
        return vault

    return start
