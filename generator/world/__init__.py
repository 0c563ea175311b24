"""The world: captioned scenes, composed of openly licensed emoji, that the model is trained on."""
