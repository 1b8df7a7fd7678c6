"""deploy/kubernetes is valid against Kubernetes' own schemas, and fits the image."""

from __future__ import annotations

import shutil
import subprocess

import kubernetes_validate
import pytest
import requests
import yaml
from container_image import ROOT, port, user, volume
from small_service import Server

from api.settings import Settings

FOLDER = ROOT / "deploy" / "kubernetes"
RESOURCES = yaml.safe_load((FOLDER / "kustomization.yaml").read_text("utf-8"))["resources"]
MANIFESTS = {name: yaml.safe_load((FOLDER / name).read_text("utf-8")) for name in RESOURCES}
SETTINGS = Settings.load(environ=MANIFESTS["configmap.yaml"]["data"])
POD = MANIFESTS["statefulset.yaml"]["spec"]["template"]["spec"]
MAIN = POD["containers"][0]
LABELS = {"app.kubernetes.io/name": "citespan"}


@pytest.mark.parametrize("version", ["1.30", "1.36"])
@pytest.mark.parametrize("name", RESOURCES)
def test_it_is_valid_and_has_no_unknown_field(name: str, version: str):
    kubernetes_validate.validate(MANIFESTS[name], version, strict=True)


def test_the_schema_does_refuse():
    broken = MANIFESTS["service.yaml"] | {"spec": {"prots": []}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, "1.36", strict=True)


def test_every_manifest_is_listed_and_speaks_of_the_same_thing():
    assert {path.name for path in FOLDER.glob("*.yaml")} == {*RESOURCES, "kustomization.yaml"}
    for manifest in MANIFESTS.values():
        assert manifest["metadata"]["name"] == "citespan"
    assert MANIFESTS["statefulset.yaml"]["spec"]["selector"]["matchLabels"] == LABELS
    assert MANIFESTS["statefulset.yaml"]["spec"]["template"]["metadata"]["labels"] == LABELS
    assert MANIFESTS["service.yaml"]["spec"]["selector"] == LABELS
    assert MANIFESTS["networkpolicy.yaml"]["spec"]["podSelector"]["matchLabels"] == LABELS
    assert MANIFESTS["poddisruptionbudget.yaml"]["spec"]["selector"]["matchLabels"] == LABELS


def test_ports_lead_to_the_one_that_the_service_listens_at():
    (declared,) = MAIN["ports"]
    assert declared == {"name": "http", "containerPort": port()}
    assert SETTINGS.port == port()
    assert MANIFESTS["service.yaml"]["spec"]["ports"][0]["targetPort"] == declared["name"]
    assert MANIFESTS["networkpolicy.yaml"]["spec"]["ingress"][0]["ports"] == [{"port": declared["name"]}]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert MAIN[probe]["httpGet"]["port"] == declared["name"]


def test_probes_ask_routes_that_there_are(seeded: Server):
    assert MAIN["livenessProbe"]["httpGet"]["path"] == MAIN["startupProbe"]["httpGet"]["path"] == "/healthz"
    assert MAIN["readinessProbe"]["httpGet"]["path"] == "/readyz"
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert requests.get(seeded.url + MAIN[probe]["httpGet"]["path"], timeout=30).status_code == 200


def test_no_variable_of_kubernetes_own_becomes_a_setting():
    """The Service `citespan` would set CITESPAN_PORT=tcp://..., which no setting is."""
    assert POD["enableServiceLinks"] is False


@pytest.mark.parametrize("container", [MAIN, *POD["initContainers"]], ids=lambda each: each["name"])
def test_it_may_do_nothing_but_serve(container: dict):
    assert POD["securityContext"]["runAsNonRoot"] is True
    assert (POD["securityContext"]["runAsUser"], POD["securityContext"]["runAsGroup"]) == user()
    assert POD["securityContext"]["fsGroup"] == user()[1]
    assert POD["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert POD["automountServiceAccountToken"] is False
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["resources"]["limits"]["memory"]


def test_what_is_written_lies_on_volumes():
    claims = MANIFESTS["statefulset.yaml"]["spec"]["volumeClaimTemplates"]
    volumes = {each["name"] for each in POD["volumes"]} | {each["metadata"]["name"] for each in claims}
    mounted = {each["name"]: each["mountPath"] for each in MAIN["volumeMounts"]}
    assert mounted == {"data": volume(), "tmp": "/tmp"}
    assert set(mounted) == volumes


def test_it_waits_for_the_end_and_is_not_ready_before():
    assert POD["terminationGracePeriodSeconds"] > SETTINGS.shutdown_delay + SETTINGS.graceful_timeout
    probe = MAIN["readinessProbe"]
    assert SETTINGS.shutdown_delay > probe["periodSeconds"] * probe["failureThreshold"]


def test_a_node_can_be_drained():
    replicas = MANIFESTS["statefulset.yaml"]["spec"]["replicas"]
    assert replicas == 1  # one writer, one volume
    assert MANIFESTS["poddisruptionbudget.yaml"]["spec"]["maxUnavailable"] == 1


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="no kubectl to put the manifests together with")
def test_they_can_be_put_together():
    done = subprocess.run(["kubectl", "kustomize", str(FOLDER)], check=True, capture_output=True, text=True)
    kinds = {each["kind"] for each in yaml.safe_load_all(done.stdout)}
    assert kinds == {each["kind"] for each in MANIFESTS.values()}
