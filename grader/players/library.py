"""The reference players: the runbook, those with skill, and those that must not get far (nothing, reflexes, rote, luck, brute force, chance)."""

from __future__ import annotations

from grader.players import by_reflex, by_rote, by_runbook, diagnostician, in_other_words
from grader.players.player import Player

PLAYERS: dict[str, Player] = {
    player.name: player
    for player in (
        Player("reference", "the scenario's own runbook", by_runbook.reference, graded=True),
        Player("reworded", "the runbook in other words, looks that follow each other in reverse, slowly typed", in_other_words.reworded, graded=True),
        Player("competent", "a diagnostic policy that knows no scenario: looks by worth, a differential, a remedy for each mechanism", diagnostician.competent, graded=True),
        Player("novice", "the same policy with six of its habits in ten", diagnostician.novice, graded=True),
        Player("trainee", "the same policy by another person on each seed, with five to ten of its habits in ten", diagnostician.trainee, graded=True),
        Player("retrain-then-right", "retrains at once, then plays the runbook", by_runbook.retrain_then_right, graded=True),
        Player("do-nothing", "waits an hour and resolves", by_reflex.do_nothing),
        Player("retrain-first", "retrains at once, calls it drift and resolves", by_reflex.retrain_first),
        Player("restart-everything", "restarts every service, twice, and calls it overload", by_reflex.restart_everything),
        Player("rollback-everything", "rolls the model back as far as it goes and calls it a wrong version", by_reflex.rollback_everything),
        Player("constant", f"one answer to everything, without a look: {by_rote.ANSWER}", by_rote.constant),
        Player("stuffer", "every word in every form: hypotheses, rule-outs, updates, guards and declarations of everything", by_rote.stuffer),
        Player("lucky", "names the truth without a look, then makes the reference's moves", by_runbook.lucky),
        Player("shotgun", "takes every look there is, cites them all, then the truth and the reference's moves", by_runbook.shotgun),
        Player("random", "types commands by chance", by_reflex.by_chance),
    )
}
