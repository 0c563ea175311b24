"""Training the VQGAN: a first codebook, the decoder, and what it is measured and criticised by."""
