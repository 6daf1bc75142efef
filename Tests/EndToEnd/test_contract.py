"""The OpenAPI document and the gateway agree: schemathesis makes calls from the document, valid ones and ones that are
wrong in one place, and holds every answer against it.
"""

import hashlib
import os
import pathlib
import re
import subprocess
import sys

import sandbox
from conftest import SEED
from users import MASTER, SECRET, oauth_settings

CALLER_KEY = "caller-key-of-the-contract-tests"
#: A user whose token the simulated Divar knows.
USER = "known"
EVENTS_VARIABLE, EVENTS_KEY = "EVENTS_KEY", "identification-key-of-the-contract-tests"
EXAMPLES = 100
CHECKS = [
    "no_failure_but_asked_for", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance", "negative_data_rejection", "positive_data_acceptance", "missing_required_header",
    "unsupported_method", "allow_header_conformance", "ignored_auth",
]
# TRACE is refused for every path alike, as test_wire_malformed.py has it.
# 403: tokens that were brought without a refresh token, and ended. 412, 422: what Divar doesn't take, for its recipient's sake or for an icon's name, is as valid as any other message.
CONFIGURATION = f"""
headers = {{ Authorization = "Bearer {CALLER_KEY}" }}

[phases.coverage]
unexpected-methods = ["get", "put", "post", "delete", "options", "patch"]

[checks.positive_data_acceptance]
expected-statuses = ["2xx", "3xx", "401", "403", "404", "409", "412", "422", "5xx"]

[checks.negative_data_rejection]
expected-statuses = ["400", "401", "403", "404", "405", "406", "413", "414", "415", "417", "422", "431", "5xx"]

[[operations]]
include-name = "POST /events"
headers = {{ Authorization = "{EVENTS_KEY}" }}
"""


def contract_gateway(start_gateway):
    digest = hashlib.sha256(CALLER_KEY.encode()).hexdigest()
    return start_gateway(
        {
            "callers": {"contract": {"key_sha256": digest, "may": ["send", "read", "upload", "users"]}},
            "events": {"identification_key": {"env": EVENTS_VARIABLE}},
            "audit": {"master_keys": [{"env": "AUDIT_MASTER"}]},
            # Nobody listens there: what ends can't be renewed.
            "oauth": oauth_settings("http://127.0.0.1:9"),
        },
        sandbox=True,
        environment={EVENTS_VARIABLE: EVENTS_KEY, "AUDIT_MASTER": MASTER, "OAUTH_SECRET": SECRET},
    )


def run_schemathesis(gateway, notes, *options):
    """Gives the exit status and everything that was printed. What it keeps for itself, it keeps in `notes`."""
    configuration = notes / "schemathesis.toml"
    configuration.write_text(CONFIGURATION, encoding="utf-8")
    here = pathlib.Path(__file__).parent
    environment = {
        **os.environ, "SCHEMATHESIS_HOOKS": "contract_hooks", "PYTHONPATH": str(here), "NO_PROXY": "*",
        "CONTRACT_TOKEN": sandbox.USER_TOKEN, "CONTRACT_CONVERSATION": sandbox.CONVERSATION, "CONTRACT_USER": USER,
    }
    run = subprocess.run(
        [
            pathlib.Path(sys.executable).with_name("st"), "--config-file", configuration, "run",
            f"{gateway.url}/openapi.json", "--checks", ",".join(CHECKS), "--mode", "all", "--seed", str(SEED),
            "--max-examples", str(EXAMPLES), "--output-sanitize", "false", "--no-color", *options,
        ],
        cwd=notes,
        env=environment,
        stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=240,
    )
    return run.returncode, run.stdout + run.stderr


def test_every_answer_is_one_that_the_document_describes(start_gateway, new_client, short_path):
    gateway = contract_gateway(start_gateway)
    kept = new_client(gateway).put(
        f"/users/{USER}/tokens", json={"access_token": sandbox.USER_TOKEN, "expires_in": 3600},
        headers={"Authorization": f"Bearer {CALLER_KEY}"})
    assert kept.status_code == 204, kept.text
    status, printed = run_schemathesis(gateway, short_path, "--phases", "examples,coverage,fuzzing,stateful")
    assert status == 0, f"seed {SEED}\n{printed}"
    cases = int(re.search(r"(\d+) generated", printed).group(1))
    assert cases > 300, f"too few calls to prove anything\n{printed}"
    assert gateway.is_running()
    assert not [line for line in gateway.logs() if line["level"] in ("error", "critical")]
