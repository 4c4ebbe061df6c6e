"""The manifests of deploy/kubernetes, each alone and as they fit together."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped] # it comes with Bokeh, without types

from energyvis_panel.cli.main import parser

KUBERNETES = Path(__file__).parents[2] / "deploy" / "kubernetes"
KUBECTL = shutil.which("kubectl")
KINDS = {
    "ConfigMap", "CronJob", "Deployment", "Ingress", "Namespace", "NetworkPolicy", "PersistentVolumeClaim",
    "PodDisruptionBudget", "Service",
}  # fmt: skip


@pytest.fixture(scope="module")
def kustomization() -> Any:
    return yaml.safe_load((KUBERNETES / "kustomization.yaml").read_text())


@pytest.fixture(scope="module")
def objects(kustomization: Any) -> dict[str, Any]:
    """Return the objects of the files that the kustomization lists, by kind."""
    texts = [(KUBERNETES / name).read_text() for name in kustomization["resources"]]
    return {found["kind"]: found for text in texts for found in yaml.safe_load_all(text)}


@pytest.fixture(scope="module")
def pods(objects: dict[str, Any]) -> dict[str, Any]:
    """Return what the Deployment and the CronJob make pods of."""
    return {
        "Deployment": objects["Deployment"]["spec"]["template"],
        "CronJob": objects["CronJob"]["spec"]["jobTemplate"]["spec"]["template"],
    }


def test_the_kustomization_lists_every_file(kustomization: Any, objects: dict[str, Any]) -> None:
    assert {*kustomization["resources"], "kustomization.yaml"} == {
        path.name for path in KUBERNETES.glob("*.yaml")
    }
    assert objects.keys() | {"ConfigMap"} == KINDS


@pytest.mark.skipif(KUBECTL is None, reason="kubectl is not installed")
def test_kubectl_builds_all_of_them_with_the_image_and_the_settings_in_place() -> None:
    done = subprocess.run([str(KUBECTL), "kustomize", KUBERNETES], capture_output=True, text=True, check=True)
    built = {found["kind"]: found for found in yaml.safe_load_all(done.stdout)}
    assert built.keys() == KINDS
    assert {found["metadata"].get("namespace") for kind, found in built.items() if kind != "Namespace"} == {
        "energyvis"
    }
    (container,) = built["Deployment"]["spec"]["template"]["spec"]["containers"]
    assert container["image"].startswith("registry.lab.example/energyvis:")
    assert container["envFrom"][0]["configMapRef"]["name"] == built["ConfigMap"]["metadata"]["name"]


@pytest.mark.parametrize("kind", ["Deployment", "CronJob"])
def test_a_pod_keeps_to_the_restricted_standard(pods: dict[str, Any], kind: str) -> None:
    """Kubernetes documentation, "Pod Security Standards", "Restricted"."""
    spec = pods[kind]["spec"]
    assert spec["securityContext"]["runAsNonRoot"]
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not spec["automountServiceAccountToken"]
    (container,) = spec["containers"]
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"].keys() == {"requests", "limits"}
    mounted = {mount["name"] for mount in container["volumeMounts"]}
    assert mounted == {volume["name"] for volume in spec["volumes"]} == {"lake", "cache", "tmp"}


def test_a_pod_runs_commands_that_there_are_with_the_users_number_of_the_image(pods: dict[str, Any]) -> None:
    image = (KUBERNETES.parent / "container" / "Containerfile").read_text()
    assert {pod["spec"]["securityContext"]["runAsUser"] for pod in pods.values()} == {10001}
    assert "USER 10001:10001" in image
    (app,) = pods["Deployment"]["spec"]["containers"]
    parser().parse_args(app["args"])
    (rollup,) = pods["CronJob"]["spec"]["containers"]
    parser().parse_args(rollup["args"])


def test_the_probes_ask_the_port_and_the_prefix_of_the_server(pods: dict[str, Any]) -> None:
    (app,) = pods["Deployment"]["spec"]["containers"]
    options = parser().parse_args(app["args"])
    assert app["ports"] == [{"name": "http", "containerPort": options.port}]
    asked = {name: app[name]["httpGet"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert {name: get["path"] for name, get in asked.items()} == {
        "startupProbe": f"{options.prefix}/health",
        "livenessProbe": f"{options.prefix}/health",
        "readinessProbe": f"{options.prefix}/ready",
    }


def test_service_budget_and_policy_mean_the_pods_that_there_are(
    objects: dict[str, Any], pods: dict[str, Any]
) -> None:
    app = pods["Deployment"]["metadata"]["labels"].items()
    everybody = [pod["metadata"]["labels"].items() for pod in pods.values()]
    service = objects["Service"]["spec"]
    assert service["selector"].items() <= app
    assert not service["selector"].items() <= everybody[1]
    assert objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"].items() <= app
    assert objects["Deployment"]["spec"]["selector"]["matchLabels"].items() <= app
    meant = objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"].items()
    assert all(meant <= labels for labels in everybody)
    (rule,) = objects["Ingress"]["spec"]["rules"]
    (path,) = rule["http"]["paths"]
    assert path["backend"]["service"]["name"] == objects["Service"]["metadata"]["name"]
    assert [rule["host"]] == objects["Ingress"]["spec"]["tls"][0]["hosts"]


def test_only_the_nightly_task_may_write_to_the_lake(objects: dict[str, Any], pods: dict[str, Any]) -> None:
    (claim,) = {
        volume["persistentVolumeClaim"]["claimName"]
        for pod in pods.values()
        for volume in pod["spec"]["volumes"]
        if volume["name"] == "lake"
    }
    assert claim == objects["PersistentVolumeClaim"]["metadata"]["name"]
    only_read = {
        kind: mount.get("readOnly", False)
        for kind, pod in pods.items()
        for mount in pod["spec"]["containers"][0]["volumeMounts"]
        if mount["name"] == "lake"
    }
    assert only_read == {"Deployment": True, "CronJob": False}


def test_there_is_time_to_stop_before_a_pod_is_killed(pods: dict[str, Any]) -> None:
    spec = pods["Deployment"]["spec"]
    wait_s = int(spec["containers"][0]["lifecycle"]["preStop"]["exec"]["command"][1])
    assert spec["terminationGracePeriodSeconds"] > wait_s + 10, "what ENERGYVIS_GRACE is by default, in s"
