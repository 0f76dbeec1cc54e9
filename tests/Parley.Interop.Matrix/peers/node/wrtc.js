// libwebrtc, by npm's @roamhq/wrtc: W3C's API, with sources and sinks of its own.
"use strict";

const wrtc = require("@roamhq/wrtc");
const { serve, tell } = require("./serve.js");

const { RTCAudioSource, RTCAudioSink, RTCVideoSource, RTCVideoSink } = wrtc.nonstandard;
const ears = new Map(); // by mid: the loudest sample so far
const eyes = [];

global.tellCandidate = (candidate) => tell(JSON.parse(candidate));
global.media = {
  RTCPeerConnection: wrtc.RTCPeerConnection,
  MediaStream: wrtc.MediaStream,
  name: () => `libwebrtc (@roamhq/wrtc ${require("@roamhq/wrtc/package.json").version})`,
  track: (kind) => (kind === "audio" ? tone() : bars()),

  listen(track, transceiver) {
    if (track.kind === "video") {
      eyes.push(new RTCVideoSink(track));
      return;
    }
    const sink = new RTCAudioSink(track);
    sink.ondata = ({ samples }) => {
      for (const sample of samples) if (Math.abs(sample) > (ears.get(transceiver.mid) ?? 0)) ears.set(transceiver.mid, Math.abs(sample));
    };
    eyes.push(sink);
  },

  isLoud: ({ mid }) => (ears.get(mid) ?? 0) > 400,

  // Its statistics name tracks, not sections.
  isOf: (stats, type, transceiver) => stats.trackIdentifier !== undefined
    ? stats.trackIdentifier === (type === "inbound-rtp" ? transceiver.receiver : transceiver.sender).track?.id
    : false,
};

function tone() {
  const source = new RTCAudioSource();
  let at = 0;
  setInterval(() => {
    const samples = Int16Array.from({ length: 480 }, () => 8000 * Math.sin((2 * Math.PI * 660 * at++) / 48000));
    source.onData({ samples, sampleRate: 48000, bitsPerSample: 16, channelCount: 1, numberOfFrames: 480 });
  }, 10);
  return source.createTrack();
}

function bars() {
  const source = new RTCVideoSource();
  const [width, height] = [320, 240];
  let shown = 0;
  setInterval(() => {
    const data = new Uint8ClampedArray((width * height * 3) / 2).fill(128);
    data.fill(40, 0, width * height);
    data.fill(220, width * (shown % height), width * ((shown % height) + 1));
    shown += 4;
    source.onFrame({ width, height, data });
  }, 66);
  return source.createTrack();
}

const { obey } = require("../w3c/w3c_peer.js");

serve(new Proxy({}, {
  get: (_, command) => async (question) => {
    const reply = JSON.parse(await obey(command, JSON.stringify(question)));
    if (reply.error) throw reply.error;
    return reply.ok;
  },
}));
