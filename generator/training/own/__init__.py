"""A model of somebody's own captioned pictures, from the pictures to a model folder."""
