"""English words: how typed ones are read, their forms, how common they are, the vocabulary."""
