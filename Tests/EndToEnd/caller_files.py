"""Gateways whose callers are in a file, the commands that edit it, and calls with the keys that they show."""

import json
import re

from processes import run, wait_until

MESSAGE = {"conversation_id": "c-1", "text": "x"}
KEY_VARIABLE = "DIVAR_TEST_KEY"
KEY_PATTERN = r"dgw_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])"


def bearer(key):
    return {"Authorization": f"Bearer {key}"}


def shown_key(result):
    """The key that a command has shown."""
    assert result.returncode == 0, result.stderr
    [key] = re.findall(KEY_PATTERN, result.stdout)
    return key


class CallersFile:
    """A configuration with a callers file, and the commands on it; with `start` a gateway, too."""

    def __init__(self, folder, start_gateway, upstream, **settings):
        self.folder = folder
        self.path = folder / "callers.yaml"
        self.configuration = {
            "upstream": {"base_url": upstream.url},
            "apps": {"default": {"keys": [{"env": KEY_VARIABLE}], "quota": {"pause": "0s"}}},
            "callers_file": str(self.path),
            **settings,
        }
        self.config = folder / "commands.yaml"
        self.write_config()
        self._start_gateway = start_gateway

    def write_config(self):
        self.config.write_text(json.dumps(self.configuration), encoding="utf-8")

    def start(self):
        return self._start_gateway(self.configuration, environment={KEY_VARIABLE: "k"})

    def run(self, command, *arguments):
        return run("caller", command, *arguments, "--config", self.config)

    def add(self, name, *options):
        return shown_key(self.run("add", name, *options))

    def listed(self):
        result = self.run("list", "--json")
        assert result.returncode == 0, result.stderr
        return {line["caller"]: line for line in map(json.loads, result.stdout.splitlines())}

    def write(self, callers):
        """Writes the file as somebody with an editor would: JSON is YAML."""
        self.path.write_text(json.dumps({"callers": callers}, indent=1), encoding="utf-8")


def status(client, key=None):
    return client.send_message(MESSAGE, headers=bearer(key) if key else {}).status_code


def wait_for_status(client, key, expected):
    wait_until(lambda: status(client, key) == expected, f"status {expected}", seconds=5)
