"""Where replicas come from: pods on nodes of pools, and the autoscalers that ask for them. Values and pure functions."""
