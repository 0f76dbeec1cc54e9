// One remote peer: the connection to it, its tracks, its chat channel, hold, and starting again when nothing comes.

import { PerfectNegotiation } from "./negotiation.js";
import { StatsHistory } from "./stats.js";

const connectWithin = 6000; // ms until a round that led nowhere is tried again
const channelAfter = 700; // ms of peace until the side that joined earlier asks for the chat channel
const channelWithin = 1500; // ms the polite side waits for the other's chat channel
const lostFor = 3000; // ms without a path until the side that joined earlier restarts ICE; the other side waits half as long again
const attempts = 3;

/** Events: "change" (anything to show), "message" {text}, "ended" (the other side hung up), "failed" {error}. */
export class Peer extends EventTarget {
  #configuration;
  #send;
  #channels = new Set();
  #unsent = [];
  #held = null; // transceiver → what it was before hold
  #watch = 0;
  #channelTimer = 0;
  #lossTimer = 0;
  #attempts = 0;

  /** Whether this side's part of the call, its tracks or its wish to receive, was added. */
  called = false;

  /** State changes with their times, oldest first: {at, what, state}. */
  history = [];

  /** What the peer sends, for one video element. */
  stream = new MediaStream();

  /**
   * @param id the peer's id in the room
   * @param name what it calls itself
   * @param polite whether this side joined later than the peer
   * @param configuration for RTCPeerConnection
   * @param send sends {description} or {candidate} to the peer
   */
  constructor(id, name, polite, configuration, send) {
    super();
    this.id = id;
    this.name = name || `Guest ${id.slice(0, 4)}`;
    this.polite = polite;
    this.#configuration = configuration;
    this.#send = send;
    this.#open();
  }

  get held() {
    return this.#held !== null;
  }

  /** Whether the other side stopped listening to us while we would send: it put us on hold. */
  get heldByPeer() {
    return this.connection.getTransceivers().some((each) =>
      each.direction === "sendrecv" && (each.currentDirection === "recvonly" || each.currentDirection === "inactive"));
  }

  /** Whether video comes from the peer. */
  get showsVideo() {
    return this.stream.getVideoTracks().length > 0;
  }

  get channelOpen() {
    return [...this.#channels].some((channel) => channel.readyState === "open");
  }

  /** Adds what this side sends; without a camera or microphone it asks to receive. Negotiation follows by itself. */
  call(stream) {
    this.called = true;
    for (const kind of ["audio", "video"]) {
      const track = stream?.getTracks().find((each) => each.kind === kind);
      const transceivers = this.connection.getTransceivers().filter((each) => each.receiver.track.kind === kind);
      if (track && !transceivers.some((each) => each.sender.track)) this.connection.addTrack(track, stream);
      else if (!track && transceivers.length === 0) this.connection.addTransceiver(kind, { direction: "recvonly" });
    }
    this.#changed();
  }

  /** Puts the peer on hold: it gets the tune and the card, and is heard and seen no more. */
  async hold(media) {
    if (this.held) return;
    const transceivers = this.connection.getTransceivers().filter((each) => each.direction !== "stopped");
    this.#held = new Map(transceivers.map((each) => [each, { direction: each.direction, track: each.sender.track }]));
    const sends = (each) => each.receiver.track.kind === "audio" || this.#held.get(each).track;
    for (const each of transceivers) each.receiver.track.enabled = false;
    await Promise.all(transceivers.filter(sends).map((each) => each.sender.replaceTrack(media[each.receiver.track.kind])));
    for (const each of transceivers) each.direction = sends(each) ? "sendonly" : "inactive"; // all at once: one round
    this.#changed();
  }

  /** Takes the peer off hold: everything is as it was before, what comes once it is negotiated. */
  async resume() {
    const held = [...(this.#held ?? [])].filter(([each]) => each.direction !== "stopped");
    this.#held = null;
    await Promise.all(held.map(([each, before]) => each.sender.replaceTrack(before.track)));
    for (const [each, before] of held) each.direction = before.direction;
    this.#changed();
  }

  /** Sends a text, as soon as there is a channel. */
  say(text) {
    for (const channel of this.#channels) {
      if (channel.readyState === "open") {
        channel.send(text);
        return;
      }
    }
    this.#unsent.push(text);
    this.#startFirstRound();
  }

  /** Takes a message the peer sent through the room. */
  async receive(message) {
    try {
      await this.negotiation.receive(message);
    } catch (error) {
      if (this.connection.signalingState !== "closed") this.#tell("failed", { error });
    }
  }

  restartIce() {
    this.connection.restartIce();
  }

  /** The room is there again after a loss. What cut the way to it has often cut the way to the peer too; a call that lives is left alone. */
  signalingRestored() {
    this.#attempts = 0;
    if (["disconnected", "failed"].includes(this.connection.connectionState)) this.#tryAgain();
  }

  close() {
    clearTimeout(this.#watch);
    clearTimeout(this.#channelTimer);
    clearTimeout(this.#lossTimer);
    this.connection.close();
    for (const track of this.stream.getTracks()) this.stream.removeTrack(track);
  }

  #open() {
    const connection = new RTCPeerConnection(this.#configuration);
    this.connection = connection;
    this.called = false;
    this.stats = new StatsHistory();
    this.negotiation = new PerfectNegotiation(connection, this.polite, (content) => this.#send(content));
    const follow = (event, what, state) => connection.addEventListener(event, () => {
      this.history.push({ at: Date.now(), what, state: state() });
      if (this.history.length > 200) this.history.shift();
      this.#changed();
    });
    follow("signalingstatechange", "signaling", () => connection.signalingState);
    follow("icegatheringstatechange", "gathering", () => connection.iceGatheringState);
    follow("iceconnectionstatechange", "ice", () => connection.iceConnectionState);
    follow("connectionstatechange", "connection", () => connection.connectionState);
    connection.addEventListener("signalingstatechange", () => this.#roundChanged());
    connection.addEventListener("connectionstatechange", () => this.#connectionChanged());
    connection.addEventListener("datachannel", ({ channel }) => this.#adopt(channel));
  }

  // What comes is what was negotiated last; a rolled-back offer may leave receivers behind that nothing reaches.
  #followTracks() {
    const coming = this.connection.getTransceivers()
      .filter((each) => each.currentDirection === "sendrecv" || each.currentDirection === "recvonly")
      .map((each) => each.receiver.track);
    const shown = this.stream.getTracks();
    for (const track of shown) if (!coming.includes(track)) this.stream.removeTrack(track);
    for (const track of coming) {
      if (!shown.includes(track)) this.stream.addTrack(track);
      // Heard again only once it comes again: Chromium stays silent when a track is enabled while its receiver is stopped.
      if (!this.held) track.enabled = true;
    }
    this.#changed();
  }

  // Chromium loses the data section of a first offer that is rolled back, so the channel waits for the end of the first round, and a moment
  // more: the offer for it must not cross the tracks that the other side adds now, for Chromium shows no more of the video it receives once
  // it took back an offer of its own that sends video. The side that joined earlier asks, the other only when nothing came.
  #roundChanged() {
    const { connection } = this;
    if (connection.signalingState !== "stable" || !connection.currentRemoteDescription) return;
    this.#followTracks();
    this.#watchTransports();
    this.#watchProgress();
    if (this.#channels.size > 0) return;
    clearTimeout(this.#channelTimer);
    this.#channelTimer = setTimeout(() => {
      if (this.#channels.size === 0 && this.connection === connection && connection.signalingState !== "closed") {
        this.#adopt(connection.createDataChannel("chat"));
      }
    }, this.polite ? channelWithin : channelAfter);
  }

  #connectionChanged() {
    const { connectionState } = this.connection;
    clearTimeout(this.#lossTimer);
    if (connectionState === "disconnected") {
      this.#lossTimer = setTimeout(() => this.#tryAgain(), lostFor * (this.polite ? 1.5 : 1));
    } else if (connectionState === "connected") {
      clearTimeout(this.#watch);
      this.#watch = 0;
      this.#attempts = 0;
    } else if (connectionState === "failed") {
      this.#tryAgain();
    }
  }

  // Chromium can stop gathering when its first offer is rolled back; then nothing is heard until somebody starts again.
  #watchProgress() {
    if (this.#watch || this.connection.connectionState === "connected") return;
    this.#watch = setTimeout(() => {
      this.#watch = 0;
      if (["new", "connecting"].includes(this.connection.connectionState)) this.#tryAgain();
    }, connectWithin * (this.polite ? 1.5 : 1));
  }

  #tryAgain() {
    if (this.#attempts++ < attempts) this.connection.restartIce();
  }

  // The other side closed its connection without leaving the room: a new call needs a new connection.
  #watchTransports() {
    const { connection } = this;
    const transports = [connection.sctp?.transport, ...connection.getReceivers().map((receiver) => receiver.transport)];
    for (const transport of new Set(transports)) {
      if (!transport || transport.onstatechange) continue;
      transport.onstatechange = () => {
        if (transport.state === "closed" && this.connection === connection && connection.signalingState !== "closed") this.#restart();
      };
    }
  }

  #restart() {
    this.close();
    this.#channels.clear();
    this.#unsent = [];
    this.#held = null;
    this.#watch = 0;
    this.#attempts = 0;
    this.#open();
    this.#tell("ended");
    this.#changed();
  }

  #startFirstRound() {
    const { connection } = this;
    if (connection.getTransceivers().length === 0 && !connection.currentRemoteDescription) {
      connection.addTransceiver("audio", { direction: "recvonly" });
    }
  }

  #adopt(channel) {
    this.#channels.add(channel);
    const flush = () => {
      const waiting = this.#unsent;
      this.#unsent = [];
      for (const text of waiting) channel.send(text);
      this.#changed();
    };
    channel.addEventListener("open", flush);
    if (channel.readyState === "open") flush(); // the peer's channel may be open before anybody can listen
    channel.addEventListener("close", () => {
      this.#channels.delete(channel);
      this.#changed();
    });
    channel.addEventListener("message", ({ data }) => {
      if (typeof data === "string") this.#tell("message", { text: data });
    });
  }

  #changed() {
    this.#tell("change");
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
