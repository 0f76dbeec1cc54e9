"""The table and the plot of bench/goodput, from the lines that the simulation wrote."""

import csv
import pathlib
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

COLOURS = {"cubic": "#2b6cb0", "bbr": "#dd6b20", "tcp-cubic": "#a0aec0"}
RESULTS = pathlib.Path(sys.argv[1])
GOODPUT, SHARES = {}, []
with open(RESULTS / "goodput.csv", encoding="utf-8") as file:
    for kind, *row in csv.reader(file):
        if kind == "goodput":
            GOODPUT[row[0], int(row[1]), float(row[2])] = float(row[3])
        else:
            SHARES.append((row[0], row[1], int(row[2]), float(row[3]), float(row[4]), float(row[5])))

SENDERS = list(dict.fromkeys(sender for sender, _, _ in GOODPUT))
LINKS = list(dict.fromkeys((trip, loss) for _, trip, loss in GOODPUT))


def table():
    lines = ["# Goodput and fairness on simulated links", ""]
    lines += ["`bench/goodput` writes this page; [performance.md](../../docs/performance.md) says what is simulated.", "", "![Goodput and shares](goodput.png)", ""]
    lines += ["One flow on a gigabit, with a queue of one round trip's bytes and an MTU of 1,500: Mbit/s of user data.", ""]
    lines += ["| round trip | random loss | " + " | ".join(f"`{sender}`" for sender in SENDERS) + " |", "| --- | --- |" + " ---: |" * len(SENDERS)]
    for trip, loss in LINKS:
        lines.append(f"| {trip} ms | {loss:.1%} | " + " | ".join(f"{GOODPUT[sender, trip, loss]:,.4g}" for sender in SENDERS) + " |")
    lines += ["", "Two flows share 50 Mbit/s, the second begun seven seconds after the first; a minute later, over two minutes: Mbit/s, and how far each is from half of the sum.", ""]
    lines += ["| first | second | round trip | queue, in round trips | first | second | from equal |", "| --- | --- | --- | ---: | ---: | ---: | ---: |"]
    for first, second, trip, queue, one, other in SHARES:
        lines.append(f"| `{first}` | `{second}` | {trip} ms | {queue:g} | {one:.1f} | {other:.1f} | {abs(one - other) / (one + other):.0%} |")
    return "\n".join(lines) + "\n"


def plot():
    figure, (speeds, shares) = pyplot.subplots(1, 2, figsize=(15, 6), gridspec_kw={"width_ratios": [3, 2]})
    width = 0.8 / len(SENDERS)
    for index, sender in enumerate(SENDERS):
        places = [place + (index - (len(SENDERS) - 1) / 2) * width for place in range(len(LINKS))]
        speeds.bar(places, [GOODPUT[sender, trip, loss] for trip, loss in LINKS], width, label=sender, color=COLOURS.get(sender))
    speeds.set_yscale("log")
    speeds.set_xticks(range(len(LINKS)), [f"{trip} ms\n{loss:.1%}" for trip, loss in LINKS])
    speeds.set_ylabel("Mbit/s of user data")
    speeds.set_title("One flow on a gigabit, by round trip and random loss")
    speeds.legend()
    names = [f"{first} / {second}, {trip} ms, {queue:g} ×" for first, second, trip, queue, _, _ in SHARES]
    parts = [one / (one + other) for _, _, _, _, one, other in SHARES]
    shares.barh(names, parts, color=[COLOURS.get(first) for first, *_ in SHARES])
    shares.barh(names, [1 - part for part in parts], left=parts, color=[COLOURS.get(second) for _, second, *_ in SHARES], alpha=0.6)
    shares.axvspan(0.4, 0.6, color="black", alpha=0.12)
    shares.axvline(0.5, color="black", linewidth=0.8)
    shares.invert_yaxis()
    shares.tick_params(axis="y", labelsize=7)
    shares.set_title("Shares of 50 Mbit/s; grey: within 20 % of equal")
    figure.tight_layout()
    figure.savefig(RESULTS / "goodput.png", dpi=80)


(RESULTS / "goodput.md").write_text(table(), encoding="utf-8")
plot()
