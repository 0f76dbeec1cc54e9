"""Janus with its EchoTest plugin as a peer of the matrix: see ../README.md for the commands. It sends back what it receives, and never offers."""
import itertools
import json
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import serve  # noqa: E402

SECRET = "matrix"
OTHERS = "audiobridge duktape lua nosip recordplay sip streaming textroom videocall videoroom voicemail"
GENERAL = """
general: {{ admin_secret = "{secret}" session_timeout = 0 }}
certificates: {{ dtls_accept_selfsigned = true }}
nat: {{ ice_ignore_list = "vmnet" }}
plugins: {{ disable = "{plugins}" }}
transports: {{ disable = "libjanus_http.so,libjanus_websockets.so,libjanus_rabbitmq.so,libjanus_mqtt.so,libjanus_nanomsg.so" }}
loggers: {{ disable = "libjanus_jsonlog.so" }}
"""
UNIX = """
general: {{ enabled = true json = "compact" path = "{folder}/api" type = "SOCK_SEQPACKET" }}
admin: {{ admin_enabled = true admin_path = "{folder}/admin" admin_type = "SOCK_SEQPACKET" }}
"""


class Api:
    """Janus's JSON over a Unix socket: replies by transaction, events as they come."""

    def __init__(self, path, event):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.connect(path)
        self.replies = {}
        self.numbers = itertools.count()
        self.event = event
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        while data := self.receive():
            message = json.loads(data)
            waiting = self.replies.get(message.get("transaction"))
            if waiting and message["janus"] != "ack":
                waiting.put(message)
            else:
                self.event(message)

        for waiting in list(self.replies.values()):
            waiting.put({"janus": "error", "error": {"reason": "Janus ended"}})

    def receive(self):
        try:
            return self.socket.recv(1 << 20)
        except OSError:
            return None

    def ask(self, **message):
        transaction = f"t{next(self.numbers)}"
        reply = self.replies[transaction] = queue.Queue()
        self.socket.send(json.dumps({**message, "transaction": transaction}).encode())
        answered = reply.get()
        del self.replies[transaction]
        if answered["janus"] == "error":
            raise RuntimeError(answered["error"]["reason"])
        return answered

    def tell(self, **message):
        self.socket.send(json.dumps({**message, "transaction": f"t{next(self.numbers)}"}).encode())


class Peer:
    def __init__(self):
        self.offer = self.sdp = None
        self.connection = "new"
        self.over = None

    def create(self):
        self.folder = tempfile.TemporaryDirectory()
        folder = self.folder.name
        plugins = ",".join(f"libjanus_{each}.so" for each in OTHERS.split())
        with open(f"{folder}/janus.jcfg", "w") as file:
            file.write(GENERAL.format(secret=SECRET, plugins=plugins))
        with open(f"{folder}/janus.transport.pfunix.jcfg", "w") as file:
            file.write(UNIX.format(folder=folder))
        # Now and then Janus 1.1 does not see its own Unix socket yet and ends: "No Janus API transport is available".
        while not self.started(folder):
            pass
        self.admin = Api(f"{folder}/admin", lambda _: None)
        self.ids = {"session_id": self.api.ask(janus="create")["data"]["id"]}
        self.ids["handle_id"] = self.api.ask(janus="attach", plugin="janus.plugin.echotest", **self.ids)["data"]["id"]
        return {"name": f"Janus {self.version} (EchoTest)"}

    def started(self, folder):
        self.process = subprocess.Popen(
            ["janus", "--configs-folder", folder, "--disable-colors", "--debug-level", "3"], stdin=subprocess.DEVNULL, stdout=sys.stderr)
        while self.process.poll() is None:
            try:
                self.api = Api(f"{folder}/api", self.happened)
                self.version = self.api.ask(janus="info")["version_string"]
                return True
            except (OSError, RuntimeError):
                time.sleep(0.05)
        return False

    def happened(self, event):
        if event["janus"] == "webrtcup":
            self.connection = "connected"
        elif event["janus"] == "hangup":
            self.over = event.get("reason", "hangup")

    def addTrack(self, kind):
        pass  # it sends what it receives

    def take(self, type, sdp):
        self.offer = sdp

    def answer(self):
        jsep = {"type": "offer", "sdp": self.offer}
        answered = self.api.ask(janus="message", body={"audio": True, "video": True}, jsep=jsep, **self.ids)
        self.sdp = answered["jsep"]["sdp"]
        return {"type": "answer", "sdp": self.sdp}

    def candidate(self, candidate):
        self.api.tell(janus="trickle", candidate=candidate, **self.ids)

    def stats(self):
        info = self.admin.ask(janus="handle_info", admin_secret=SECRET, **self.ids)["info"]
        received = {}
        for medium in self.media(info):
            received[medium["mid"]] = medium.get("stats", {}).get("in", {}).get("packets", 0)
        return {
            "signaling": "stable",
            "connection": self.connection,
            "ufrag": self.sdp.split("a=ice-ufrag:")[1].split("\r\n")[0] if self.sdp else None,
            "open": [],
            "texts": [],
            "over": self.over,
            "sections": [
                {"mid": each["mid"], "kind": each["kind"], "current": serve.current(self.sdp, self.offer, each["mid"]), "sending": True, "received": received.get(each["mid"], 0)}
                for each in serve.sections(self.sdp or "") if each["kind"] != "application"
            ],
        }

    def media(self, info):
        media = info.get("webrtc", {}).get("media", {})
        return media.values() if isinstance(media, dict) else media

    def close(self):
        self.api.ask(janus="hangup", **self.ids)


def main():
    peer = Peer()
    try:
        for question in serve.questions():
            arguments = {name: value for name, value in question.items() if name not in ("id", "do")}
            try:
                serve.succeed(question, getattr(peer, question["do"])(**arguments))
            except Exception:
                serve.fail(question)
    finally:
        peer.process.kill()
        peer.folder.cleanup()


main()
