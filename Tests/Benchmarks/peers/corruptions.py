"""The corruptions of PyPI's imagecorruptions, as a worker: pictures of 224x224x3 bytes out of a file."""

import argparse
import importlib.metadata
import pathlib

import imagecorruptions.corruptions
import numpy as np
from imagecorruptions import corrupt
from skimage.filters import gaussian

from .worker import serve

SHAPE = (224, 224, 3)


def renamed(picture, sigma, multichannel=False, **others):
    """scikit-image's Gaussian blur, one of whose arguments has another name since imagecorruptions was written."""
    return gaussian(picture, sigma, channel_axis=-1 if multichannel else None, **others)


imagecorruptions.corruptions.gaussian = renamed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pixels", type=pathlib.Path, required=True)
    parser.add_argument("--corruption", required=True)
    parser.add_argument("--severity", type=int, default=3)
    options = parser.parse_args()
    pictures = np.fromfile(options.pixels, np.uint8).reshape(-1, *SHAPE)
    last = None

    def run():
        nonlocal last
        for picture in pictures:
            np.random.seed(1)
            last = corrupt(
                picture, corruption_name=options.corruption, severity=options.severity)

    run()
    serve(
        {"version": importlib.metadata.version("imagecorruptions"), "pictures": len(pictures)},
        run, lambda path: np.asarray(last).astype("<f4").tofile(path))


if __name__ == "__main__":
    main()
