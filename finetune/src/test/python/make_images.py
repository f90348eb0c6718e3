"""golden/images: pictures resized and normalised, PyTorch's antialiased interpolation (that of the Python imaging library)."""
import torch
import torch.nn.functional as F

from golden import directory, save

SIZES = {"smaller": (8, 12), "larger": (30, 40), "mixed": (40, 9)}


def main():
    path = directory("images")
    generator = torch.Generator().manual_seed(61)
    picture = torch.randint(0, 256, (1, 3, 17, 23), generator=generator, dtype=torch.uint8)
    tensors = {"picture": picture[0].permute(1, 2, 0).long()}
    for mode in ("bilinear", "bicubic"):
        for name, size in SIZES.items():
            resized = F.interpolate(picture, size, mode=mode, antialias=True, align_corners=False)
            tensors[f"{mode}.{name}"] = resized[0].permute(1, 2, 0).long()
    save(path, tensors)


if __name__ == "__main__":
    main()
