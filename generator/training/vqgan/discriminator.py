"""A critic of patches, and how much of its opinion the painter hears.

Papers: PatchGAN (Isola et al. 2017, arXiv:1611.07004); hinge loss (Lim & Ye 2017,
arXiv:1705.02894); the adaptive weight of VQGAN (Esser et al. 2021, arXiv:2012.09841 §3.1).

Deviation: group norm in place of batch norm, because batches are small here.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from generator.training.loop.run import Run

EPSILON = 1e-6
_WEIGHT_LIMIT = 1e4
# The critic learns for so many steps before the painter hears of it.
HEAD_START = 300
# Beside the painter's rate: a critic at half of it did nothing at a pull of 0.1, and at 0.8 was
# fooled with a faint grid, said the same of all pictures, and never recovered.
CRITIC_PACE = 2.0


class Discriminator(nn.Module):
    """(B, 3, H, W) → (B, 1, h, w): above 0 where a patch of 46 pixels looks real."""

    def __init__(self, width: int = 32, levels: int = 3) -> None:
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(3, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for level in range(1, levels):
            inward, outward = width << (level - 1), width << level
            layers += [
                nn.Conv2d(inward, outward, 4, 2, 1, bias=False),
                nn.GroupNorm(min(8, outward), outward),
                nn.LeakyReLU(0.2),
            ]
        layers.append(nn.Conv2d(width << (levels - 1), 1, 4, 1, 1))
        self.layers = nn.Sequential(*layers)

    def forward(self, images: Tensor) -> Tensor:
        return self.layers(2 * images - 1)


def critic_loss(real: Tensor, fake: Tensor) -> Tensor:
    """Hinge loss of the discriminator, from its opinions of real and of painted pictures."""
    return (F.relu(1 - real).mean() + F.relu(1 + fake).mean()) / 2


def painter_loss(fake: Tensor) -> Tensor:
    """What the painter is told: look more real."""
    return -fake.mean()


def adaptive_weight(wanted: Tensor, adversarial: Tensor, last: Tensor) -> Tensor:
    """The factor that makes both losses pull equally at the painter's last layer.

    Args:
        wanted: reconstruction and perceptual loss; adversarial: `painter_loss`.
        last: the last layer's weight; the ratio is of gradient norms there.
    Returns:
        A scalar without gradient in [0, 10⁴].
    """
    pull, push = (
        torch.autograd.grad(loss, last, retain_graph=True)[0].norm()
        for loss in (wanted, adversarial)
    )
    return (pull / (push + EPSILON)).clamp(max=_WEIGHT_LIMIT).detach()


class Critic:
    """The discriminator of a run: when it learns, when it is heard, and how loud."""

    def __init__(self, run: Run, weight: float, first: int) -> None:
        """`weight` of the painter's other losses is its pull, from step `first` on."""
        self.run, self.weight, self.first = run, weight, first
        self.pull = torch.zeros(())
        with torch.random.fork_rng():
            torch.manual_seed(run.plan.seed)
            net = Discriminator()
        self.learner = run.beside("discriminator", net, CRITIC_PACE)

    @property
    def is_heard(self) -> bool:
        return self.run.step >= self.first

    def opinion(self, wanted: Tensor, painted: Tensor, last: Tensor) -> Tensor:
        """The loss to add to `wanted`; `last` as in `adaptive_weight`."""
        with still(self.learner.bare) as net:
            loss = painter_loss(net(painted))
        self.pull = self.weight * adaptive_weight(wanted, loss, last)
        return self.pull * loss

    def learn(self, images: Tensor, painted: Tensor) -> None:
        """Tell real from painted a little better, once it is time; after the painter learnt."""
        if self.run.step < self.first - HEAD_START:
            return
        real, fake = self.learner.model(torch.cat([images, painted.detach()])).chunk(2)
        loss = critic_loss(real, fake)
        self.run.improve(self.learner, loss)
        self.run.note(critic=float(loss.detach()), pull=float(self.pull))


@contextmanager
def still(critic: nn.Module) -> Iterator[nn.Module]:
    """The critic judging without learning: gradients pass through it and leave nothing."""
    critic.requires_grad_(False)
    try:
        yield critic
    finally:
        critic.requires_grad_(True)
