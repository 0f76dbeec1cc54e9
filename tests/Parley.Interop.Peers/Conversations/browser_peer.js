// A bare RTCPeerConnection that a test drives by small scripts. What happens is kept in order in "events"; what must not happen in "errors".
"use strict";

let pc;
let patience; // how long a condition is waited for, in milliseconds
let take; // takes a message of the peer
let gate = Promise.resolve();
const events = [];
const errors = [];
const channels = {}; // by label
const texts = {}; // by label: what came
const sounds = new AudioContext();
const candidates = []; // of the peer, waiting for their description
const gathered = [];
let collisions = 0;
let negotiationNeeded = 0;

addEventListener("error", (e) => errors.push(`error: ${e.message}`));
addEventListener("unhandledrejection", (e) => errors.push(`rejected: ${e.reason}`));

function begin(configuration) {
  pc = new RTCPeerConnection(configuration);
  pc.onsignalingstatechange = () => events.push(`signaling ${pc.signalingState}`);
  pc.onconnectionstatechange = () => events.push(`connection ${pc.connectionState}`);
  pc.oniceconnectionstatechange = () => events.push(`ice ${pc.iceConnectionState}`);
  pc.onnegotiationneeded = () => { negotiationNeeded++; };
  pc.onicecandidate = ({ candidate }) => {
    gathered.push(candidate ? candidate.candidate : null);
    tell({ candidate: candidate ? candidate.toJSON() : null });
  };
  pc.ontrack = ({ track, transceiver, streams }) => {
    const { mid } = transceiver; // null once it is stopped
    events.push(`track ${track.kind} ${mid} [${streams.map((each) => each.id)}]`);
    track.onmute = () => events.push(`mute ${mid}`);
    track.onunmute = () => events.push(`unmute ${mid}`);
    track.onended = () => events.push(`ended ${mid}`);
    for (const stream of streams) {
      stream.onremovetrack = (e) => events.push(`removetrack ${stream.id} ${e.track.kind}`);
      stream.onaddtrack = (e) => events.push(`addtrack ${stream.id} ${e.track.kind}`);
    }
    const element = document.createElement(track.kind);
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
  };
  pc.ondatachannel = ({ channel }) => adopt(channel);
  take = takeOnlyCandidates;
}

// --- signaling

function tell(message) {
  const now = gate;
  now.then(() => toNet(JSON.stringify(message)));
}

let openGate = () => {};
function shutGate() {
  gate = new Promise((done) => { openGate = done; });
}

async function takeOnlyCandidates({ candidate }) {
  candidates.push(candidate);
  await giveCandidates();
}

// A candidate of a description that is not here yet waits for it.
async function giveCandidates() {
  const remote = pc.remoteDescription?.sdp ?? "";
  for (const candidate of candidates.splice(0)) {
    if (candidate?.usernameFragment ? remote.includes(`a=ice-ufrag:${candidate.usernameFragment}\r\n`) : remote) await pc.addIceCandidate(candidate);
    else candidates.push(candidate);
  }
}

async function gatheringComplete() {
  if (pc.iceGatheringState === "complete") return;
  await new Promise((done) => pc.addEventListener("icegatheringstatechange", () => pc.iceGatheringState === "complete" && done()));
}

// The example of webrtc-pc §10.7.
function negotiatePerfectly(polite) {
  let makingOffer = false;
  let ignoreOffer = false;
  let settingAnswer = false;
  let last = Promise.resolve();
  pc.onnegotiationneeded = async () => {
    negotiationNeeded++;
    try {
      makingOffer = true;
      await pc.setLocalDescription();
      tell({ description: pc.localDescription });
    } catch (error) {
      errors.push(`offering: ${error}`);
    } finally {
      makingOffer = false;
    }
  };
  const handle = async ({ description, candidate }) => {
    try {
      if (description) {
        const ready = !makingOffer && (pc.signalingState === "stable" || settingAnswer);
        const collision = description.type === "offer" && !ready;
        if (collision) collisions++;
        ignoreOffer = !polite && collision;
        if (ignoreOffer) return;
        settingAnswer = description.type === "answer";
        await pc.setRemoteDescription(description);
        settingAnswer = false;
        if (description.type === "offer") {
          await pc.setLocalDescription();
          tell({ description: pc.localDescription });
        }
      } else {
        try {
          await pc.addIceCandidate(candidate);
        } catch (error) {
          if (!ignoreOffer) throw error;
        }
      }
    } catch (error) {
      errors.push(`taking ${JSON.stringify(description ?? candidate)}: ${error}`);
    }
  };
  take = (message) => (last = last.then(() => handle(message)));
}

// --- what it sends

function tone(frequency) {
  const oscillator = new OscillatorNode(sounds, { frequency });
  const out = new MediaStreamAudioDestinationNode(sounds, { channelCount: 1 });
  oscillator.connect(out);
  oscillator.start();
  return out.stream.getAudioTracks()[0];
}

// All pages of the browser share one camera: while another page has it open in a smaller size, a larger one has to wait.
async function camera(width = 320, height = 240) {
  const end = performance.now() + patience;
  for (;;) {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ video: { width: { exact: width }, height: { exact: height } } });
      return stream.getVideoTracks()[0];
    } catch (error) {
      if (error.name !== "OverconstrainedError" || performance.now() > end) throw error;
      await new Promise((done) => setTimeout(done, 100));
    }
  }
}

const track = (kind) => (kind === "audio" ? tone(660) : camera());

// --- what it finds

const at = (mid) => pc.getTransceivers().find((each) => each.mid === String(mid));
const ufrag = (description) => description?.sdp.match(/a=ice-ufrag:(.*)/)?.[1];

async function stats() {
  return [...(await pc.getStats()).values()];
}

const sum = (all, type, mid, member) => all.filter((each) => each.type === type && (mid === null || each.mid === String(mid))).reduce((total, each) => total + (each[member] ?? 0), 0);
const packetsSent = async (mid) => sum(await stats(), "outbound-rtp", mid, "packetsSent");
const packetsReceived = async (mid) => sum(await stats(), "inbound-rtp", mid, "packetsReceived");
const framesDecoded = async (mid) => sum(await stats(), "inbound-rtp", mid, "framesDecoded");

// Waits until an asynchronous condition holds.
async function until(condition, what) {
  const end = performance.now() + patience;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`Never: ${what ?? condition}\n${await standing()}`);
    await new Promise((done) => setTimeout(done, 50));
  }
}

async function standing() {
  const all = await stats();
  const rtp = all.filter((each) => each.type.endsWith("bound-rtp"));
  const end = (id) => all.filter((each) => each.id === id).map((each) => `${each.candidateType} ${each.address}:${each.port} ${each.usernameFragment}`)[0];
  const selected = all.filter((each) => each.type === "transport").map((each) => each.selectedCandidatePairId);
  const pairs = all.filter((each) => each.type === "candidate-pair").map((each) =>
    `${selected.includes(each.id) ? "selected " : ""}${end(each.localCandidateId)} > ${end(each.remoteCandidateId)} ${each.state} nominated=${each.nominated} requests ${each.requestsSent}/${each.responsesReceived} out, ${each.requestsReceived}/${each.responsesSent} in, packets ${each.packetsSent}/${each.packetsReceived}`);
  return JSON.stringify({
    signaling: pc.signalingState, connection: pc.connectionState, ice: pc.iceConnectionState, gathering: pc.iceGatheringState,
    transceivers: pc.getTransceivers().map((each) => `${each.mid} ${each.receiver.track.kind} ${each.direction}/${each.currentDirection}`),
    channels: Object.values(channels).map((each) => `${each.label} ${each.id} ${each.readyState}`), texts, events, errors, pairs,
    rtp: rtp.map(({ type, kind, mid, rid, packetsSent, packetsReceived, framesDecoded, audioLevel }) => ({ type, kind, mid, rid, packetsSent, packetsReceived, framesDecoded, audioLevel })),
  }, null, 1);
}

// The loudest frequency of what a transceiver receives, in Hz; 0 for silence.
const ears = {};
function frequency(mid) {
  const track = at(mid).receiver.track;
  if (!ears[track.id]) {
    ears[track.id] = new AnalyserNode(sounds, { fftSize: 8192, smoothingTimeConstant: 0 });
    new MediaStreamAudioSourceNode(sounds, { mediaStream: new MediaStream([track]) }).connect(ears[track.id]);
  }
  const levels = new Float32Array(ears[track.id].frequencyBinCount);
  ears[track.id].getFloatFrequencyData(levels);
  let best = 0;
  for (let i = 1; i < levels.length; i++) if (levels[i] > levels[best]) best = i;
  return levels[best] > -60 ? (best * sounds.sampleRate) / 8192 : 0;
}

// --- data channels

const sizeOf = (data) => (typeof data === "string" ? data.length : data.byteLength);

function adopt(channel, echo = true) {
  channel.binaryType = "arraybuffer";
  channels[channel.label] = channel;
  texts[channel.label] = [];
  events.push(`channel ${channel.label}`);
  channel.onopen = () => events.push(`open ${channel.label}`);
  channel.onclosing = () => events.push(`closing ${channel.label}`);
  channel.onclose = () => events.push(`close ${channel.label}`);
  channel.onerror = (e) => events.push(`channel error ${channel.label} ${e.error?.errorDetail}`);
  channel.onmessage = ({ data }) => {
    const text = typeof data === "string";
    texts[channel.label].push(text && data.length < 100 ? data : `${text ? "text" : "bytes"} ${sizeOf(data)}`);
    if (echo && !(text && data.startsWith("echo:"))) channel.send(text ? `echo:${data}` : data);
  };
  return channel;
}
