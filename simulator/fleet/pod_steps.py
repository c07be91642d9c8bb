"""What pods do at a moment: start, run out of card memory, come and go with the count that is asked for, find a node."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from simulator.fleet.clock import on_tick
from simulator.fleet.events import EventKind
from simulator.fleet.in_force import DeploymentSetting
from simulator.fleet.members import NEVER, Node, Pod
from simulator.fleet.packing import first_fit, fits_card
from simulator.fleet.work import Work

BACKOFF_S, MOST_BACKOFF_S = 10.0, 300.0
"""CrashLoopBackOff: doubled with each crash."""
FORGIVEN_S = 600.0
"""A pod that has run for so long starts again with the first back-off."""


def pin(work: Work) -> None:
    """Where a person asked for a number of replicas, that is the number."""
    for deployment in work.setting.deployments:
        before = work.memories[deployment.service].desired
        if deployment.pinned and deployment.pinned != before:
            work.memories[deployment.service] = replace(work.memories[deployment.service], desired=deployment.pinned)
            kind: EventKind = "scaled-up" if deployment.pinned > before else "scaled-down"
            work.say(kind, deployment.service, "", f"{deployment.service} from {before} to {deployment.pinned} replicas, set by hand")


def due_pods(work: Work) -> None:
    for pod in sorted((pod for pod in work.pods.values() if pod.until_s <= work.now_s), key=lambda pod: (pod.until_s, pod.id)):
        if pod.phase == "pulling":
            node = work.nodes[pod.node]
            if pod.image not in node.images:
                work.nodes[node.id] = replace(node, images=(*node.images, pod.image))
            load(work, pod)
        elif pod.phase == "loading":
            if _fits(work, pod, _serving_beside(work, pod)):
                work.serve(pod, work.now_s + FORGIVEN_S if pod.restarts else NEVER)
            else:
                kill(work, pod)
        elif pod.phase == "backoff":
            load(work, pod)
        elif pod.phase == "ready":
            work.put(replace(pod, restarts=0, until_s=NEVER))


def load(work: Work, pod: Pod) -> None:
    deployment = work.setting.deployment(pod.service)
    loading_s = deployment.model_gb / work.setting.pool(deployment.pool).disk_gb_per_s + deployment.warm_up_s
    work.put(replace(pod, phase="loading", until_s=on_tick(work.now_s + loading_s)))


def kill_for_memory(work: Work) -> None:
    """Where the replicas that serve from one card need more than its memory, the youngest dies, until the others fit."""
    for pod in reversed([pod for pod in work.pods.values() if pod.phase == "ready" and pod.card >= 0]):
        if not _fits(work, pod, _serving_beside(work, pod)):
            kill(work, pod)


def kill(work: Work, pod: Pod) -> None:
    """The pod's process ran out of card memory; it starts again on the same card after a pause."""
    node = work.nodes[pod.node]
    pause_s = min(BACKOFF_S * 2.0**pod.restarts, MOST_BACKOFF_S)
    memory_gb = work.setting.pool(node.pool).machine.gpu_memory_gb
    text = f"{pod.name} on {node.name}: CUDA out of memory on a card of {memory_gb:g} GB; back-off {pause_s:g} s"
    work.crash(pod, replace(pod, phase="backoff", until_s=work.now_s + pause_s, restarts=pod.restarts + 1), "pod-oom", text)


def _serving_beside(work: Work, pod: Pod) -> list[Pod]:
    """Other pods that serve from the same card."""
    return [other for other in work.pods.values() if other.id != pod.id and other.phase == "ready" and (other.node, other.card) == (pod.node, pod.card)]


def _fits(work: Work, pod: Pod, beside: Sequence[Pod]) -> bool:
    return pod.card < 0 or fits_card(work.setting, work.setting.pool(work.nodes[pod.node].pool).machine, [*beside, pod])


def reconcile(work: Work, deployment: DeploymentSetting) -> None:
    """Creates and removes pods until their number and template are those asked for, as far as the rollout allows at this moment."""
    desired = work.memories[deployment.service].desired
    surge, away = (0, 1) if deployment.rollout == "replace" else (math.ceil(desired / 4), desired // 4)
    while True:
        pods = work.staying(deployment.service)
        old = [pod for pod in pods if pod.template != deployment.template]
        broken = [pod for pod in old if pod.phase != "ready"]
        new = len(pods) - len(old)
        wanted = desired - new
        if broken:
            _stop(work, broken[0], "replaced by a new one")
        elif old and sum(pod.phase == "ready" for pod in pods) > max(desired - away, 0):
            _stop(work, first_to_go(old), "replaced by a new one")
        elif wanted > 0 and (not old or len(pods) < desired + surge):
            work.create(deployment)
        elif wanted < 0:
            _stop(work, first_to_go([pod for pod in pods if pod.template == deployment.template]), "one too many")
        else:
            return


def first_to_go(pods: Sequence[Pod]) -> Pod:
    """The pod that goes first: one without a node, then one that is not ready, the most often crashed first; then the youngest."""

    def rank(place: int) -> tuple[bool, bool, int, int]:
        pod = pods[place]
        return (pod.node < 0, pod.phase != "ready", pod.restarts if pod.phase != "ready" else 0, place)

    return pods[max(range(len(pods)), key=rank)]


def schedule(work: Work) -> None:
    """Gives pods without a node the first one with room, the longest waiting first. Nodes of a market that the pool leaves come last."""
    ready = [node for node in work.nodes.values() if node.state == "ready"]
    ready.sort(key=lambda node: (node.market != work.setting.pool(node.pool).market, node.id))
    for pod in sorted((pod for pod in work.pods.values() if pod.node < 0), key=lambda pod: pod.id):
        deployment = work.setting.deployment(pod.service)
        found = first_fit(work.setting, deployment, ready, work.pods.values())
        if found is not None:
            if pod.id in work.unplaced:
                work.unplaced.remove(pod.id)
            _start(work, replace(pod, node=found[0].id, card=found[1]), work.nodes[found[0].id], deployment)


def _start(work: Work, pod: Pod, node: Node, deployment: DeploymentSetting) -> None:
    """On its node the pod waits for the image, which may be there or on its way already, and loads."""
    if pod.image in node.images:
        load(work, pod)
        return
    pulling = [other.until_s for other in work.on(node) if other.phase == "pulling" and other.image == pod.image]
    pull_s = deployment.image_gb / work.setting.pool(node.pool).pull_gb_per_s
    work.put(replace(pod, phase="pulling", until_s=pulling[0] if pulling else on_tick(work.now_s + pull_s)))


def _stop(work: Work, pod: Pod, why: str) -> None:
    work.remove(pod, "pod-stopped", f"{pod.name} was stopped: {why}", "drains")
