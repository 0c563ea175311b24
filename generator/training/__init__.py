"""Training the bundled model, stage by stage, each resumable."""
