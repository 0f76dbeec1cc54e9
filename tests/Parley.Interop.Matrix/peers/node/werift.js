// werift over the part of W3C's API that it has; it sends the files of media/ and counts packets.
"use strict";

const werift = require("werift");
const { serve, tell, version } = require("./serve.js");
const { play } = require("./rtp.js");

const received = new Map(); // by transceiver

global.tellCandidate = (candidate) => tell(JSON.parse(candidate));
global.media = {
  RTCPeerConnection: werift.RTCPeerConnection,
  rollsBackByHand: true,
  MediaStream: werift.MediaStream,
  name: () => `werift ${version("werift")}`,

  track(kind) {
    const track = new werift.MediaStreamTrack({ kind });
    // Its sender goes on whatever the direction is: to stop is the program's part. Payload type, SSRC and numbers are rewritten there.
    const maySend = () => media.connection.getTransceivers().some(({ sender, currentDirection }) => sender.track === track && /^send/.test(currentDirection));
    const stop = play(kind, () => (maySend() ? { payloadType: 0, ssrc: 1 } : null), (packet) => track.writeRtp(packet));
    const { stop: stopTrack } = track;
    track.stop = () => {
      stop();
      stopTrack();
    };
    return track;
  },

  listen: (track, transceiver) => track.onReceiveRtp.subscribe(() => received.set(transceiver, (received.get(transceiver) ?? 0) + 1)),

  count: (transceiver) => ({ received: received.get(transceiver) ?? 0 }),
};

serve(require("../w3c/w3c_peer.js").commands);
