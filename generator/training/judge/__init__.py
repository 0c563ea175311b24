"""Training recognisers that tell what a picture shows: the judge of the pool and its kind."""
