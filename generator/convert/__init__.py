"""Published checkpoints, the originals of DALL·E mini and mega, into model folders of ours."""
