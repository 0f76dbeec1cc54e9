// The page: joins the room in the address, keeps one connection to each peer there, and shows them.

import { HoldMedia, openCamera } from "./media.js";
import { Panel } from "./panel.js";
import { Peer } from "./peer.js";
import { serverUrl, Signaling } from "./signaling.js";

const $ = (id) => document.getElementById(id);
const panel = new Panel();
const peers = new Map(); // id → Peer
const tiles = new Map(); // id → the peer's tile
const self = { id: "", name: "", room: "", joined: false, reconnecting: false, inCall: false, held: false, muted: false };
let signaling = null;
let camera = null;
let holdMedia = null;
let configuration = {};

// --- the room ----------------------------------------------------------------------------------------------------------

async function join(room, name) {
  self.room = room;
  self.name = name;
  document.body.dataset.view = "call";
  document.title = `${room} · Parley`;
  $("room-name").textContent = room;
  $("room").hidden = $("copy").hidden = false;
  configuration = await fetch(serverUrl("config.json")).then((response) => response.json()).catch(() => ({}));
  signaling = new Signaling(room, name);
  signaling.addEventListener("welcome", ({ detail }) => {
    self.id = detail.id;
    here(true);
  });
  signaling.addEventListener("peer-joined", ({ detail }) => {
    const peer = add(detail.id, detail.name, detail.polite);
    if (!detail.polite) note(`${peer.name} joined`);
    if (self.inCall) {
      peer.call(camera);
      if (self.held) peer.hold(holdMedia);
    }
    show();
  });
  signaling.addEventListener("peer-left", ({ detail }) => {
    const peer = peers.get(detail.id);
    if (peer) note(`${peer.name} left`);
    remove(detail.id);
    show();
  });
  signaling.addEventListener("message", ({ detail }) => peers.get(detail.from)?.receive(detail));
  signaling.addEventListener("error", ({ detail }) => {
    if (detail.code !== "unknown-peer") notice(detail.message, detail.code.endsWith("-full") ? "full" : "");
  });
  signaling.addEventListener("reconnecting", () => here(false));
  signaling.addEventListener("reconnected", () => {
    self.id = signaling.id;
    here(true);
    for (const peer of peers.values()) peer.signalingRestored();
  });
  signaling.addEventListener("closed", () => {
    here(false);
    self.reconnecting = false;
    show();
    notice("The server has ended the connection. Hang up and join again.");
  });
  show();
}

// Whether the server hears us. Calls go on without it; nobody new can be heard of, and nothing be negotiated, until it does again.
function here(joined) {
  self.joined = joined;
  self.reconnecting = !joined && self.id !== "";
  const { kind } = $("notice").dataset;
  if (joined && (kind === "connection" || kind === "full")) notice("");
  else if (!joined && kind !== "full") notice(self.id ? "The connection to the server is lost, reconnecting… Calls go on." : "The server cannot be reached, trying again…", "connection");
  show();
}

function add(id, name, polite) {
  const peer = new Peer(id, name, polite, { iceServers: configuration.iceServers ?? [] }, (content) => signaling?.send(id, content));
  peers.set(id, peer);
  peer.addEventListener("change", () => {
    if (panel.peer === peer) panel.update();
    showPeer(peer);
    showCaller(peer);
    showControls();
  });
  peer.addEventListener("message", ({ detail }) => note(detail.text, peer.name));
  peer.addEventListener("ended", () => {
    note(`${peer.name} hung up`);
    if (panel.peer === peer) panel.show(peer);
    show();
  });
  peer.addEventListener("failed", ({ detail }) => notice(`${peer.name}: ${detail.error.message}`));
  addTile(peer);
  if (!panel.peer) panel.show(peer);
  return peer;
}

function remove(id) {
  const peer = peers.get(id);
  if (!peer) return;
  peer.close();
  showCaller(peer);
  peers.delete(id);
  tiles.get(id).remove();
  tiles.delete(id);
  if (panel.peer === peer) panel.show(peers.values().next().value ?? null);
}

// --- the call ----------------------------------------------------------------------------------------------------------

async function call() {
  if (!self.joined) return;
  if (!self.inCall) {
    self.inCall = true;
    showControls();
    camera = await openCamera();
    if (!self.inCall) { // hung up while the browser asked
      stopCamera();
      return;
    }
    if (!camera) notice("No camera or microphone here: you can see, hear and write.");
    else notice(camera.getVideoTracks().length === 0 ? "No camera here: you can be heard." : "");
    own().video.srcObject = camera;
  }
  for (const peer of peers.values()) {
    if (peer.called) continue;
    peer.call(camera);
    if (self.held) peer.hold(holdMedia);
  }
  listen();
  show();
}

async function holdOrResume(held) {
  if (!self.inCall || held === self.held) return;
  self.held = held;
  show();
  if (held) holdMedia ??= new HoldMedia();
  await Promise.all([...peers.values()].map((peer) => (held ? peer.hold(holdMedia) : peer.resume())));
  if (!held && !self.held) {
    holdMedia?.close();
    holdMedia = null;
  }
  show();
}

function mute() {
  if (!camera) return;
  self.muted = !self.muted;
  for (const track of camera.getAudioTracks()) track.enabled = !self.muted;
  show();
}

function hangUp() {
  signaling?.leave();
  signaling = null;
  for (const id of [...peers.keys()]) remove(id);
  stopCamera();
  holdMedia?.close();
  holdMedia = null;
  Object.assign(self, { id: "", joined: false, reconnecting: false, inCall: false, held: false, muted: false });
  document.body.dataset.view = "lobby";
  $("room").hidden = $("copy").hidden = true;
  $("log").replaceChildren();
  notice("");
  const form = $("join");
  form.elements.room.value = self.room;
  form.elements.name.value = self.name;
  form.querySelector("button").focus();
}

function stopCamera() {
  for (const track of camera?.getTracks() ?? []) track.stop();
  camera = null;
  own().video.srcObject = null;
}

function say(text) {
  if (peers.size === 0) {
    notice("Nobody is here to read it yet.");
    return false;
  }
  for (const peer of peers.values()) peer.say(text);
  note(text, "You", true);
  return true;
}

// --- showing -----------------------------------------------------------------------------------------------------------

function own() {
  const tile = $("own");
  return { tile, video: tile.querySelector("video"), initials: tile.querySelector(".initials"), badge: tile.querySelector(".badge") };
}

function addTile(peer) {
  const tile = $("own").cloneNode(true);
  tile.id = `peer-${peer.id}`;
  tile.className = "tile remote";
  tile.hidden = false;
  tile.querySelector(".name").textContent = peer.name;
  tile.querySelector(".initials").textContent = initials(peer.name);
  const video = tile.querySelector("video");
  video.ariaLabel = `${peer.name}'s picture`;
  video.muted = false;
  video.srcObject = peer.stream;
  tile.addEventListener("click", () => {
    panel.show(peer);
    show();
  });
  $("own").before(tile);
  tiles.set(peer.id, tile);
}

// Sound may play only after the person did something here; until then the picture plays silently.
function listen() {
  for (const tile of tiles.values()) {
    const video = tile.querySelector("video");
    if (video.srcObject.getTracks().length === 0) continue;
    video.muted = false;
    video.play().catch((error) => {
      if (error.name !== "NotAllowedError") return;
      video.muted = true;
      video.play().catch(() => {});
    });
  }
}

function showPeer(peer) {
  const tile = tiles.get(peer.id);
  if (!tile) return;
  const video = tile.querySelector("video");
  if (video.srcObject !== peer.stream) video.srcObject = peer.stream;
  if (video.paused) listen();
  tile.classList.toggle("picture", peer.showsVideo && !self.held);
  tile.classList.toggle("shown", panel.peer === peer && peers.size > 1);
  const { connectionState } = peer.connection;
  const text = self.held ? "On hold"
    : peer.heldByPeer ? "Holds you"
    : connectionState === "connected" ? ""
    : connectionState === "new" ? "In the room"
    : connectionState;
  badge(tile.querySelector(".badge"), text);
}

function showControls() {
  const waiting = [...peers.values()].some((peer) => !peer.called);
  $("call").disabled = !self.joined || (self.inCall && !waiting);
  $("hold").disabled = !self.inCall;
  $("hold").querySelector("span").textContent = self.held ? "Resume" : "Hold";
  $("hold").querySelector("use").setAttribute("href", self.held ? "#i-resume" : "#i-hold");
  $("hold").classList.toggle("on", self.held);
  $("mute").disabled = !camera || camera.getAudioTracks().length === 0;
  $("mute").ariaPressed = String(self.muted);
  $("mute").querySelector("use").setAttribute("href", self.muted ? "#i-mic-off" : "#i-mic");
  $("mute").classList.toggle("on", self.muted);
}

function show() {
  const { tile, initials: letters, badge: label } = own();
  letters.textContent = initials(self.name || "You");
  tile.hidden = !self.inCall;
  tile.classList.toggle("picture", Boolean(camera?.getVideoTracks().length));
  badge(label, self.held ? "Holding" : self.muted ? "Muted" : "");
  $("stage").dataset.tiles = peers.size;
  $("empty").textContent = peers.size > 0 ? "" : self.joined ? "You are the first one here. Send somebody the link." : self.reconnecting ? "" : "Joining …";
  $("room-people").textContent = self.reconnecting ? "reconnecting…" : self.joined ? (peers.size === 0 ? "only you" : `${peers.size + 1} people`) : "";
  $("room-dot").dataset.kind = self.joined ? "good" : "busy";
  const select = $("panel-peer");
  select.hidden = peers.size < 2;
  select.replaceChildren(...[...peers.values()].map((peer) => new Option(peer.name, peer.id, false, panel.peer === peer)));
  for (const peer of peers.values()) showPeer(peer);
  showControls();
}

// What waits for the person: somebody who is seen and heard already, and does not see or hear them.
function showCaller(peer) {
  const calling = !self.inCall && peer.stream.getTracks().length > 0;
  const text = `${peer.name} is calling. Press Call to be seen and heard.`;
  if (calling) notice(text);
  else if ($("notice").textContent === text) notice("");
}

function badge(element, text) {
  element.textContent = text;
  element.hidden = !text;
}

function initials(name) {
  return [...name.matchAll(/\p{L}|\p{N}/gu)].length === 0 ? "?" : name.split(/\s+/u).slice(0, 2).map((word) => [...word][0] ?? "").join("").toUpperCase();
}

function notice(text, kind = "") {
  $("notice").textContent = text;
  $("notice").dataset.kind = kind;
}

// One line of the chat: what somebody said, or without a speaker what happened. Text is only ever set as text.
function note(text, who, mine = false) {
  const item = document.createElement("li");
  item.className = who ? (mine ? "mine" : "theirs") : "event";
  if (who) item.append(Object.assign(document.createElement("b"), { textContent: who }));
  item.append(Object.assign(document.createElement("span"), { textContent: text }));
  const log = $("log");
  const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
  log.append(item);
  if (log.childElementCount > 500) log.firstElementChild.remove();
  if (atEnd || mine) log.scrollTop = log.scrollHeight;
}

// --- what the person does ----------------------------------------------------------------------------------------------

$("call").addEventListener("click", call);
$("hold").addEventListener("click", () => holdOrResume(!self.held));
$("mute").addEventListener("click", mute);
$("chat").addEventListener("click", () => $("text").focus());
$("hang-up").addEventListener("click", hangUp);
$("panel-peer").addEventListener("change", ({ target }) => {
  panel.show(peers.get(target.value) ?? null);
  show();
});
$("say").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = $("text").value.trim();
  if (text && say(text)) $("text").value = "";
});
$("copy").addEventListener("click", async () => {
  const url = new URL(document.baseURI);
  url.search = new URLSearchParams({ room: self.room });
  await navigator.clipboard?.writeText(url).catch(() => {});
  const label = $("copy").querySelector("span");
  label.textContent = "Copied";
  setTimeout(() => (label.textContent = "Copy link"), 1500);
});
$("join").addEventListener("submit", (event) => {
  event.preventDefault();
  const { room, name } = Object.fromEntries(new FormData(event.target));
  const url = new URL(location);
  url.searchParams.set("room", room);
  if (name) url.searchParams.set("name", name);
  else url.searchParams.delete("name");
  history.replaceState(null, "", url);
  join(room, name);
});
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.body.dataset.view !== "call") return;
  if (event.target.closest("input, select, textarea")) {
    if (event.key === "Escape") event.target.blur();
    return;
  }
  const action = { c: call, h: () => holdOrResume(true), r: () => holdOrResume(false), m: mute, t: () => $("text").focus(), q: hangUp }[event.key.toLowerCase()];
  if (!action) return;
  event.preventDefault();
  action();
});
addEventListener("pointerdown", listen);
addEventListener("pagehide", () => signaling?.leave());
setInterval(async () => {
  await Promise.all([...peers.values()].map((peer) => peer.stats.sample(peer.connection).catch(() => {})));
  panel.plot();
}, 1000);

// What the tests read; docs/page.md describes it.
window.parley = Object.freeze({
  get self() {
    return { ...self };
  },
  get peers() {
    return [...peers.values()].map((peer) => ({
      id: peer.id,
      name: peer.name,
      polite: peer.polite,
      held: peer.held,
      heldByPeer: peer.heldByPeer,
      channelOpen: peer.channelOpen,
      collisions: peer.negotiation.collisions,
      signaling: peer.connection.signalingState,
      gathering: peer.connection.iceGatheringState,
      ice: peer.connection.iceConnectionState,
      connection: peer.connection.connectionState,
      transceivers: peer.connection.getTransceivers().map((each) => ({
        mid: each.mid, kind: each.receiver.track.kind, direction: each.direction, currentDirection: each.currentDirection,
      })),
      history: [...peer.history],
    }));
  },
  connection: (id) => peers.get(id)?.connection,
  stats: async (id) => [...(await peers.get(id).connection.getStats()).values()],
});

const address = new URLSearchParams(location.search);
if (address.get("room")) join(address.get("room"), address.get("name") ?? "");
