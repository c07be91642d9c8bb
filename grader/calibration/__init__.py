"""How the reference players are let play over scenarios and seeds, and what their scores say about grader and scenarios."""
