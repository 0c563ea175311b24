"""VQGANs as others saved them: their sizes, and what their tensors are called."""
