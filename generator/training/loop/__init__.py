"""What every training loop shares: steps, batches, records and what survives a kill."""
