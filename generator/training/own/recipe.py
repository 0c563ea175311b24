"""`recipe own`: captioned pictures in, a model folder out.

Every stage goes on where it was stopped, or does nothing when it is done. What a run folder was
begun with is kept in its own.json: it is not gone on with for other data or sizes.
"""

import logging
from dataclasses import asdict, dataclass, field
from pathlib import Path

import torch
from torch import nn

from generator.config import BartConfig
from generator.folders.lock import alone_in
from generator.folders.manifest import Manifest
from generator.networks.bart import Bart
from generator.networks.vqgan import Vqgan
from generator.reading.tokenizer import CaptionTokenizer
from generator.sources.batches import CaptionedImages
from generator.sources.in_order import InOrder
from generator.sources.opening import open_indexed
from generator.sources.records import Keys, identity_of
from generator.sources.selection import Selection, split
from generator.training.assemble import SAMPLING, About, assemble
from generator.training.bart import train_bart
from generator.training.codes.encoded import CodeFile, write_codes
from generator.training.codes.identity import claim
from generator.training.loop.plan import Plan
from generator.training.loop.processes import processes, share_of
from generator.training.loop.stream import chance
from generator.training.own.card import Card
from generator.training.own.clip import train_own_clip
from generator.training.own.given import Given, collect, fitting
from generator.training.own.held_out import HeldOut
from generator.training.own.sizes import Sizes
from generator.training.own.words import bart_of, read_captions
from generator.training.vqgan.codebook import distinct, patches_of
from generator.training.vqgan.stage import Objective, load_vqgan, train_vqgan, write_codebook

logger = logging.getLogger(__name__)
AT_ONCE = 32
# The feature network of the perceptual loss knows the bundled world alone.
OBJECTIVE = Objective(perceptual=0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What is wanted.

    Args:
        data: see `generator.sources.opening`; `held_out` is the share of captions kept apart.
        runs: where the work is kept; out: the model folder.
        vqgan, clip, start: what is given and not trained anew, each a folder or an id on the hub;
            `start` is a whole model whose BART, words and VQGAN are gone on from.
        tunes_vqgan: a given VQGAN is trained on, and its codes move if it has an encoder.
    """

    data: str
    runs: Path
    out: Path
    sizes: Sizes
    name: str
    licence: str
    held_out: float = 0.02
    keys: Keys = field(default_factory=Keys)
    vqgan: str | None = None
    tunes_vqgan: bool = False
    clip: str | None = None
    start: str | None = None
    workers: int = 0


def make(own: Own) -> Manifest:
    """Go the whole way.

    Raises:
        SourceError: there is no data. WeightsError: what is given cannot be used, or does not fit.
        ValueError: the run folder was begun with something else.
    """
    with alone_in(own.runs):
        train, held_out, tally = split(open_indexed(own.data, own.keys), own.held_out)
        logger.info("%s: %s", own.data, tally.summary())
        logger.info("%d pictures to learn from, %d held out", *map(_count, (train, held_out)))
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
        parts = {"vqgan": _size_of(vqgan), "bart": _size_of(Bart(bart)), "clip": "ranks pictures"}
        card = Card(
            name=own.name,
            licence=own.licence,
            data=own.data,
            pictures=len(codes[0]),
            held_out=len(codes[1]),
            broken=len(tally.broken) + _count(train) + _count(held_out) - sum(map(len, codes)),
            parts=parts,
        )
        about = About(
            name=own.name,
            licence=own.licence,
            normaliser=given.normaliser,
            vocabulary="open",
            sampling=given.sampling or SAMPLING,
            describe=lambda folder: card.write(own.runs, folder),
        )
        return assemble(own.runs, own.out, about)


def _vqgan(own: Own, train: Selection, given: Given) -> Vqgan:
    folder, plan = own.runs / "vqgan", own.sizes.plans["vqgan"]
    if given.vqgan is not None and not own.tunes_vqgan:
        logger.info("── vqgan: as given")
        return load_vqgan(given.vqgan)
    config = load_vqgan(given.vqgan).config if given.vqgan is not None else own.sizes.vqgan
    _announce("vqgan", Vqgan(config), plan, _count(train))
    pictures = _pictures(own, train, plan, config.resolution)
    has_codebook = (folder / "codebook.pt").exists()
    if given.vqgan is None and config.has_shortcut and not has_codebook:
        batches = min(-(-_count(train) // AT_ONCE), 128)
        per_batch = -(-own.sizes.patches // batches)
        first_pictures = CaptionedImages(train, size=config.resolution, batch=AT_ONCE, seed=1)
        found = [
            distinct(patches_of(batch.images, config.stride), per_batch, chance(number, seed=1))
            for number, batch in zip(range(batches), first_pictures.batches(), strict=False)
        ]
        psnr = write_codebook(folder, config, torch.cat(found), own.sizes.rounds)
        logger.info("the codebook alone: %.2f dB", psnr)
    train_vqgan(folder, pictures, plan, OBJECTIVE, config, init_from=given.vqgan)
    return load_vqgan(folder)


def _encoded(own: Own, vqgan: Vqgan, part: Selection, name: str) -> CodeFile:
    folder = own.runs / "codes" / name
    with processes().main_process_first():
        write_codes(folder, vqgan, InOrder(part, vqgan.config.resolution, AT_ONCE, own.workers))
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
    _announce("bart", Bart(config), plan, len(codes[0]))
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
    pictures = _pictures(own, train, plan, vqgan.config.resolution)
    train_own_clip(own.runs / "clip", pictures, vqgan, words, given.normalise, plan, own.sizes.clip)


def _pictures(own: Own, train: Selection, plan: Plan, size: int) -> CaptionedImages:
    state = processes()
    return CaptionedImages(
        train,
        size=size,
        batch=plan.batch // state.num_processes,
        seed=plan.seed,
        workers=own.workers,
        rank=state.process_index,
        ranks=state.num_processes,
    )


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


def _count(part: Selection) -> int:
    return sum(part.sizes)


def _size_of(network: nn.Module) -> str:
    return f"{sum(p.numel() for p in network.parameters()) / 1e6:.1f} M parameters"


def _announce(stage: str, network: nn.Module, plan: Plan, pictures: int) -> None:
    """Say what is about to begin; training keeps weights, two moments and an average."""
    parameters = sum(p.numel() for p in network.parameters())
    samples = plan.steps * plan.batch * plan.accumulate
    logger.info(
        "── %s: %.1f M parameters, whose state takes %.2f GB; %d steps of %d, %.1f passes",
        stage,
        parameters / 1e6,
        parameters * 16 / 1e9,
        plan.steps,
        plan.batch * plan.accumulate,
        samples / pictures,
    )
