"""aiortc as a peer of the matrix: see ../README.md for the commands. It decodes what comes, and sends a tone and moving bars."""
import asyncio
import os
import sys

import aiortc
import av
import numpy
from aiortc.mediastreams import AudioStreamTrack, VideoStreamTrack
from aiortc.sdp import candidate_from_sdp

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
import serve  # noqa: E402


class Tone(AudioStreamTrack):
    async def recv(self):
        frame = await super().recv()
        at = frame.pts + numpy.arange(frame.samples)
        frame.planes[0].update((8000 * numpy.sin(2 * numpy.pi * 660 * at / frame.sample_rate)).astype(numpy.int16).tobytes())
        return frame


class Bars(VideoStreamTrack):
    async def recv(self):
        pts, base = await self.next_timestamp()
        picture = numpy.full((240, 320, 3), 60, numpy.uint8)
        picture[:, (pts // 900) % 320] = 220
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
        frame.pts, frame.time_base = pts, base
        return frame


class Peer:
    def __init__(self):
        self.connection = aiortc.RTCPeerConnection()
        self.tracks = {}  # by transceiver: what it sends where it may
        self.channels = {}
        self.texts = []
        self.over = None
        self.pictures = {}
        self.loud = {}
        self.connection.on("datachannel", self.adopt)
        self.connection.on("track", self.listen)

    def at(self, mid):
        return next(each for each in self.connection.getTransceivers() if each.mid == mid)

    def adopt(self, channel):
        self.channels[channel.label] = channel
        channel.on("message", self.texts.append)
        channel.on("close", lambda: setattr(self, "over", "channel closed"))

    def listen(self, track):
        async def run():
            transceiver = next(each for each in self.connection.getTransceivers() if each.receiver.track is track)
            while True:
                try:
                    frame = await track.recv()
                except aiortc.mediastreams.MediaStreamError:
                    return
                if track.kind == "video":
                    self.pictures[transceiver] = self.pictures.get(transceiver, 0) + 1
                elif numpy.abs(frame.to_ndarray()).max() > 400:
                    self.loud[transceiver] = True

        asyncio.ensure_future(run())

    async def create(self):
        return {"name": f"aiortc {aiortc.__version__}"}

    async def addTrack(self, kind):
        track = Tone() if kind == "audio" else Bars()
        sender = self.connection.addTrack(track)
        self.tracks[next(each for each in self.connection.getTransceivers() if each.sender is sender)] = track

    async def removeTrack(self, mid):
        del self.tracks[self.at(mid)]
        self.at(mid).sender.replaceTrack(None)
        self.at(mid).direction = "recvonly"

    # aiortc goes on sending whatever the direction is: to stop is the program's part.
    def send_where_it_may(self):
        for each, track in self.tracks.items():
            wanted = track if "send" in (each.currentDirection or "") else None
            if each.sender.track is not wanted and each.currentDirection is not None:
                each.sender.replaceTrack(wanted)

    async def openChannel(self, label):
        self.adopt(self.connection.createDataChannel(label))

    async def offer(self):
        return await self.describe(await self.connection.createOffer())

    async def answer(self):
        return await self.describe(await self.connection.createAnswer())

    async def describe(self, description):
        await self.connection.setLocalDescription(description)
        self.send_where_it_may()
        return {"type": description.type, "sdp": self.connection.localDescription.sdp}

    async def take(self, type, sdp):
        await self.connection.setRemoteDescription(aiortc.RTCSessionDescription(sdp, type))
        self.keep_numbers()
        self.send_where_it_may()

    # aiortc 1.4 offers payload types and ids of header extensions by a table of its own, also where others were agreed before, and goes on sending by those.
    # Browsers refuse that ("RTP extension ID reassignment not supported"). To keep what was agreed is the program's part.
    def keep_numbers(self):
        for each in self.connection.getTransceivers():
            if each._codecs:
                aiortc.codecs.CODECS[each.kind] = each._codecs[:]
                aiortc.codecs.HEADER_EXTENSIONS[each.kind] = each._headerExtensions[:]

    async def candidate(self, candidate):
        each = candidate_from_sdp(candidate["candidate"].split(":", 1)[1])
        each.sdpMid, each.sdpMLineIndex = candidate["sdpMid"], candidate["sdpMLineIndex"]
        await self.connection.addIceCandidate(each)

    async def direction(self, mid, direction):
        self.at(mid).direction = direction

    async def say(self, label, text):
        self.channels[label].send(text)

    async def stats(self):
        sections = []
        for each in self.connection.getTransceivers():
            received = sum(stats.packetsReceived for stats in (await each.receiver.getStats()).values() if stats.type == "inbound-rtp")
            sections.append({
                "mid": each.mid, "kind": each.kind, "current": each.currentDirection, "sending": each in self.tracks, "received": received,
                **({"pictures": self.pictures.get(each, 0)} if each.kind == "video" else {"loud": self.loud.get(each, False)}),
            })
        local = self.connection.localDescription
        return {
            "signaling": self.connection.signalingState,
            "connection": self.connection.connectionState,
            "ufrag": local and local.sdp.split("a=ice-ufrag:")[1].split("\r\n")[0],
            "open": [label for label, each in self.channels.items() if each.readyState == "open"],
            "texts": self.texts,
            "over": self.over,
            "sections": [each for each in sections if each["mid"] is not None],
        }

    async def close(self):
        await self.connection.close()


async def main():
    loop = asyncio.get_running_loop()
    peer = Peer()
    asked = serve.questions()
    while question := await loop.run_in_executor(None, next, asked, None):
        arguments = {name: value for name, value in question.items() if name not in ("id", "do")}
        try:
            serve.succeed(question, await getattr(peer, question["do"])(**arguments))
        except Exception:
            serve.fail(question)
    os._exit(0)


asyncio.run(main())
