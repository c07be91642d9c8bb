"""The control plane: pipelines, feature store, training, registry, delivery, people."""
