"""Commands from standard input, replies to standard output: a JSON object a line. See README.md."""
import json
import re
import sys
import threading
import traceback

_printing = threading.Lock()


def say(message):
    with _printing:
        print(json.dumps(message), flush=True)


def tell(candidate):
    """Tells a candidate."""
    say({"told": candidate})


def questions():
    """The commands, as they come."""
    for line in sys.stdin:
        yield json.loads(line)


def fail(question):
    """Answers a command with the exception that is being handled."""
    say({"id": question["id"], "error": traceback.format_exc(limit=-3)})


def succeed(question, reply):
    say({"id": question["id"], "ok": reply or {}})


def sections(sdp):
    """What a description says of its sections: kind, mid, direction and payload types by codec."""
    for text in re.split(r"\r?\n(?=m=)", sdp)[1:]:
        lines = text.split("\r\n")
        mid = next((line[6:] for line in lines if line.startswith("a=mid:")), None)
        direction = next((each for each in ("sendrecv", "sendonly", "recvonly", "inactive") if f"a={each}" in lines), "sendrecv")
        numbers = {}
        for number, name in re.findall(r"a=rtpmap:(\d+) ([\w-]+)/", text):
            numbers.setdefault(name.lower(), int(number))
        yield {"kind": lines[0][2:].split()[0], "mid": mid, "direction": direction, "numbers": numbers}


def current(local, remote, mid):
    """The direction in use from the side of the local description; None where one of them lacks the section."""
    ours, theirs = (next((each["direction"] for each in sections(sdp or "") if each["mid"] == mid), None) for sdp in (local, remote))
    if not ours or not theirs:
        return None
    sends = ours in ("sendrecv", "sendonly") and theirs in ("sendrecv", "recvonly")
    receives = ours in ("sendrecv", "recvonly") and theirs in ("sendrecv", "sendonly")
    return {(True, True): "sendrecv", (True, False): "sendonly", (False, True): "recvonly", (False, False): "inactive"}[sends, receives]
