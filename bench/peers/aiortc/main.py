#!/usr/bin/python3
"""aiortc beside Parley: the same workloads over the same loopback sockets, two connections in one process, one JSON line out."""

import asyncio
import json
import math
import resource
import sys
import time

import aioice.ice
from aiortc import RTCConfiguration, RTCPeerConnection, VideoStreamTrack
from aiortc.codecs import vpx
from av.frame import Frame

WARM_UP = 1.0
HIGH_WATER = 128 * 1024
LOW_WATER = 64 * 1024

# Loopback only, as the others.
aioice.ice.get_host_addresses = lambda use_ipv4, use_ipv6: ["127.0.0.1"]


def processor_time():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def quantile(values, share):
    values = sorted(values)
    return values[max(0, math.ceil(share * len(values)) - 1)]


class Pair:
    def __init__(self):
        configuration = RTCConfiguration(iceServers=[])
        self.here, self.there = RTCPeerConnection(configuration), RTCPeerConnection(configuration)

    async def open_channel(self):
        channel = self.here.createDataChannel("bench")
        opened = asyncio.Event()
        channel.on("open", opened.set)
        await self.here.setLocalDescription(await self.here.createOffer())
        await self.there.setRemoteDescription(self.here.localDescription)
        await self.there.setLocalDescription(await self.there.createAnswer())
        await self.here.setRemoteDescription(self.there.localDescription)
        await asyncio.wait_for(opened.wait(), 20)
        return channel

    async def close(self):
        await asyncio.gather(self.here.close(), self.there.close())


async def flow(options):
    pair = Pair()
    counted = asyncio.get_running_loop().create_future()
    totals = [0, 0]

    def take(message):
        if isinstance(message, bytes):
            totals[0] += len(message)
            totals[1] += 1
        elif message == "start":
            totals[0] = totals[1] = 0
        else:
            counted.set_result(tuple(totals))

    pair.there.on("datachannel", lambda channel: channel.on("message", take))
    channel = await pair.open_channel()
    channel.bufferedAmountLowThreshold = LOW_WATER
    room = asyncio.Event()
    channel.on("bufferedamountlow", room.set)
    message = bytes(options["message"])

    async def send(seconds):
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            channel.send(message)
            if channel.bufferedAmount > HIGH_WATER:
                room.clear()
                await room.wait()

    await send(WARM_UP)
    channel.send("start")
    cpu, start = processor_time(), time.perf_counter()
    await send(options["seconds"])
    channel.send("end")
    size, count = await counted
    seconds, cpu = time.perf_counter() - start, processor_time() - cpu
    await pair.close()
    return size, count, seconds, cpu


async def throughput(options):
    size, _, seconds, cpu = await flow(options)
    return {"mb_s": round(size / seconds / 1e6, 2), "cpu_s_per_gb": round(cpu / (size / 1e9), 3)}


async def messages(options):
    _, count, seconds, cpu = await flow(options)
    return {"messages_s": round(count / seconds), "cpu_us_per_message": round(cpu * 1e6 / count, 3)}


async def round_trip(options):
    pair = Pair()

    @pair.there.on("datachannel")
    def echo(channel):
        channel.on("message", channel.send)

    channel = await pair.open_channel()
    back = asyncio.Event()
    channel.on("message", lambda _: back.set())
    message = bytes(options["message"])

    async def play(seconds):
        times = []
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            start = time.perf_counter()
            back.clear()
            channel.send(message)
            await back.wait()
            times.append((time.perf_counter() - start) * 1e6)
        return times

    await play(WARM_UP)
    times = await play(options["seconds"])
    await pair.close()
    return {"median_us": round(quantile(times, 0.5), 1), "p99_us": round(quantile(times, 0.99), 1)}


async def connect(options):
    async def once():
        start = time.perf_counter()
        pair = Pair()
        await pair.open_channel()
        elapsed = (time.perf_counter() - start) * 1e3
        await pair.close()
        return elapsed

    await once()
    cpu = processor_time()
    times = [await once() for _ in range(options["connections"])]
    cpu = processor_time() - cpu
    return {
        "median_ms": round(quantile(times, 0.5), 2),
        "p99_ms": round(quantile(times, 0.99), 2),
        "cpu_ms_per_connection": round(cpu * 1e3 / options["connections"], 2),
    }


async def rtp(options):
    """aiortc has no way to send packets of one's own: its encoder is replaced by one that makes a packet out of nothing, and its receiver counts."""
    payload = b"\x10" + bytes(options["message"] - 1)
    size = 64

    class Ready(VideoStreamTrack):
        async def recv(self):
            await asyncio.sleep(0)
            return Frame()

    vpx.Vp8Encoder.encode = lambda self, frame, force_keyframe=False: ([payload] * size, 0)
    pair = Pair()
    received = 0
    watched = asyncio.Event()

    @pair.there.on("track")
    def watch(track):
        receiver = next(each for each in pair.there.getReceivers() if each.track == track)

        async def count(packet, arrival_time_ms):
            nonlocal received
            received += 1

        receiver._handle_rtp_packet = count
        watched.set()

    pair.here.addTrack(Ready())
    await pair.open_channel()
    await watched.wait()
    await asyncio.sleep(WARM_UP)
    before, cpu, start = received, processor_time(), time.perf_counter()
    await asyncio.sleep(options["seconds"])
    packets = received - before
    seconds, cpu = time.perf_counter() - start, processor_time() - cpu
    await pair.close()
    return {"packets_s": round(packets / seconds), "cpu_us_per_packet": round(cpu * 1e6 / max(1, packets), 3)}


def main():
    workloads = {"throughput": throughput, "messages": messages, "round-trip": round_trip, "connect": connect, "rtp": rtp}
    if len(sys.argv) < 2 or sys.argv[1] not in workloads:
        sys.exit("usage: main.py WORKLOAD [SECONDS] [MESSAGE] [CONNECTIONS]")
    name, *given = sys.argv[1:]
    given += [""] * (3 - len(given))
    defaults = {"throughput": 16384, "messages": 64, "round-trip": 64, "connect": 0, "rtp": 1100}
    options = {
        "seconds": float(given[0] or 5),
        "message": int(given[1] or defaults[name]),
        "connections": int(given[2] or 100),
    }
    measured = asyncio.run(workloads[name](options))
    print(json.dumps({"peer": "aiortc", "workload": name, **measured}))


main()
