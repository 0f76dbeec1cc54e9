// The panel: what the connection to one peer is doing, live.

import { plot } from "./plot.js";

const good = new Set(["stable", "complete", "connected", "completed"]);
const bad = new Set(["failed", "disconnected", "closed"]);

const $ = (id) => document.getElementById(id);

export class Panel {
  #peer = null;
  #histories = 0;

  constructor() {
    $("restart").addEventListener("click", () => this.#peer?.restartIce());
  }

  get peer() {
    return this.#peer;
  }

  /** Shows that peer from now on; null for nobody. */
  show(peer) {
    this.#peer = peer;
    $("panel-body").hidden = !peer;
    $("panel-empty").hidden = Boolean(peer);
    $("history").replaceChildren();
    this.#histories = 0;
    this.update();
    this.plot();
  }

  /** Shows the states and descriptions as they are now. */
  update() {
    const connection = this.#peer?.connection;
    if (!connection) return;
    state("state-signaling", connection.signalingState);
    state("state-gathering", connection.iceGatheringState);
    state("state-ice", connection.iceConnectionState);
    state("state-connection", connection.connectionState);
    description("current-local", connection.currentLocalDescription);
    description("current-remote", connection.currentRemoteDescription);
    description("pending-local", connection.pendingLocalDescription);
    description("pending-remote", connection.pendingRemoteDescription);
    this.#history();
  }

  /** Shows the numbers as they were last sampled. */
  plot() {
    const stats = this.#peer?.stats;
    if (!stats) return;
    const { samples, pair } = stats;
    const last = samples.at(-1);
    $("pair").replaceChildren(...(pair
      ? [candidate("Local", pair.local), candidate("Remote", pair.remote)]
      : ["none yet"]));
    $("bitrate-in").value = bitrate(last?.received);
    $("bitrate-out").value = bitrate(last?.sent);
    $("loss").value = last?.loss == null ? "–" : `${(last.loss * 100).toFixed(1)} %`;
    $("round-trip").value = last?.roundTrip == null ? "–" : `${last.roundTrip.toFixed(last.roundTrip < 10 ? 1 : 0)} ms`;
    plot($("plot-bitrate"), [
      { color: "--plot-in", values: samples.map((each) => each.received) },
      { color: "--plot-out", values: samples.map((each) => each.sent) },
    ], 100_000);
    plot($("plot-loss"), [{ color: "--plot-loss", values: samples.map((each) => each.loss) }], 0.05);
    plot($("plot-round-trip"), [{ color: "--plot-in", values: samples.map((each) => each.roundTrip) }], 10);
  }

  #history() {
    const { history } = this.#peer;
    const list = $("history");
    if (history.length < this.#histories || history.length >= 200) {
      list.replaceChildren();
      this.#histories = 0;
    }
    for (const { at, what, state: value } of history.slice(this.#histories)) {
      const item = document.createElement("li");
      const time = document.createElement("time");
      time.textContent = new Date(at).toISOString().slice(11, 23);
      item.append(time, ` ${what} `, Object.assign(document.createElement("b"), { textContent: value }));
      list.append(item);
    }
    this.#histories = history.length;
  }
}

function state(id, value) {
  const element = $(id);
  if (element.textContent === value) return;
  element.textContent = value;
  element.dataset.kind = good.has(value) ? "good" : bad.has(value) ? "bad" : "busy";
}

function description(id, value) {
  const element = $(id);
  const text = value?.sdp ?? "";
  const pre = element.querySelector("pre");
  if (pre.textContent === text && element.dataset.shown) return;
  element.dataset.shown = "yes";
  pre.textContent = text;
  element.querySelector("summary span").textContent = value ? `${value.type}, ${text.trimEnd().split("\n").length} lines` : "none";
  element.classList.toggle("none", !value);
}

function candidate(side, { type, address }) {
  const line = document.createElement("span");
  const kind = document.createElement("em");
  kind.textContent = type;
  line.append(`${side} `, kind, ` ${address}`);
  return line;
}

function bitrate(value) {
  if (value === undefined) return "–";
  return value >= 999_500 ? `${(value / 1e6).toFixed(1)} Mbit/s` : `${Math.round(value / 1e3)} kbit/s`;
}
