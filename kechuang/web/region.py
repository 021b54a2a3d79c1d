"""地区包: where pages find what the region's pack says about itself."""

from kechuang.core.vocab.region import region

__all__ = ["region"]
