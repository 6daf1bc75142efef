"""A client of the simulated Divar's control surface under /_sandbox/."""

import requests

from canaries import PLANTED, SIMULATED

#: What a simulation knows from its start.
KEY = PLANTED.plant(SIMULATED[0], "sandbox-divar-key")
USER_TOKEN = PLANTED.plant(SIMULATED[1], "sandbox-user-token")
USER = "sandbox-user"
CONVERSATION = "sandbox-conversation"
TIMEOUT = 20


class Sandbox:
    def __init__(self, url):
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def call(self, method, path, body=None):
        answer = self._session.request(method, f"{self.url}/_sandbox/{path}", json=body, timeout=TIMEOUT)
        assert answer.ok, (method, path, body, answer.status_code, answer.text)
        return answer.json() if answer.content else None

    def reset(self):
        return self.call("POST", "reset")

    def ledger(self):
        """Every message that was accepted, oldest first."""
        return self.call("GET", "ledger")["entries"]

    def texts(self):
        return [message.get("text") for message in self.ledger()]

    def requests(self):
        """The last requests to Divar's own paths, oldest first."""
        return self.call("GET", "requests")["recent"]

    def request_count(self):
        return sum(self.call("GET", "requests")["received"].values())

    def fault(self, kind, **settings):
        return self.call("POST", "faults", {"kind": kind, **settings})

    def clear_faults(self):
        return self.call("DELETE", "faults")

    def add_key(self, **settings):
        return self.call("POST", "keys", settings)

    def add_token(self, token, scopes=("*",), user=USER, **settings):
        return self.call("POST", "tokens", {"token": token, "user": user, "scopes": list(scopes), **settings})

    def revoke_token(self, token):
        return self.call("DELETE", f"tokens/{token}")

    def add_conversation(self, id, *texts, **settings):
        messages = [{"text": text} for text in texts]
        return self.call("POST", "conversations", {"id": id, "messages": messages, **settings})

    def incoming(self, conversation, text):
        """A message that somebody else wrote into a conversation."""
        return self.call("POST", f"conversations/{conversation}/messages", {"text": text})

    def block(self, **settings):
        return self.call("POST", "blocked", settings)

    def limits(self, **settings):
        return self.call("POST", "limits", settings)

    def contract(self, name):
        return self.call("POST", "contract", {"contract": name})
