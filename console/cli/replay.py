"""`hotseat replay`: the world of a stored session again, as it was or with edits left out."""

from __future__ import annotations

import typer

from console.cli.edge import Json, print_json, print_text, say
from console.cli.grade import Session


def replay(
    session: str = Session,
    without_faults: bool = typer.Option(False, "--without-faults", help="Leave the faults out."),
    without_actions: bool = typer.Option(False, "--without-actions", help="Leave the moves out."),
    as_json: bool = Json,
) -> None:
    """Play a stored session's moves again in its world. The digest is the same in every process on one machine."""
    from console.home import sessions
    from console.host.seat import playable_steps, rebuilt
    from grader.counterfactual import course, kept_course
    from grader.gather import objectives_held
    from scenarios.replay import replayed
    from simulator.observation import significant

    stored = sessions().resolve(session)
    say("building the world…")
    made = rebuilt(stored.header, session)
    steps = playable_steps(stored.rows, made, session)
    faults = () if without_faults else None
    without = {step.step for step in steps if step.kind == "move"} if without_actions else set()
    closed_s = max((step.at_s + step.took_s for step in steps), default=made.start_s)
    digest = replayed(made, steps, faults=faults, without=without, until_s=closed_s, exact=True).digest()
    say("going on to the horizon…")
    went = course(made, steps, faults=faults, without=without)
    objectives = objectives_held(made, went.world)
    document = {
        "session": stored.header["session"],
        "world_digest": digest,
        "impact": significant(went.total() - kept_course(made, "control").total()),
        "currency": "USD",
        "objectives": [{"name": name, "held": held} for name, held in objectives.items()],
    }
    if as_json:
        print_json(document)
        return
    from console.plain.cells import number_text

    print_text(f"world {digest[:16]}… at the close")
    print_text(f"lost against the world in which nothing was wrong, up to the horizon: {number_text(round(document['impact']))} USD")
    for name, held in objectives.items():
        print_text(f"  {'+ held    ' if held else '! violated'}  {name}")
