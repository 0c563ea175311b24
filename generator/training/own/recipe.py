"""`recipe own`: captioned pictures in, a model folder out.

Every stage goes on where it was stopped, or does nothing when it is done. What a run folder was
begun with is kept in its own.json: it is not gone on with for other data or sizes.
"""

import logging
from contextlib import nullcontext
from dataclasses import asdict

import torch
from torch import Tensor

from generator.config import BartConfig
from generator.folders.lock import alone_in
from generator.folders.manifest import Manifest, read_manifest
from generator.networks.bart import Bart
from generator.networks.vqgan import Vqgan
from generator.reading.tokenizer import CaptionTokenizer
from generator.sources.batches import CaptionedImages
from generator.sources.in_order import InOrder
from generator.sources.opening import open_indexed
from generator.sources.records import identity_of
from generator.sources.selection import Selection, split
from generator.training.assemble import SAMPLING, About, assemble
from generator.training.bart import train_bart
from generator.training.codes.encoded import CodeFile, write_codes
from generator.training.codes.identity import claim
from generator.training.loop.processes import processes, share_of
from generator.training.loop.stream import chance
from generator.training.own.card import Card
from generator.training.own.clip import train_own_clip
from generator.training.own.given import Given, collect, fitting
from generator.training.own.held_out import HeldOut
from generator.training.own.wish import Own, announce, count_of, pictures_of, size_of
from generator.training.own.words import bart_of, read_captions
from generator.training.vqgan.codebook import distinct, patches_of
from generator.training.vqgan.stage import Objective, load_vqgan, train_vqgan, write_codebook

logger = logging.getLogger(__name__)
AT_ONCE = 32
# So many make the first codebook, however many there are.
MOST_BATCHES = 128
# The feature network of the perceptual loss knows the bundled world alone.
OBJECTIVE = Objective(perceptual=0.0)


def make(own: Own) -> Manifest:
    """Go the whole way.

    Raises:
        SourceError: there is no data. WeightsError: what is given cannot be used, or does not fit.
        ValueError: the run folder was begun with something else.
    """
    is_first = processes().is_main_process
    with alone_in(own.runs) if is_first else nullcontext():
        train, held_out, tally = split(open_indexed(own.data, own.keys), own.held_out)
        logger.info("%s: %s", own.data, tally.summary())
        logger.info("%d pictures to learn from, %d held out", *map(count_of, (train, held_out)))
        with processes().main_process_first():
            claim(own.runs / "own.json", _identity(own, train))
            given = collect(own.runs, own.vqgan, own.clip, own.start)
        vqgan = _vqgan(own, train, given)
        codes = [
            _encoded(own, vqgan, part, name)
            for part, name in ((train, "train"), (held_out, "held-out"))
        ]
        words, bart = _words(own, train, vqgan, given)
        _bart(own, codes, vqgan, words, bart, given)
        _clip(own, train, vqgan, words, given)
        parts = {"vqgan": size_of(vqgan), "bart": size_of(Bart(bart)), "clip": "ranks pictures"}
        broken = len(tally.broken) + count_of(train) + count_of(held_out) - sum(map(len, codes))
        about = _about(own, given, codes, broken, parts)
        with processes().main_process_first():
            return assemble(own.runs, own.out, about) if is_first else read_manifest(own.out)


def _about(
    own: Own, given: Given, codes: list[CodeFile], broken: int, parts: dict[str, str]
) -> About:
    card = Card(
        name=own.name,
        licence=own.licence,
        data=own.data,
        pictures=len(codes[0]),
        held_out=len(codes[1]),
        broken=broken,
        parts=parts,
    )
    return About(
        name=own.name,
        licence=own.licence,
        normaliser=given.normaliser,
        vocabulary="open",
        sampling=given.sampling or SAMPLING,
        describe=lambda folder: card.write(own.runs, folder),
    )


def _vqgan(own: Own, train: Selection, given: Given) -> Vqgan:
    folder, plan = own.runs / "vqgan", own.sizes.plans["vqgan"]
    if given.vqgan is not None and not own.tunes_vqgan:
        logger.info("── vqgan: as given")
        return load_vqgan(given.vqgan)
    config = load_vqgan(given.vqgan).config if given.vqgan is not None else own.sizes.vqgan
    announce("vqgan", Vqgan(config), plan, count_of(train))
    with processes().main_process_first():
        if given.vqgan is None and config.has_shortcut and not (folder / "codebook.pt").exists():
            psnr = write_codebook(folder, config, _patches(own, train), own.sizes.rounds)
            logger.info("the codebook alone: %.2f dB", psnr)
    pictures = pictures_of(own, train, plan, config.resolution)
    train_vqgan(folder, pictures, plan, OBJECTIVE, config, init_from=given.vqgan)
    return load_vqgan(folder)


def _patches(own: Own, train: Selection) -> Tensor:
    """Distinct ones of pictures in random order, (N, 3·stride²)."""
    size, stride = own.sizes.vqgan.resolution, own.sizes.vqgan.stride
    batches = min(-(-count_of(train) // AT_ONCE), MOST_BATCHES)
    count = -(-own.sizes.patches // batches)
    pictures = CaptionedImages(train, size=size, batch=AT_ONCE, seed=1)
    return torch.cat(
        [
            distinct(patches_of(batch.images, stride), count, chance(number, seed=1))
            for number, batch in zip(range(batches), pictures.batches(), strict=False)
        ]
    )


def _encoded(own: Own, vqgan: Vqgan, part: Selection, name: str) -> CodeFile:
    folder = own.runs / "codes" / name
    with processes().main_process_first():
        write_codes(
            folder, vqgan, InOrder(part, vqgan.config.resolution, own.encode_batch, own.workers)
        )
    plan = own.sizes.plans["bart"]
    return CodeFile(folder, vqgan, plan.batch, share_of(plan.batch), plan.seed)


def _words(
    own: Own, train: Selection, vqgan: Vqgan, given: Given
) -> tuple[CaptionTokenizer, BartConfig]:
    file = own.runs / "tokenizer.json"
    if given.bart is not None:
        fitting(given.bart, vqgan.config)
        return CaptionTokenizer.load(file, given.bart.text_length), given.bart
    with processes().main_process_first():
        words = read_captions(file, train.captions, given.normalise, own.sizes.vocabulary)
    return words, bart_of(own.sizes.bart, words, vqgan.config)


def _bart(
    own: Own,
    codes: list[CodeFile],
    vqgan: Vqgan,
    words: CaptionTokenizer,
    config: BartConfig,
    given: Given,
) -> None:
    plan = own.sizes.plans["bart"]
    announce("bart", Bart(config), plan, len(codes[0]))
    watch = HeldOut(codes[1], vqgan, words, given.normalise, given.sampling or SAMPLING)
    train_bart(
        own.runs / "bart",
        codes[0],
        own.runs / "tokenizer.json",
        plan,
        config,
        given.bart_folder,
        normalise=given.normalise,
        watch=watch,
    )


def _clip(own: Own, train: Selection, vqgan: Vqgan, words: CaptionTokenizer, given: Given) -> None:
    if given.has_clip:
        logger.info("── clip: as given")
        return
    plan = own.sizes.plans["clip"]
    logger.info("── clip: %d steps of %d", plan.steps, plan.batch)
    pictures = pictures_of(own, train, plan, vqgan.config.resolution)
    train_own_clip(own.runs / "clip", pictures, vqgan, words, given.normalise, plan, own.sizes.clip)


def _identity(own: Own, train: Selection) -> dict[str, object]:
    sizes = {part: asdict(getattr(own.sizes, part)) for part in ("vqgan", "bart", "clip")}
    return {
        "data": train.identity,
        "held_out": own.held_out,
        "sizes": identity_of([repr(sizes)]),
        "vqgan": own.vqgan,
        "clip": own.clip,
        "start": own.start,
    }
