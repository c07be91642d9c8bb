"""The production ML system as a deterministic world: causes are set, symptoms emerge."""
