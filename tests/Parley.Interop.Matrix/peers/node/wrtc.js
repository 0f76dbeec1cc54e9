// libwebrtc, by npm's @roamhq/wrtc: W3C's API, with sources and sinks of its own.
"use strict";

const wrtc = require("@roamhq/wrtc");
const { serve, tell, version } = require("./serve.js");

const { RTCAudioSource, RTCAudioSink, RTCVideoSource } = wrtc.nonstandard;
const ears = new Map(); // by mid: the loudest sample so far
const sinks = new Map(); // by track

global.tellCandidate = (candidate) => tell(JSON.parse(candidate));
global.media = {
  RTCPeerConnection: wrtc.RTCPeerConnection,
  rollsBackByHand: true,
  MediaStream: wrtc.MediaStream,
  name: () => `libwebrtc (@roamhq/wrtc ${version("@roamhq/wrtc")})`,
  track: (kind) => (kind === "audio" ? tone() : bars()),

  listen(track, transceiver) {
    // Pictures are decoded without a sink, and a track that comes back after a hold has one.
    if (track.kind === "video" || sinks.has(track)) return;
    const sink = new RTCAudioSink(track);
    sink.ondata = ({ samples }) => {
      if (!((ears.get(transceiver.mid) ?? 0) > 400)) ears.set(transceiver.mid, Math.max(...samples));
    };
    sinks.set(track, sink);
  },

  // Its statistics name tracks, not sections.
  stats: 500,
  count({ mid, receiver }, stats) {
    const inbound = stats.filter((each) => each.type === "inbound-rtp" && each.trackIdentifier === receiver.track.id);
    const sum = (member) => inbound.reduce((total, each) => total + (each[member] ?? 0), 0);
    return receiver.track.kind === "video"
      ? { received: sum("packetsReceived"), pictures: sum("framesDecoded") }
      : { received: sum("packetsReceived"), loud: (ears.get(mid) ?? 0) > 400 };
  },
};

// Calls once for each interval until the track is stopped. A late timer makes up for a few; what was missed beyond that stays missed.
function every(milliseconds, track, most, call) {
  let due = performance.now();
  let called = 0;
  const timer = setInterval(() => {
    if (track.readyState === "ended") {
      clearInterval(timer);
      return;
    }
    const now = performance.now();
    due = Math.max(due, now - most * milliseconds);
    for (; due <= now; due += milliseconds) call(called++);
  }, milliseconds);
  return track;
}

// 660 Hz comes round after 50 ms: five pieces of 10 ms.
const pieces = Array.from({ length: 5 }, (_, piece) =>
  Int16Array.from({ length: 480 }, (__, i) => 8000 * Math.sin((2 * Math.PI * 660 * (piece * 480 + i)) / 48000)));

function tone() {
  const source = new RTCAudioSource();
  return every(10, source.createTrack(), 20, (count) =>
    source.onData({ samples: pieces[count % 5], sampleRate: 48000, bitsPerSample: 16, channelCount: 1, numberOfFrames: 480 }));
}

function bars() {
  const source = new RTCVideoSource();
  const [width, height] = [320, 240];
  return every(1000 / 15, source.createTrack(), 1, (count) => {
    const data = new Uint8ClampedArray((width * height * 3) / 2).fill(128);
    data.fill(40, 0, width * height);
    const line = (count * 4) % height;
    data.fill(220, width * line, width * (line + 1));
    source.onFrame({ width, height, data });
  });
}

serve(require("../w3c/w3c_peer.js").commands);
