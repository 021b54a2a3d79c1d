"""就高不重复 stacking: of benefits that exclude each other the highest is paid; the others are shown too. Pure."""

from collections.abc import Sequence

from kechuang.kit.rules.verdicts import Verdict


def beaten(verdicts: Sequence[Verdict]) -> dict[str, str]:
    """For each pack that loses in its exclusion group, the code of the pack that wins; by code where they are equal."""
    groups: dict[str, list[Verdict]] = {}
    for verdict in verdicts:
        benefit = verdict.pack.benefit
        if benefit is not None and benefit.group and verdict.amount is not None:
            groups.setdefault(benefit.group, []).append(verdict)
    losing: dict[str, str] = {}
    for rivals in groups.values():
        ranked = sorted(rivals, key=lambda v: (-(v.amount.payable if v.amount else 0), v.pack.code))
        losing |= {verdict.pack.code: ranked[0].pack.code for verdict in ranked[1:]}
    return losing
