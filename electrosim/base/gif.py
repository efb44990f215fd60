"""Animated pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def gif(frames: Sequence[NDArray[np.uint8]], milliseconds: int) -> bytes:
    """Return an endless GIF.

    Parameters
    ----------
    frames : sequence of ndarray of uint8, shape (height, width, 3)
        Red, green and blue.
    milliseconds : int
        That each is shown.
    """
    from PIL import Image

    first, *others = (Image.fromarray(frame) for frame in frames)
    content = io.BytesIO()
    first.save(content, "GIF", save_all=True, append_images=others, duration=milliseconds, loop=0, optimize=True)
    return content.getvalue()
