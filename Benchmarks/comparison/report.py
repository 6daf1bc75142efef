"""What was measured: as a table on the terminal, and as a table and a chart in files."""

import dataclasses
import statistics

from chart import chart


@dataclasses.dataclass(frozen=True)
class Round:
    """One round of one server."""

    result: object
    user_seconds: float
    system_seconds: float
    resident_bytes: int

    @property
    def cpu_per_request(self):
        """Microseconds."""
        return (self.user_seconds + self.system_seconds) / self.result.requests * 1e6

    @property
    def user_per_request(self):
        return self.user_seconds / self.result.requests * 1e6


class Report:
    """Collects works in the order in which they were measured."""

    def __init__(self, processor, versions, options):
        self.head = [processor, "; ".join(versions), f"{options.rounds} rounds of {options.seconds} s, interleaved"]
        self.sections = []
        self.charts = []
        print("\n".join(self.head))

    def add(self, work, rounds_of, sync):
        title = f"{work.title}, {work.connections} connections"
        lines = _table(rounds_of)
        goals = [_goal(goal, rounds_of) for goal in work.goals if {goal.gateway, goal.against} <= set(rounds_of)]
        if work.name in ("send-durable", "send-latency"):
            goals.append(f"an fdatasync behind 4 KiB: {sync:.0f} µs (median)")
        if work.name == "send-latency" and "nginx, JSON log" in rounds_of:
            goals.append(_latency(rounds_of, sync))
        self._section(title, lines, goals)
        self.charts.append((title, {name: _spread(rounds, "cpu_per_request") for name, rounds in rounds_of.items()}))

    def add_idle(self, rows):
        lines = ["| server | idle MB | KB a connection, of 1,000 | of 5,000 |", "|---|---|---|---|"]
        for name, (idle, *each) in rows.items():
            lines.append(f"| {name} | {idle / 1e6:.1f} | " + " | ".join(f"{value / 1e3:.1f}" for value in each) + " |")
        notes = []
        if "gateway" in rows:
            idle, *each = rows["gateway"]
            notes = [
                _verdict("gateway, idle, with the admin plane", idle / 1e6, 45, "MB"),
                _verdict("gateway, an idle connection", max(each) / 1e3, 6, "KB"),
            ]
        self._section("Memory: idle, and with idle connections", lines, notes)

    def add_start(self, rows):
        lines = ["| server | ms to the first answer | min-max |", "|---|---|---|"]
        for name, values in rows.items():
            lines.append(f"| {name} | {statistics.median(values):.1f} | {min(values):.1f}-{max(values):.1f} |")
        notes = [
            _verdict(name, statistics.median(values), 60, "ms")
            for name, values in rows.items()
            if name.startswith("gateway")
        ]
        self._section("Start to the first answer", lines, notes)

    def _section(self, title, lines, notes):
        self.sections.append("\n".join([f"## {title}", "", *lines, "", *(f"- {note}" for note in notes)]).rstrip())
        print("\n".join(["", title, *lines, *notes]), flush=True)

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        head = ["# What a request costs", "", *(f"- {line}" for line in self.head)]
        if self.charts:
            head += ["", "![CPU per request](comparison.svg)"]
            (folder / "comparison.svg").write_text(chart(self.charts), encoding="utf-8")
        text = "\n".join(head) + "\n\n" + "\n\n".join(self.sections) + "\n"
        (folder / "comparison.md").write_text(text, encoding="utf-8")


def _table(rounds_of):
    """A line for each server; every figure but the range is the median of the rounds."""
    lines = [
        "| server | CPU µs/request | min-max | user | system | requests/s | p50 ms | p99 ms | MB |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, rounds in rounds_of.items():
        low, cpu, high = _spread(rounds, "cpu_per_request")
        user = statistics.median(each.user_per_request for each in rounds)
        rate, p50, p99 = (
            statistics.median(getattr(each.result, what) for each in rounds) for what in ("rate", "p50", "p99")
        )
        memory = statistics.median(each.resident_bytes for each in rounds) / 1e6
        lines.append(
            f"| {name} | {cpu:.1f} | {low:.1f}-{high:.1f} | {user:.1f} | {cpu - user:.1f} | {rate:,.0f} "
            f"| {p50 / 1000:.2f} | {p99 / 1000:.2f} | {memory:.0f} |"
        )
    return lines


def _spread(rounds, what):
    values = [getattr(each, what) for each in rounds]
    return min(values), statistics.median(values), max(values)


def _goal(goal, rounds_of):
    """Of the medians, and the range over the rounds."""
    ours, theirs = rounds_of[goal.gateway], rounds_of[goal.against]
    each = [a.cpu_per_request / b.cpu_per_request for a, b in zip(ours, theirs, strict=True)]
    ratio = _spread(ours, "cpu_per_request")[1] / _spread(theirs, "cpu_per_request")[1]
    what = f"CPU of {goal.gateway} over {goal.against} ({min(each):.2f}-{max(each):.2f})"
    return _verdict(what, ratio, goal.at_most, "")


def _latency(rounds_of, sync):
    ours, theirs = (
        statistics.median(each.result.p50 for each in rounds_of[name]) for name in ("gateway", "nginx, JSON log")
    )
    return _verdict("p50 of gateway, in ms", ours / 1000, (theirs + 2 * sync) / 1000, "(nginx and two syncs)")


def _verdict(what, value, at_most, unit):
    word = "reached" if value <= at_most else "**not reached**"
    return f"{what}: {value:.2f}, goal at most {at_most:.2f} {unit}".rstrip() + f": {word}"
