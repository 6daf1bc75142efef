"""What is in deploy for containers: read by the tools that read it, and held against the gateway itself."""

import pathlib
import shutil
import subprocess

import kubernetes_validate
import pytest
import yaml

from processes import BINARY, clean_environment

ROOT = pathlib.Path(__file__).parents[2]
CONTAINER, KUBERNETES = ROOT / "deploy/container", ROOT / "deploy/kubernetes"
KUBERNETES_VERSION = "1.31"
#: Who the gateway is in a container.
USER = 65532


def stages():
    """The instructions of the Dockerfile, by stage."""
    text = (CONTAINER / "Dockerfile").read_text().replace("\\\n", " ")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = []
    for line in lines:
        if line.startswith("FROM "):
            found.append([])
        found[-1].append(line.split(maxsplit=1))
    return found


@pytest.fixture(scope="module")
def manifests():
    if shutil.which("kubectl") is None:
        pytest.skip("kubectl is not installed")
    result = subprocess.run(["kubectl", "kustomize", str(KUBERNETES)], capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    return {manifest["kind"]: manifest for manifest in yaml.safe_load_all(result.stdout)}


@pytest.fixture
def pod(manifests):
    return manifests["StatefulSet"]["spec"]["template"]["spec"]


@pytest.mark.parametrize("file", [CONTAINER / "divar-gateway.yaml", KUBERNETES / "divar-gateway.yaml"], ids=["container", "kubernetes"])
def test_the_gateway_takes_the_configuration(file, tmp_path):
    # With a key where there is one in a container.
    key = tmp_path / "divar-key"
    key.write_text("nobodys-key")
    text = file.read_text(encoding="utf-8")
    [path] = [entry["file"] for entry in yaml.safe_load(text)["apps"]["default"]["keys"]]
    there = tmp_path / "gateway.yaml"
    there.write_text(text.replace(path, str(key)).replace("/var/lib/divar-gateway", str(tmp_path)))
    result = subprocess.run(
        [BINARY, "check", "--config", there], env=clean_environment(None), capture_output=True, text=True, timeout=30)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_image_is_made_in_stages_and_is_not_root():
    build, image = stages()
    assert build[0][1].startswith("swift:") and build[0][1].endswith(" AS build")
    assert any("make release" in argument for name, argument in build if name == "RUN")
    last = dict((name, argument) for name, argument in image)
    assert last["USER"] == f"{USER}:{USER}"
    assert last["ENTRYPOINT"] == '["/usr/bin/divar-gateway"]'
    assert [argument.split()[0] for name, argument in image if name == "COPY"] == ["--from=build"]


def test_the_image_has_the_libraries_that_the_binary_takes():
    # As the Debian package depends on them, less what every Debian has.
    depends = {"ca-certificates", "libsqlite3-0", "libstdc++6"}
    [installed] = [argument for name, argument in stages()[1] if name == "RUN"]
    assert depends <= set(installed.split())


def test_the_compose_file_gives_as_little_as_it_can():
    compose = yaml.safe_load((CONTAINER / "compose.yaml").read_text())
    gateway = compose["services"]["gateway"]
    assert gateway["read_only"] is True
    assert gateway["cap_drop"] == ["ALL"]
    assert gateway["security_opt"] == ["no-new-privileges:true"]
    assert all(port.startswith("127.0.0.1:") for port in gateway["ports"])
    assert "environment" not in gateway
    for volume in gateway["volumes"]:
        name, path, *_ = volume.split(":")
        assert (CONTAINER / name).exists() if name.startswith(".") else name in compose["volumes"]
        assert path in ("/var/lib/divar-gateway", "/etc/divar-gateway/divar-gateway.yaml")
    [secret] = gateway["secrets"]
    keys = yaml.safe_load((CONTAINER / "divar-gateway.yaml").read_text())["apps"]["default"]["keys"]
    assert [key["file"] for key in keys] == [f"/run/secrets/{secret}"]
    assert (CONTAINER / gateway["build"]["context"] / gateway["build"]["dockerfile"]).exists()


def test_kubernetes_knows_every_field(manifests):
    assert set(manifests) == {"ConfigMap", "NetworkPolicy", "PodDisruptionBudget", "Service", "StatefulSet"}
    for manifest in manifests.values():
        kubernetes_validate.validate(manifest, KUBERNETES_VERSION, strict=True)


def test_everything_selects_the_pod(manifests):
    labels = manifests["StatefulSet"]["spec"]["template"]["metadata"]["labels"].items()
    specs = {kind: manifest.get("spec", {}) for kind, manifest in manifests.items()}
    for selector in [
        specs["Service"]["selector"], specs["StatefulSet"]["selector"]["matchLabels"],
        specs["PodDisruptionBudget"]["selector"]["matchLabels"], specs["NetworkPolicy"]["podSelector"]["matchLabels"],
    ]:
        assert selector and selector.items() <= labels


def test_a_pod_is_not_root_and_writes_its_trail_only(pod):
    [container] = pod["containers"]
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == USER
    assert container["securityContext"]["readOnlyRootFilesystem"]
    assert container["securityContext"]["capabilities"]["drop"] == ["ALL"]
    assert not container["securityContext"]["allowPrivilegeEscalation"]
    writable = [mount["mountPath"] for mount in container["volumeMounts"] if not mount.get("readOnly")]
    assert writable == ["/var/lib/divar-gateway"]
    assert "env" not in container


def test_probes_ask_what_the_gateway_answers(pod, client):
    [container] = pod["containers"]
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    listen = yaml.safe_load((KUBERNETES / "divar-gateway.yaml").read_text())["listen"]
    for probe in ["startupProbe", "livenessProbe", "readinessProbe"]:
        asked = container[probe]["httpGet"]
        assert f"0.0.0.0:{ports[asked['port']]}" in listen
        assert client.get(asked["path"]).status_code == 200


def test_a_pod_finds_its_configuration_and_key_where_the_volumes_put_them(pod):
    [container] = pod["containers"]
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts["configuration"] == "/etc/divar-gateway"
    keys = yaml.safe_load((KUBERNETES / "divar-gateway.yaml").read_text())["apps"]["default"]["keys"]
    assert [str(pathlib.Path(key["file"]).parent) for key in keys] == [mounts["keys"]]


def test_a_pod_has_longer_to_end_than_the_gateway_takes(pod):
    defaults = yaml.safe_load((ROOT / "config/divar-gateway.yaml").read_text())
    drain = int(defaults["drain"].removesuffix("s"))
    [container] = pod["containers"]
    paused = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
    assert pod["terminationGracePeriodSeconds"] > drain + paused
