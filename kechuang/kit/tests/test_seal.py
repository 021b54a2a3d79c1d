"""Sealed bytes open with any of the keys, and with nothing else."""

from kechuang.kit.seal import seal, unseal


def test_what_is_sealed_opens_with_its_key_only() -> None:
    sealed = seal(b"6222021234567890123", ["one"])
    assert b"6222" not in sealed
    assert unseal(sealed, ["one"]) == b"6222021234567890123"
    assert unseal(sealed, ["two", "one"]) == b"6222021234567890123"
    assert unseal(sealed, ["two"]) is None
    assert unseal(sealed[:-1] + b"x", ["one"]) is None


def test_the_first_key_seals() -> None:
    assert unseal(seal(b"x", ["new", "old"]), ["old"]) is None
