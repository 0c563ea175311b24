"""How the formats order a tensor's axes, against ours (PyTorch's)."""

from enum import Enum

from torch import Tensor

from generator.convert.formats.stored import Shape


class Layout(Enum):
    """The axes of ours, in the order in which the checkpoint has them."""

    SAME = None
    LINEAR = (1, 0)  # [in, out]
    CONVOLUTION = (2, 3, 1, 0)  # [kh, kw, in, out]
    VECTOR = ()  # as ours, but Flax before 0.3.6 gave group norms leading axes of 1

    def expected(self, shape: Shape) -> Shape:
        """The shape that a tensor of ours has in the checkpoint."""
        return tuple(shape[axis] for axis in self.value) if self.value else shape

    def fits(self, found: Shape, shape: Shape) -> bool:
        if self is Layout.VECTOR:
            found = found[-1:] if set(found[:-1]) <= {1} else found
        return found == self.expected(shape)

    def ours(self, tensor: Tensor) -> Tensor:
        if self is Layout.VECTOR:
            return tensor.reshape(-1)
        if not self.value:
            return tensor
        back = sorted(range(len(self.value)), key=self.value.__getitem__)
        return tensor.permute(back)
