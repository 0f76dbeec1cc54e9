"""GStreamer's webrtcbin as a peer of the matrix: see ../README.md for the commands. It decodes what comes, and sends a ball and a tone."""
import os
import sys
import time

import gi
import numpy

gi.require_version("Gst", "1.0")
gi.require_version("GstSdp", "1.0")
gi.require_version("GstWebRTC", "1.0")
from gi.repository import Gst, GstSdp, GstWebRTC  # noqa: E402

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import serve  # noqa: E402

SOURCES = {
    "audio": "audiotestsrc is-live=true freq=660 ! audioconvert ! audioresample ! opusenc ! rtpopuspay pt={0} ! "
    "application/x-rtp,media=audio,encoding-name=OPUS,payload={0} ! queue",
    "video": "videotestsrc is-live=true pattern=ball ! video/x-raw,width=320,height=240,framerate=15/1 ! "
    "vp8enc deadline=1 keyframe-max-dist=30 ! rtpvp8pay pt={0} ! application/x-rtp,media=video,encoding-name=VP8,payload={0} ! queue",
}
SINKS = {
    "audio": "rtpopusdepay ! opusdec ! audioconvert ! audio/x-raw,format=S16LE ! fakesink name=end sync=false",
    "video": "rtpvp8depay ! vp8dec ! fakesink name=end sync=false",
}
CODECS = {"audio": ("opus", 111), "video": ("vp8", 96)}
DIRECTIONS = {each.value_nick: each for each in (
    GstWebRTC.WebRTCRTPTransceiverDirection.INACTIVE, GstWebRTC.WebRTCRTPTransceiverDirection.SENDONLY,
    GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY, GstWebRTC.WebRTCRTPTransceiverDirection.SENDRECV)}


class Peer:
    def __init__(self):
        Gst.init(None)
        self.pipeline = Gst.Pipeline.new("peer")
        self.webrtc = Gst.ElementFactory.make("webrtcbin", "webrtc")
        self.webrtc.set_property("bundle-policy", GstWebRTC.WebRTCBundlePolicy.MAX_BUNDLE)
        self.pipeline.add(self.webrtc)
        self.received = {}  # by the transceiver's m-line
        self.pictures = {}
        self.loud = {}
        self.transceivers = []
        self.sources = []  # of (transceiver, pad, bin)
        self.channels = {}
        self.texts = []
        self.over = None

    # --- commands

    def create(self):
        self.webrtc.connect("on-ice-candidate", lambda _, line, candidate: serve.tell({"candidate": candidate, "sdpMid": None, "sdpMLineIndex": line}))
        self.webrtc.connect("on-new-transceiver", lambda _, transceiver: self.transceivers.append(transceiver))
        self.webrtc.connect("pad-added", self.listen)
        self.webrtc.connect("on-data-channel", lambda _, channel: self.adopt(channel))
        self.pipeline.set_state(Gst.State.PLAYING)
        return {"name": Gst.version_string().replace("GStreamer", "GStreamer webrtcbin")}

    def addTrack(self, kind):
        codec, number = CODECS[kind]
        for section in serve.sections(self.remote()):
            if section["kind"] == kind:
                number = section["numbers"].get(codec, number)
        source = Gst.parse_bin_from_description(SOURCES[kind].format(number), True)
        self.pipeline.add(source)
        # In a call a track gets a section of its own: one that was negotiated cannot be taken again ("Could not reuse transceiver").
        lines = len(list(serve.sections(self.local())))
        pad = self.webrtc.request_pad_simple(f"sink_{lines}" if lines else "sink_%u")
        source.get_static_pad("src").link(pad)
        transceiver = pad.get_property("transceiver")
        transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.SENDRECV)
        source.sync_state_with_parent()
        self.sources.append((transceiver, pad, source))
        # An offer names what the pad says of itself, which is not all before something has come to it ("OPUS/48000", one channel, which nobody takes).
        while pad.get_current_caps() is None:
            time.sleep(0.01)

    def removeTrack(self, mid):
        transceiver, _, source = next(each for each in self.sources if each[0].get_property("mid") == mid)
        transceiver.set_property("direction", GstWebRTC.WebRTCRTPTransceiverDirection.RECVONLY)
        source.set_state(Gst.State.NULL)
        self.sources = [each for each in self.sources if each[0] is not transceiver]

    def openChannel(self, label):
        self.adopt(self.webrtc.emit("create-data-channel", label, None))

    def offer(self):
        return self.describe("offer")

    def answer(self):
        return self.describe("answer")

    def take(self, type, sdp):
        _, message = GstSdp.SDPMessage.new_from_text(sdp)
        description = GstWebRTC.WebRTCSessionDescription.new(
            GstWebRTC.WebRTCSDPType.OFFER if type == "offer" else GstWebRTC.WebRTCSDPType.ANSWER, message)
        self.ask("set-remote-description", description)
        # What the other side added has no formats until the program names them, and no offer can be made ("Could not reuse transceiver").
        for section in serve.sections(sdp):
            for each in self.transceivers:
                if each.get_property("mid") == section["mid"] and each.get_property("codec-preferences") is None:
                    codec, _ = CODECS[section["kind"]]
                    if number := section["numbers"].get(codec):
                        rate = 48000 if codec == "opus" else 90000
                        each.set_property("codec-preferences", Gst.Caps.from_string(
                            f"application/x-rtp,media={section['kind']},encoding-name={codec.upper()},clock-rate={rate},payload={number}"))

    def candidate(self, candidate):
        self.webrtc.emit("add-ice-candidate", candidate["sdpMLineIndex"], candidate["candidate"])

    def direction(self, mid, direction):
        next(each for each in self.transceivers if each.get_property("mid") == mid).set_property("direction", DIRECTIONS[direction])

    def say(self, label, text):
        self.channels[label].emit("send-string", text)

    def stats(self):
        local = self.local()
        return {
            "signaling": self.webrtc.get_property("signaling-state").value_nick,
            "connection": self.webrtc.get_property("connection-state").value_nick,
            "ufrag": local.split("a=ice-ufrag:")[1].split("\r\n")[0] if "a=ice-ufrag:" in local else None,
            "open": [label for label, each in self.channels.items() if each.get_property("ready-state") == GstWebRTC.WebRTCDataChannelState.OPEN],
            "texts": self.texts,
            "over": self.over,
            "sections": [self.section(each, local) for each in self.transceivers if each.get_property("mid")],
        }

    def close(self):
        self.pipeline.set_state(Gst.State.NULL)

    # --- the rest

    def section(self, transceiver, local):
        line, kind = transceiver.get_property("mlineindex"), transceiver.get_property("kind").value_nick
        return {
            "mid": transceiver.get_property("mid"), "kind": kind, "current": serve.current(local, self.remote(), transceiver.get_property("mid")),
            "sending": any(each[0] is transceiver for each in self.sources), "received": self.received.get(line, 0),
            **({"pictures": self.pictures.get(line, 0)} if kind == "video" else {"loud": self.loud.get(line, False)}),
        }

    def local(self):
        description = self.webrtc.get_property("local-description")
        return description.sdp.as_text() if description else ""

    def remote(self):
        description = self.webrtc.get_property("remote-description")
        return description.sdp.as_text() if description else ""

    def ask(self, signal, argument):
        promise = Gst.Promise.new()
        self.webrtc.emit(signal, argument, promise)
        promise.wait()
        reply = promise.get_reply()
        if reply is not None and reply.has_field("error"):
            raise RuntimeError(f"{signal}: {reply.get_value('error')}")
        return promise

    def describe(self, type):
        promise = self.ask(f"create-{type}", None)
        reply = promise.get_reply()  # which owns the description, as the promise owns it
        description = reply.get_value(type)
        self.ask("set-local-description", description)
        return {"type": type, "sdp": self.local()}

    def adopt(self, channel):
        self.channels[channel.get_property("label")] = channel
        channel.connect("on-message-string", lambda _, text: self.texts.append(text))
        channel.connect("on-close", lambda _: setattr(self, "over", "channel closed"))

    def listen(self, _, pad):
        if pad.direction != Gst.PadDirection.SRC:
            return
        line = pad.get_property("transceiver").get_property("mlineindex")
        kind = pad.get_current_caps().get_structure(0).get_string("media")
        sink = Gst.parse_bin_from_description(SINKS[kind], True)
        self.pipeline.add(sink)
        sink.sync_state_with_parent()
        pad.link(sink.get_static_pad("sink"))

        def packet(_, __):
            self.received[line] = self.received.get(line, 0) + 1
            return Gst.PadProbeReturn.OK

        def decoded(_, info):
            if kind == "video":
                self.pictures[line] = self.pictures.get(line, 0) + 1
            else:
                buffer = info.get_buffer()
                samples = numpy.frombuffer(buffer.extract_dup(0, buffer.get_size()), numpy.int16)
                self.loud[line] = self.loud.get(line, False) or bool(len(samples) and numpy.abs(samples.astype(int)).max() > 400)
            return Gst.PadProbeReturn.OK

        pad.add_probe(Gst.PadProbeType.BUFFER, packet)
        sink.get_by_name("end").get_static_pad("sink").add_probe(Gst.PadProbeType.BUFFER, decoded)


def main():
    peer = Peer()
    for question in serve.questions():
        arguments = {name: value for name, value in question.items() if name not in ("id", "do")}
        try:
            serve.succeed(question, getattr(peer, question["do"])(**arguments))
        except Exception:
            serve.fail(question)
    os._exit(0)


main()
