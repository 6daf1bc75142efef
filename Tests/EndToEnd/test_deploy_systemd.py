"""The unit file: systemd finds nothing wrong with it, and little that it leaves open."""

import pathlib
import re
import shutil
import subprocess

import pytest
import yaml

from processes import BINARY

ROOT = pathlib.Path(__file__).parents[2]
UNIT = ROOT / "deploy" / "systemd" / "divar-gateway.service"
SOCKET = UNIT.with_suffix(".socket")
#: The exposure that is let stand, in tenths. What is left is the network, which a gateway is for.
EXPOSURE = 15

pytestmark = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def analyze(*arguments):
    return subprocess.run(
        ["systemd-analyze", *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)


def test_systemd_reads_the_unit_without_a_complaint(tmp_path):
    for shipped in (UNIT, SOCKET):
        # Where it will be installed there is nothing yet, nor its manual.
        text = re.sub(r"^Documentation=.*\n", "", shipped.read_text(), flags=re.M)
        (tmp_path / shipped.name).write_text(text.replace("/usr/bin/divar-gateway", str(BINARY)))
    result = analyze("verify", "--man=no", tmp_path / UNIT.name, tmp_path / SOCKET.name)
    complaints = [line for line in (result.stdout + result.stderr).splitlines() if UNIT.stem in line]
    assert result.returncode == 0 and complaints == [], (complaints, result.stderr)


def test_the_unit_leaves_little_open():
    result = analyze("security", "--offline=true", f"--threshold={EXPOSURE}", "--no-pager", UNIT)
    assert result.returncode == 0, result.stdout


def test_what_a_stop_and_a_start_need_is_there():
    unit = UNIT.read_text()
    for line in (
        "Type=notify", "WatchdogSec=30", "RestartPreventExitStatus=78", "ExecReload=/bin/kill -HUP $MAINPID",
        "LoadCredential=divar-key:/etc/divar-gateway/divar.key", "LimitCORE=0", "User=divar-gateway",
    ):
        assert line in unit.splitlines(), line
    # The default journal is in the state directory, and a stop has longer than the default `drain`.
    assert "StateDirectory=divar-gateway" in unit and "TimeoutStopSec=30" in unit


def test_the_sockets_are_those_that_the_shipped_configuration_has():
    listened = re.findall(r"^ListenStream=(.*)$", SOCKET.read_text(), flags=re.M)
    configuration = yaml.safe_load((ROOT / "config" / "divar-gateway.yaml").read_text())
    assert listened == configuration["listen"]
