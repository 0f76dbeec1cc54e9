// libwebrtc (npm's @roamhq/wrtc) and werift beside Parley: the same workloads over this machine's own addresses, one JSON line out.
//
//   node main.js wrtc|werift WORKLOAD [SECONDS] [MESSAGE] [CONNECTIONS]     BENCH_TWO_PROCESSES=1: the answerer in a process of its own
"use strict";

const { fork } = require("node:child_process");
const { performance } = require("node:perf_hooks");

const [, , library, workload, seconds, message, connections] = process.argv;
const { RTCPeerConnection } = library === "wrtc" ? require("@roamhq/wrtc") : require("werift");
const options = { seconds: Number(seconds || 5), message: Number(message || 100), connections: Number(connections || 100) };
const warmUp = 1;
const highWater = 1024 * 1024;
const lowWater = 512 * 1024;

const processorTime = (since) => {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1e6;
};

const quantile = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)];
};

const sizeOf = (data) => data.byteLength ?? data.length;
const isText = (data) => typeof data === "string";

function peer() {
  return new RTCPeerConnection({ iceServers: [] });
}

function trickle(connection, tell) {
  connection.onicecandidate = ({ candidate }) => {
    if (candidate?.candidate) tell({ candidate: candidate.toJSON ? candidate.toJSON() : candidate });
  };
}

// --- the answerer: counts what comes, or sends it back

function answer(tell, echo) {
  const connection = peer();
  let bytes = 0;
  let count = 0;
  let spent = process.cpuUsage();
  trickle(connection, tell);
  connection.ondatachannel = ({ channel }) => {
    channel.binaryType = "arraybuffer";
    channel.onmessage = ({ data }) => {
      if (echo) {
        channel.send(isText(data) ? data : Buffer.from(data));
      } else if (!isText(data)) {
        bytes += sizeOf(data);
        count++;
      } else if (data === "start") {
        bytes = count = 0;
        spent = process.cpuUsage();
      } else {
        channel.send(JSON.stringify({ bytes, count, cpu: processorTime(spent) }));
      }
    };
  };
  return {
    async take({ description, candidate }) {
      if (candidate) {
        await connection.addIceCandidate(candidate);
        return;
      }
      await connection.setRemoteDescription(description);
      await connection.setLocalDescription(await connection.createAnswer());
      tell({ description: { type: connection.localDescription.type, sdp: connection.localDescription.sdp } });
    },
    close: () => connection.close(),
  };
}

// --- the offerer

async function open(echo) {
  const connection = peer();
  let other;
  let last = Promise.resolve();
  const take = (message) => {
    last = last.then(() => (message.candidate ? connection.addIceCandidate(message.candidate) : connection.setRemoteDescription(message.description)));
  };
  if (process.env.BENCH_TWO_PROCESSES) {
    const child = fork(__filename, [library, "answer", "", "", ""], { env: { ...process.env, BENCH_ECHO: echo ? "1" : "" } });
    child.on("message", take);
    other = { tell: (message) => child.send(message), close: () => child.kill() };
  } else {
    const answerer = answer(take, echo);
    let order = Promise.resolve();
    other = { tell: (message) => { order = order.then(() => answerer.take(message)); }, close: () => answerer.close() };
  }
  trickle(connection, other.tell);
  const channel = connection.createDataChannel("bench");
  channel.binaryType = "arraybuffer";
  const opened = new Promise((done) => { channel.onopen = done; });
  await connection.setLocalDescription(await connection.createOffer());
  other.tell({ description: { type: connection.localDescription.type, sdp: connection.localDescription.sdp } });
  await opened;
  return { channel, close() { connection.close(); other.close(); } };
}

const turn = () => new Promise((done) => setImmediate(done));

async function flow() {
  const { channel, close } = await open(false);
  const bytes = Buffer.alloc(options.message);
  const counted = new Promise((done) => { channel.onmessage = ({ data }) => done(JSON.parse(data)); });
  const send = async (duration) => {
    const end = performance.now() + duration * 1000;
    while (performance.now() < end) {
      for (let i = 0; i < 32 && channel.bufferedAmount < highWater; i++) channel.send(bytes);
      if (channel.bufferedAmount >= highWater) while (channel.bufferedAmount > lowWater && performance.now() < end) await turn();
      await turn();
    }
  };
  await send(warmUp);
  channel.send("start");
  const [cpu, start] = [process.cpuUsage(), performance.now()];
  await send(options.seconds);
  channel.send("end");
  const total = await counted;
  const elapsed = (performance.now() - start) / 1000;
  const spent = processorTime(cpu) + (process.env.BENCH_TWO_PROCESSES ? total.cpu : 0);
  close();
  return { ...total, elapsed, spent };
}

const workloads = {
  async throughput() {
    const { bytes, elapsed, spent } = await flow();
    return { mb_s: bytes / elapsed / 1e6, cpu_s_per_gb: spent / (bytes / 1e9) };
  },

  async messages() {
    const { count, elapsed, spent } = await flow();
    return { messages_s: Math.round(count / elapsed), cpu_us_per_message: (spent * 1e6) / count };
  },

  async "round-trip"() {
    const { channel, close } = await open(true);
    const bytes = Buffer.alloc(options.message);
    const play = async (duration) => {
      const times = [];
      const end = performance.now() + duration * 1000;
      while (performance.now() < end) {
        const start = performance.now();
        await new Promise((done) => { channel.onmessage = done; channel.send(bytes); });
        times.push((performance.now() - start) * 1000);
      }
      return times;
    };
    await play(warmUp);
    const times = await play(options.seconds);
    close();
    return { median_us: quantile(times, 0.5), p99_us: quantile(times, 0.99) };
  },

  async connect() {
    const times = [];
    (await open(false)).close();
    const cpu = process.cpuUsage();
    for (let i = 0; i < options.connections; i++) {
      const start = performance.now();
      const pair = await open(false);
      times.push(performance.now() - start);
      pair.close();
    }
    return { median_ms: quantile(times, 0.5), p99_ms: quantile(times, 0.99), cpu_ms_per_connection: (processorTime(cpu) * 1000) / options.connections };
  },
};

if (workload === "answer") {
  const answerer = answer((message) => process.send(message), Boolean(process.env.BENCH_ECHO));
  let order = Promise.resolve();
  process.on("message", (message) => { order = order.then(() => answerer.take(message)); });
} else if (!workloads[workload]) {
  console.error("usage: main.js wrtc|werift WORKLOAD [SECONDS] [MESSAGE] [CONNECTIONS]");
  process.exit(2);
} else {
  workloads[workload]().then(
    (measured) => {
      const rounded = Object.fromEntries(Object.entries(measured).map(([name, value]) => [name, Number(value.toPrecision(5))]));
      console.log(JSON.stringify({ peer: library, workload, ...rounded }));
      process.exit(0);
    },
    (error) => {
      console.error(error);
      process.exit(1);
    });
}
