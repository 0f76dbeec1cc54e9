// What a page sends and plays: the browser's fake camera, and a tone.
"use strict";

const sounds = new AudioContext();

const media = {
  RTCPeerConnection,
  MediaStream,

  name() {
    const [browser, version] = navigator.userAgent.match(/(Firefox|Chrome)\/([\d.]+)/).slice(1);
    return `${browser === "Chrome" ? "Chromium" : browser} ${version}`;
  },

  async track(kind) {
    if (kind === "video") return (await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 240 } })).getVideoTracks()[0];
    const oscillator = new OscillatorNode(sounds, { frequency: 660 });
    const out = new MediaStreamAudioDestinationNode(sounds, { channelCount: 1 });
    oscillator.connect(out);
    oscillator.start();
    return out.stream.getAudioTracks()[0];
  },

  listen(track) {
    const element = document.createElement(track.kind);
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
  },

  stats: 50,
  count({ mid, receiver }, stats) {
    const inbound = stats.filter((each) => each.type === "inbound-rtp" && each.mid === mid);
    const sum = (member) => inbound.reduce((total, each) => total + (each[member] ?? 0), 0);
    return receiver.track.kind === "video"
      ? { received: sum("packetsReceived"), pictures: sum("framesDecoded") }
      : { received: sum("packetsReceived"), loud: sum("totalAudioEnergy") > 0 };
  },
};
