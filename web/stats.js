// Numbers out of getStats: once a second, for the panel and the plot.

const secondsKept = 60;

/** The last minute of one connection. */
export class StatsHistory {
  #last = null;

  /** One entry a second, oldest first: {received, sent} in bit/s, {loss} as a fraction, {roundTrip} in ms; null when unknown. */
  samples = [];

  /** The selected candidate pair: {local, remote, protocol, roundTrip}, or null. */
  pair = null;

  /** Decoded frames and size of the video that comes, or null. */
  video = null;

  async sample(connection) {
    const report = await connection.getStats();
    const now = { at: performance.now(), ...bytes([...report.values()]), packets: 0, lost: 0 };
    let fractionLost = null;
    let video = null;
    for (const entry of report.values()) {
      if (entry.type === "inbound-rtp") {
        now.packets += entry.packetsReceived ?? 0;
        now.lost += Math.max(0, entry.packetsLost ?? 0);
        if (entry.kind === "video") {
          video = { width: entry.frameWidth ?? 0, height: entry.frameHeight ?? 0, frames: entry.framesDecoded ?? 0, fps: entry.framesPerSecond ?? 0 };
        }
      } else if (entry.type === "remote-inbound-rtp" && entry.fractionLost !== undefined) {
        fractionLost = Math.max(fractionLost ?? 0, entry.fractionLost);
      }
    }
    this.video = video;
    this.pair = selectedPair(report);
    const last = this.#last;
    this.#last = now;
    if (!last) return;
    const seconds = (now.at - last.at) / 1000;
    const lost = now.lost - last.lost;
    const expected = now.packets - last.packets + lost;
    const incoming = expected > 0 ? Math.max(0, lost / expected) : null;
    this.samples.push({
      received: Math.max(0, (now.received - last.received) * 8 / seconds),
      sent: Math.max(0, (now.sent - last.sent) * 8 / seconds),
      loss: incoming === null && fractionLost === null ? null : Math.max(incoming ?? 0, fractionLost ?? 0),
      roundTrip: this.pair?.roundTrip ?? null,
    });
    if (this.samples.length > secondsKept) this.samples.shift();
  }

  static seconds = secondsKept;
}

// Firefox's transports have no bytes; its candidate pairs do, and where those have none either, its streams and channels have.
function bytes(entries) {
  const counted = (...types) => entries.filter((entry) => types.includes(entry.type) && (entry.bytesReceived > 0 || entry.bytesSent > 0));
  const where = [counted("transport"), counted("candidate-pair"), counted("inbound-rtp", "outbound-rtp", "data-channel")].find((found) => found.length > 0) ?? [];
  const sum = (member) => where.reduce((all, entry) => all + (entry[member] ?? 0), 0);
  return { received: sum("bytesReceived"), sent: sum("bytesSent") };
}

function selectedPair(report) {
  const transport = [...report.values()].find((entry) => entry.type === "transport" && entry.selectedCandidatePairId);
  const pair = transport
    ? report.get(transport.selectedCandidatePairId)
    : [...report.values()].find((entry) => entry.type === "candidate-pair" && entry.nominated && entry.state === "succeeded");
  const local = pair && report.get(pair.localCandidateId);
  const remote = pair && report.get(pair.remoteCandidateId);
  if (!local || !remote) return null;
  return {
    local: describe(local),
    remote: describe(remote),
    protocol: local.protocol ?? "",
    roundTrip: pair.currentRoundTripTime === undefined ? null : pair.currentRoundTripTime * 1000,
  };
}

function describe({ candidateType, address, port }) {
  const host = !address ? "hidden" : address.includes(":") ? `[${address}]` : address;
  return { type: candidateType, address: `${host}:${port}` };
}
