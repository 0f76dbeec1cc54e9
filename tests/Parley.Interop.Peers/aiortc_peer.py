"""aiortc as a peer in a room of a Parley server (docs/signaling.md).

It sends a tone and moving grey, counts and decodes what comes, and answers "ask:..." with "answer:...".
Each line of its output is a JSON object that says how things stand. Lines of its input: "offer" (this side begins), "say TEXT",
"direction KIND DIRECTION" and "negotiate" (an offer of what has changed), "channel LABEL JSON" (another data channel, with aiortc's
options), "bye" (closes and leaves). On channels other than the first, bytes are sent back.
"""

import array
import asyncio
import fractions
import json
import math
import sys

import aiohttp
import aioice.ice
import aiortc
import av
from aiortc.sdp import candidate_from_sdp

# aioice leaves loopback out; the test machine may have nothing else.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


class Tone(aiortc.MediaStreamTrack):
    """440 Hz in packets of 20 ms."""

    kind = "audio"

    def __init__(self):
        super().__init__()
        self._begin = None
        self._samples = 0

    async def recv(self):
        loop = asyncio.get_running_loop()
        self._begin = self._begin or loop.time()
        await asyncio.sleep(self._begin + self._samples / 48000 - loop.time())
        samples = array.array("h", (int(8000 * math.sin(2 * math.pi * 440 * (self._samples + i) / 48000)) for i in range(960)))
        frame = av.AudioFrame(format="s16", layout="mono", samples=960)
        frame.planes[0].update(samples.tobytes())
        frame.sample_rate, frame.pts, frame.time_base = 48000, self._samples, fractions.Fraction(1, 48000)
        self._samples += 960
        return frame


class MovingGrey(aiortc.VideoStreamTrack):
    """320x240, each frame lighter than the one before."""

    _count = 0

    async def recv(self):
        pts, time_base = await self.next_timestamp()
        frame = av.VideoFrame(width=320, height=240, format="yuv420p")
        for plane, value in zip(frame.planes, (self._count * 4 % 256, 128, 128)):
            plane.update(bytes([value]) * plane.buffer_size)
        frame.pts, frame.time_base = pts, time_base
        self._count += 1
        return frame


class Peer:
    def __init__(self, socket):
        self.socket = socket
        self.connection = aiortc.RTCPeerConnection()
        self.other = None
        self.channel = None
        self.channels = []
        self.closing = False
        self.waiting = None  # a description whose candidates are still to come
        self.candidates = []
        self.status = {"version": aiortc.__version__, "audio": 0, "loud": 0, "video": 0, "size": [0, 0], "texts": [], "channel": ""}
        self.connection.on("track", self.on_track)
        self.connection.on("datachannel", self.adopt)

    def adopt(self, channel):
        self.channels.append(channel)
        if not self.channel:
            self.channel = channel
            self.status["channel"] = channel.label

        @channel.on("message")
        def on_message(message):
            if isinstance(message, bytes):
                channel.send(message)
                return
            self.status["texts"].append(message)
            if message.startswith("ask:"):
                channel.send("answer:" + message[4:])

    def on_track(self, track):
        asyncio.ensure_future(self.count(track))

    async def count(self, track):
        while True:
            try:
                frame = await track.recv()
            except aiortc.mediastreams.MediaStreamError:
                return
            self.status[track.kind] += 1
            if track.kind == "video":
                self.status["size"] = [frame.width, frame.height]
            elif max(array.array("h", bytes(frame.planes[0]))) > 500:
                self.status["loud"] += 1

    def add_tracks(self):
        if not any(sender.track for sender in self.connection.getSenders()):
            self.connection.addTrack(Tone())
            self.connection.addTrack(MovingGrey())

    async def offer(self):
        self.add_tracks()
        self.adopt(self.connection.createDataChannel("from aiortc"))
        await self.connection.setLocalDescription(await self.connection.createOffer())
        await self.send_description()

    async def send_description(self):
        description = self.connection.localDescription
        await self.socket.send_json({"to": self.other, "description": {"type": description.type, "sdp": description.sdp}})

    async def receive(self, message):
        if message.get("type") == "welcome":
            self.other = message["peers"][0]["id"] if message["peers"] else None
        elif message.get("type") == "peer-joined":
            self.other = message["id"]
        elif "description" in message:
            # aioice fails at once without a candidate, and takes none after the end: so it gets them whole, in the description.
            self.waiting = message["description"]
            self.candidates.clear()
            if "a=candidate:" in self.waiting["sdp"]:
                await self.take_description()
        elif "candidate" in message and self.waiting:
            if message["candidate"] is None:
                await self.take_description()
            elif message["candidate"]["candidate"]:
                self.candidates.append(message["candidate"])

    async def take_description(self):
        description, self.waiting = self.waiting, None
        await self.connection.setRemoteDescription(aiortc.RTCSessionDescription(**description))
        for entry in self.candidates:
            candidate = candidate_from_sdp(entry["candidate"].split(":", 1)[1])
            candidate.sdpMid, candidate.sdpMLineIndex = entry["sdpMid"], entry["sdpMLineIndex"]
            await self.connection.addIceCandidate(candidate)
        if description["type"] == "offer":
            self.add_tracks()
            await self.connection.setLocalDescription(await self.connection.createAnswer())
            await self.send_description()

    async def report(self):
        while not self.closing:
            connection = self.connection
            self.status.update(
                other=self.other,
                signaling=connection.signalingState,
                connection=connection.connectionState,
                directions={each.kind: each.currentDirection for each in connection.getTransceivers()},
                mids=[each.mid for each in connection.getTransceivers()],
                channels={
                    each.label: [each.id, each.ordered, each.maxRetransmits, each.maxPacketLifeTime, each.protocol, each.readyState]
                    for each in self.channels
                },
                open=bool(self.channel and self.channel.readyState == "open"),
                sent={},
            )
            for stats in (await connection.getStats()).values():
                if stats.type == "outbound-rtp":
                    self.status["sent"][stats.kind] = stats.packetsSent
                elif stats.type == "inbound-rtp":
                    self.status.setdefault("lost", {})[stats.kind] = stats.packetsLost
            print(json.dumps(self.status), flush=True)
            await asyncio.sleep(0.1)

    async def obey(self):
        reader = asyncio.StreamReader()
        await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
        while line := (await reader.readline()).decode().rstrip("\n"):
            command, _, text = line.partition(" ")
            if command == "offer":
                await self.offer()
            elif command == "negotiate":
                await self.connection.setLocalDescription(await self.connection.createOffer())
                await self.send_description()
            elif command == "direction":
                kind, direction = text.split()
                next(each for each in self.connection.getTransceivers() if each.kind == kind).direction = direction
            elif command == "channel":
                label, options = text.split(" ", 1)
                self.adopt(self.connection.createDataChannel(label, **json.loads(options)))
            elif command == "say":
                self.channel.send(text)
            elif command == "bye":
                break
        self.closing = True
        await self.connection.close()
        await self.socket.close()


async def main(address):
    async with aiohttp.ClientSession() as session, session.ws_connect(address, autoping=True) as socket:
        peer = Peer(socket)
        tasks = [asyncio.ensure_future(peer.report()), asyncio.ensure_future(peer.obey())]
        async for message in socket:
            await peer.receive(json.loads(message.data))
        for task in tasks:
            await task


asyncio.run(main(sys.argv[1]))
