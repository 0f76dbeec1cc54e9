// A peer of the matrix over W3C's RTCPeerConnection: pages of browsers, and libwebrtc in Node. See ../README.md for the commands.
// What differs stands in "media": track(kind) makes a track that sends, listen(track, transceiver) plays what comes, count(transceiver, stats)
// says how much came; "stats", in milliseconds, how often it may ask the connection's statistics for it, "rollsBackByHand" whether an offer does not roll back by itself.
"use strict";

let pc;
let restart = false;
let over = null;
const channels = {};
const texts = [];
const own = []; // the tracks made here

const at = (mid) => pc.getTransceivers().find((each) => each.mid === String(mid));

const commands = {
  async create() {
    pc = media.connection = new media.RTCPeerConnection({});
    pc.onicecandidate = ({ candidate }) => {
      if (candidate?.candidate) tellCandidate(JSON.stringify(candidate));
    };
    pc.ontrack = ({ track, transceiver }) => media.listen(track, transceiver);
    pc.ondatachannel = ({ channel }) => adopt(channel);
    return { name: await media.name() };
  },

  async addTrack({ kind }) {
    const track = await media.track(kind);
    own.push(track);
    pc.addTrack(track, new media.MediaStream());
    return {};
  },

  removeTrack({ mid }) {
    const { sender } = at(mid);
    const { track } = sender;
    pc.removeTrack(sender);
    track.stop();
    return {};
  },

  openChannel({ label }) {
    adopt(pc.createDataChannel(label));
    return {};
  },

  async offer() {
    const offer = await pc.createOffer({ iceRestart: restart });
    restart = false;
    await pc.setLocalDescription(offer);
    return { type: offer.type, sdp: pc.localDescription.sdp };
  },

  async answer() {
    await pc.setLocalDescription(await pc.createAnswer());
    return { type: "answer", sdp: pc.localDescription.sdp };
  },

  async take({ type, sdp }) {
    if (media.rollsBackByHand && type === "offer" && pc.signalingState === "have-local-offer") await pc.setLocalDescription({ type: "rollback" });
    await pc.setRemoteDescription({ type, sdp });
    return {};
  },

  async candidate({ candidate }) {
    await pc.addIceCandidate(candidate);
    return {};
  },

  direction({ mid, direction }) {
    at(mid).direction = direction;
    return {};
  },

  restart() {
    restart = true;
    return {};
  },

  say({ label, text }) {
    channels[label].send(text);
    return {};
  },

  async stats() {
    const all = media.stats ? await measure() : [];
    return {
      signaling: pc.signalingState,
      connection: pc.connectionState,
      ufrag: pc.localDescription?.sdp.match(/a=ice-ufrag:(.*)/)?.[1]?.trim() ?? null,
      open: Object.values(channels).filter((each) => each.readyState === "open").map((each) => each.label),
      texts,
      over: pc.sctp?.transport?.state === "closed" ? "DTLS closed" : over,
      sections: pc.getTransceivers().filter((each) => each.mid !== null).map((each) => ({
        mid: each.mid,
        kind: each.receiver.track.kind,
        current: each.currentDirection,
        sending: Boolean(each.sender.track),
        ...media.count(each, all),
      })),
    };
  },

  close() {
    pc.close();
    own.forEach((track) => track.stop());
    return {};
  },
};

// Statistics are dear where candidate pairs are many.
let measured = { at: -Infinity, all: [] };
async function measure() {
  if (performance.now() - measured.at > media.stats) {
    const all = [...(await pc.getStats()).values()];
    measured = { at: performance.now(), all };
  }
  return measured.all;
}

function adopt(channel) {
  channels[channel.label] = channel;
  channel.onmessage = ({ data }) => texts.push(data);
  channel.onclose = () => { over = `channel ${channel.label} closed`; };
}

// Answers a command with JSON.
async function obey(command, question) {
  try {
    return JSON.stringify({ ok: await commands[command](JSON.parse(question)) });
  } catch (error) {
    return JSON.stringify({ error: `${error}` });
  }
}

if (typeof module !== "undefined") module.exports = { commands };
