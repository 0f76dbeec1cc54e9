"""The turns, the table and the plot of bench/compare, which prepares the peers and calls this."""

import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess
import sys

import matplotlib

matplotlib.use("Agg")
from matplotlib import pyplot

ROOT = pathlib.Path(os.environ["BENCH_ROOT"])
WORK = pathlib.Path(os.environ["BENCH_WORK"])
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = os.environ.get("BENCH_SECONDS", "5")
RESULTS = pathlib.Path(os.environ.get("BENCH_RESULTS", ROOT / "bench" / "results"))

# What a workload sends, how many connections it makes, what is shown of it, and whether less is better.
WORKLOADS = {
    "throughput": (65535, 1, [("mb_s", False), ("cpu_s_per_gb", True)]),
    "throughput-two": (65535, 1, [("mb_s", False), ("cpu_s_per_gb", True)]),
    "messages": (100, 1, [("messages_s", False), ("cpu_us_per_message", True)]),
    "round-trip": (100, 1, [("median_us", True), ("p99_us", True)]),
    "connect": (0, 50, [("median_ms", True), ("cpu_ms_per_connection", True)]),
    "rtp": (1120, 1, [("packets_s", False), ("cpu_us_per_packet", True)]),
    "srtp": (1200, 1, [("gcm_protect_ns", True), ("gcm_unprotect_ns", True), ("cm_protect_ns", True), ("cm_unprotect_ns", True),
        ("cm_protect_together_ns", True), ("cm_unprotect_together_ns", True)]),
}


def commands():
    """How each peer is asked: its name, the workloads it knows, and its command."""
    datachannel = {"throughput", "messages", "round-trip", "connect"}
    two = {"throughput-two"}
    yield "parley", set(WORKLOADS), lambda name, message, count: [
        ROOT / "parley", "bench", name.removesuffix("-two"), "--seconds", SECONDS, "--connections", str(count),
        *(["--message", str(message)] if message else []), *(["--two-processes"] if name.endswith("-two") else []),
    ]
    for library, package in (("libwebrtc", "wrtc"), ("werift", "werift")):
        if (WORK / "node" / "node_modules" / ("@roamhq/wrtc" if package == "wrtc" else package)).exists():
            yield library, datachannel | two, lambda name, message, count, package=package: [
                "node", WORK / "node" / "main.js", package, name.removesuffix("-two"), SECONDS, str(message), str(count)]
    if (WORK / "pion").exists():
        yield "pion", datachannel | {"rtp"}, lambda name, message, count: [WORK / "pion", name, SECONDS, str(message), str(count)]
    if subprocess.run(["/usr/bin/python3", "-c", "import aiortc"], capture_output=True).returncode == 0:
        yield "aiortc", datachannel | {"rtp"}, lambda name, message, count: [
            "/usr/bin/python3", ROOT / "bench" / "peers" / "aiortc" / "main.py", name, SECONDS, str(message), str(count)]
    if (WORK / "libsrtp2").exists():
        yield "libsrtp2", {"srtp"}, lambda name, message, count: [WORK / "libsrtp2", SECONDS, str(message)]


def flattened(measured):
    """Parley's figures of SRTP come by profile, and for several packets together."""
    for short, profile in (("gcm", "AEAD_AES_128_GCM"), ("cm", "AES_CM_128_HMAC_SHA1_80")):
        for member, value in measured.get("profiles", {}).get(profile, {}).items():
            measured[f"{short}_{member}"] = value
    for member in ("cm_protect", "cm_unprotect"):
        # libsrtp2 has no call for several packets: each costs what one costs.
        if f"{member}_ns" in measured:
            measured.setdefault(f"{member}_together_ns", measured[f"{member}_ns"])
    return measured


def measure(command, name, message, count):
    environment = {**os.environ, "BENCH_TWO_PROCESSES": "1" if name.endswith("-two") else ""}
    done = subprocess.run([str(part) for part in command(name, message, count)], capture_output=True, text=True, timeout=60 + 4 * float(SECONDS), env=environment)
    if done.returncode != 0:
        raise RuntimeError((done.stderr.strip().splitlines() or ["no word"])[-1])
    return flattened(json.loads(done.stdout.strip().splitlines()[-1]))


def take_turns(names):
    values = {}
    for turn in range(1, ROUNDS + 1):
        for name in names:
            message, count, members = WORKLOADS[name]
            for peer, known, command in commands():
                if name not in known:
                    continue
                print(f"round {turn} of {ROUNDS}: {name}, {peer}", file=sys.stderr)
                try:
                    measured = measure(command, name, message, count)
                except (RuntimeError, subprocess.TimeoutExpired) as error:
                    print(f"  failed: {error}", file=sys.stderr)
                    continue
                for member in (member for member, _ in members if measured.get(member) is not None):
                    values.setdefault((name, member), {}).setdefault(peer, []).append(measured[member])
    return values


def table(values):
    lines = ["| workload | figure | peer | median | least | most | how many times better Parley is |", "| --- | --- | --- | ---: | ---: | ---: | ---: |"]
    for (name, member), by_peer in values.items():
        less_is_better = dict(WORKLOADS[name][2])[member]
        own = statistics.median(by_peer["parley"]) if "parley" in by_peer else None
        for peer, numbers in by_peer.items():
            median = statistics.median(numbers)
            ratio = "" if peer == "parley" or not own or not median else f"{(median / own if less_is_better else own / median):.2f}"
            lines.append(f"| {name} | `{member}` | {peer} | {median:,.4g} | {min(numbers):,.4g} | {max(numbers):,.4g} | {ratio} |")
    return "\n".join(lines)


def plot(values, path):
    figure, axes = pyplot.subplots((len(values) + 2) // 3, 3, figsize=(14, 3 * ((len(values) + 2) // 3)), squeeze=False)
    for axis in axes.flat:
        axis.set_visible(False)
    for axis, ((name, member), by_peer) in zip(axes.flat, values.items()):
        axis.set_visible(True)
        medians = [statistics.median(numbers) for numbers in by_peer.values()]
        spread = [
            [median - min(numbers) for median, numbers in zip(medians, by_peer.values())],
            [max(numbers) - median for median, numbers in zip(medians, by_peer.values())],
        ]
        axis.barh(list(by_peer), medians, xerr=spread, color=["#2b6cb0" if peer == "parley" else "#a0aec0" for peer in by_peer])
        axis.invert_yaxis()
        axis.set_title(f"{name}: {member} ({'less' if dict(WORKLOADS[name][2])[member] else 'more'} is better)", fontsize=9)
    figure.tight_layout()
    figure.savefig(path, dpi=80)


def main():
    names = sys.argv[1:] or list(WORKLOADS)
    unknown = [name for name in names if name not in WORKLOADS]
    if unknown:
        sys.exit(f"no such workload: {', '.join(unknown)}; there are {', '.join(WORKLOADS)}")
    values = take_turns(names)
    commit = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True).stdout.strip()
    text = (
        f"# Parley beside the others\n\n{datetime.date.today():%d %B %Y}, commit {commit}, {os.cpu_count()} cores ({platform.machine()}), {ROUNDS} rounds of {SECONDS} s, taking turns; "
        "only ratios within one run mean something.\nRepeat it: `bench/compare`. Messages: 65,535 bytes for `throughput` (`-two`: in two processes; Pion reads none of 65,536), 100 bytes for `messages` and `round-trip`, "
        f"1,120 for `rtp` (one packet each everywhere: Parley's datagrams have 1,200 bytes at the most), 1,200 for `srtp` (`together`: 64 packets to a call, where libsrtp2 takes "
        f"one).\n\n![The medians, and the range of the rounds](compare.png)\n\n{table(values)}\n"
    )
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "README.md").write_text(text)
    plot(values, RESULTS / "compare.png")
    print(text)


main()
