// libdatachannel, by npm's node-datachannel: a section is a description that the program writes. It sends the files of media/ and counts packets.
"use strict";

const ndc = require("node-datachannel");
const { randomInt, randomUUID } = require("node:crypto");
const { serve, tell, version } = require("./serve.js");
const { play } = require("./rtp.js");
const { sections, current, answerTo } = require("./description.js");

const codecs = { audio: "opus", video: "VP8" };
const all = new Map(); // by mid: { kind, track, wish, ssrc, payloadType, received, stop }
const channels = {};
const texts = [];
let pc;
let over = null;
let restart = false;
let described = () => {};
let agreed = { local: null, remote: null }; // the descriptions in use

const commands = {
  create() {
    pc = new ndc.PeerConnection("peer", { iceServers: [], disableAutoNegotiation: true });
    pc.onLocalDescription((sdp, type) => described({ type, sdp }));
    pc.onLocalCandidate((candidate, sdpMid) => tell({ candidate, sdpMid }));
    pc.onTrack((track) => keep(track.mid(), track.type(), track, { wish: "recvonly", received: 0 }));
    pc.onDataChannel(adopt);
    return { name: `libdatachannel ${ndc.getLibraryVersion()} (node-datachannel ${version("node-datachannel")})` };
  },

  addTrack({ kind }) {
    const free = [...all].find(([, each]) => each.kind === kind && !each.ssrc);
    const mid = free?.[0] ?? `${kind}${all.size}`;
    const remote = pc.remoteDescription()?.sdp;
    const payloadType = (remote && sections(remote).find((each) => each.mid === mid)?.payloadType(codecs[kind])) || (kind === "audio" ? 111 : 96);
    write(mid, { kind, wish: "sendrecv", payloadType, ssrc: randomInt(1, 2 ** 31), received: free?.[1].received ?? 0 });
    const section = all.get(mid);
    section.stop = play(kind, () => (maySend(mid) ? all.get(mid) : null), (packet) => all.get(mid).track.sendMessageBinary(packet));
  },

  removeTrack({ mid }) {
    const section = all.get(mid);
    section.stop();
    write(mid, { ...section, wish: "recvonly", ssrc: 0, stop: null });
  },

  openChannel({ label }) {
    adopt(pc.createDataChannel(label));
  },

  offer() {
    for (const [mid, section] of all) write(mid, section);
    return describe("offer", restart ? { iceUfrag: randomUUID().slice(0, 8), icePwd: randomUUID().replaceAll("-", "") } : undefined);
  },

  // A section's direction is what the program writes, in answers too.
  answer() {
    for (const { kind, mid, direction, payloadType } of sections(pc.remoteDescription().sdp)) {
      if (kind !== "application") write(mid, { ...all.get(mid), payloadType: payloadType(codecs[kind]) }, answerTo(direction, all.get(mid).wish));
    }
    return describe("answer");
  },

  async take({ type, sdp }) {
    if (type === "offer" && pc.signalingState() === "have-local-offer") pc.setLocalDescription("rollback");
    pc.setRemoteDescription(sdp, type);
    // Its tracks are told later.
    while (sections(sdp).some(({ kind, mid }) => kind !== "application" && !all.has(mid))) await new Promise((done) => setTimeout(done, 5));
    if (type === "answer") agreed = { local: pc.localDescription().sdp, remote: sdp };
  },

  candidate: ({ candidate: { candidate, sdpMid } }) => pc.addRemoteCandidate(candidate, sdpMid),

  direction({ mid, direction }) {
    write(mid, { ...all.get(mid), wish: direction });
  },

  restart() {
    restart = true;
  },

  say({ label, text }) {
    channels[label].sendMessage(text);
  },

  stats: () => ({
    signaling: pc.signalingState(),
    connection: pc.state(),
    ufrag: pc.localDescription()?.sdp.match(/a=ice-ufrag:(.*)/)?.[1]?.trim() ?? null,
    open: Object.values(channels).filter((each) => each.isOpen()).map((each) => each.getLabel()),
    texts,
    over,
    sections: [...all].map(([mid, { kind, ssrc, received }]) => ({ mid, kind, current: current(agreed.local, agreed.remote, mid), sending: Boolean(ssrc), received })),
  }),

  close() {
    pc.close();
  },
};

const maySend = (mid) => ["sendrecv", "sendonly"].includes(current(agreed.local, agreed.remote, mid)) && all.get(mid).track.isOpen();

async function describe(type, init) {
  restart = false;
  const done = new Promise((resolve) => { described = resolve; });
  pc.setLocalDescription(type, init);
  const description = await done;
  if (type === "answer") agreed = { local: description.sdp, remote: pc.remoteDescription().sdp };
  return description;
}

// A section's description, new or in place of the one before.
function write(mid, section, direction = section.wish) {
  const { kind, payloadType, ssrc } = section;
  const words = { sendrecv: "SendRecv", sendonly: "SendOnly", recvonly: "RecvOnly", inactive: "Inactive" };
  const media = new (kind === "audio" ? ndc.Audio : ndc.Video)(mid, words[direction]);
  if (kind === "audio") media.addOpusCodec(payloadType);
  else media.addVP8Codec(payloadType);
  if (ssrc) media.addSSRC(ssrc, "ndc", "ndc", `ndc-${mid}`);
  keep(mid, kind, pc.addTrack(media), section);
}

function keep(mid, kind, track, section) {
  const kept = { ...section, kind, track };
  all.set(mid, kept);
  // RTP and RTCP come the same way (RFC 5761 §4).
  track.onMessage((packet) => {
    if (packet[1] < 192 || packet[1] > 223) kept.received++;
  });
}

function adopt(channel) {
  channels[channel.getLabel()] = channel;
  channel.onMessage((message) => texts.push(`${message}`));
  channel.onClosed(() => { over = "channel closed"; });
}

serve(commands);
