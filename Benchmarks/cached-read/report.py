"""What was measured, as a table."""

import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Round:
    """One round of one server."""

    result: object
    cpu_seconds: float

    @property
    def cpu_per_request(self):
        """Microseconds."""
        return self.cpu_seconds / self.result.requests * 1e6


def table(rounds_of):
    """A line for each server; every figure but the range is the median of the rounds."""
    lines = [f"{'server':<24}{'requests/s':>12}{'CPU µs/request':>17}{'min-max':>20}{'p50 ms':>9}{'p99 ms':>9}"]
    for name, rounds in rounds_of.items():
        cpu = [each.cpu_per_request for each in rounds]
        rate, p50, p99 = (
            statistics.median(getattr(each.result, what) for each in rounds) for what in ("rate", "p50", "p99")
        )
        spread = f"{min(cpu):.2f}-{max(cpu):.2f}"
        lines.append(
            f"{name:<24}{rate:>12,.0f}{statistics.median(cpu):>17.2f}{spread:>20}{p50 / 1000:>9.2f}{p99 / 1000:>9.2f}"
        )
    return "\n".join(lines)


def ratios(rounds_of):
    """CPU per request of the first server over that of each other: of the medians, and the range over the rounds."""
    (first, ours), *others = rounds_of.items()
    lines = []
    for name, theirs in others:
        each = [a.cpu_per_request / b.cpu_per_request for a, b in zip(ours, theirs, strict=True)]
        ratio = _median_cpu(ours) / _median_cpu(theirs)
        lines.append(f"CPU per request, ({first}) / ({name}): {ratio:.2f} ({min(each):.2f}-{max(each):.2f})")
    return "\n".join(lines)


def _median_cpu(rounds):
    return statistics.median(each.cpu_per_request for each in rounds)
