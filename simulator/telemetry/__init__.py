"""What is recorded of the world: metrics, logs, predictions, drift, alerts, SQL."""
