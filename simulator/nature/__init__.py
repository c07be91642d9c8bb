"""What the world outside is like: traffic, population, outcome, labels."""
