"""Published checkpoints into model folders of ours: the originals of DALL·E mini and mega.

sources     paths and ids on the hub
*_file      one file format each, indexed without reading tensors
*_checkpoint, bart_*, vqgan_*   one network each: sizes, and what its tensors are called
plan        which tensor becomes which, every one accounted for
folder      `convert`, all of it together

Nothing is imported here: a web host, which has no torch, asks `sources` what an id on the hub is.
"""
