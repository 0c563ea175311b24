"""File formats of checkpoints, indexed without reading their tensors."""
