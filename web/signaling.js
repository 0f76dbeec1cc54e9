// The room: the messages of docs/signaling.md, over one WebSocket after the other.

const beatEvery = 2000; // ms between questions whether the server is still there
const missedBeats = 3; // so many without a word, and the socket counts as lost
const connectWithin = 5000; // ms one attempt may take
const firstPause = 500; // ms before the second attempt; twice that before the third, and so on
const longestPause = 8000;
const mostWaiting = 1024; // messages that wait for the server
const mostTaken = 128; // messages kept although the server took them, for a server that is started anew

/** An address of the server, below the page's own path, with whatever else the page's address asks for (an access token, say). */
export function serverUrl(path) {
  const url = new URL(path, document.baseURI);
  for (const [key, value] of new URLSearchParams(location.search)) {
    if (!["room", "name", "session"].includes(key)) url.searchParams.append(key, value);
  }
  return url;
}

/**
 * Joins a room, tells what happens there, and comes back when the connection is lost.
 *
 * Events: "welcome" {id, room} once; "peer-joined" {id, name, polite}; "peer-left" {id}; "error" {code, message};
 * "message" {from, description | candidate}; "reconnecting"; "reconnected" {resumed}; "closed" when the server wants no more.
 */
export class Signaling extends EventTarget {
  #room;
  #name;
  #socket = null;
  #ready = false; // welcomed, and what waited is sent
  #session = null;
  #known = new Map(); // id → {sent, last}: the numbers of the last message to and from it
  #received = 0; // messages of this session that count, from the server
  #sent = []; // {number, to, text}: not yet taken by the server, and some that are
  #count = 0;
  #taken = 0;
  #pause = firstPause;
  #timer = 0; // of the attempt, or of the pause before it
  #beat = 0;
  #heard = true;
  #missed = 0;
  #left = false;

  /** This member's id in the room. */
  id = "";

  constructor(room, name) {
    super();
    this.#room = room;
    this.#name = name;
    addEventListener("online", this.#hurry);
    this.#connect();
  }

  /** Sends a description or a candidate to one peer; while the server is away, later. */
  send(to, content) {
    const peer = this.#known.get(to);
    if (!peer || this.#left) return;
    const text = JSON.stringify({ to, n: ++peer.sent, ...content });
    if (this.#session) {
      this.#sent.push({ number: ++this.#count, to, text });
      if (this.#sent.length > mostWaiting + mostTaken) this.#sent.shift();
    }
    if (this.#ready) this.#socket.send(text);
  }

  /** Leaves the room. No event follows. */
  leave() {
    this.#left = true;
    removeEventListener("online", this.#hurry);
    this.#drop(1000);
  }

  #connect() {
    const url = serverUrl(`rooms/${encodeURIComponent(this.#room)}`);
    url.protocol = url.protocol.replace("http", "ws");
    if (this.#name) url.searchParams.set("name", this.#name);
    url.searchParams.set("session", this.#session ? "resume" : "new");
    const socket = new WebSocket(url);
    this.#socket = socket;
    socket.onopen = () => {
      if (this.#session) {
        socket.send(JSON.stringify({ type: "resume", token: this.#session.token, received: this.#received, peers: [...this.#known.keys()] }));
      }
    };
    socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    socket.onclose = ({ code }) => this.#lost(code);
    this.#timer = setTimeout(() => this.#lost(), connectWithin);
  }

  // A socket that is given up says nothing more, however long it takes to close.
  #drop(code) {
    clearTimeout(this.#timer);
    clearInterval(this.#beat);
    this.#ready = false;
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close(code);
  }

  #lost(code) {
    this.#drop(4000); // "I come back"
    if (code === 1008) { // it was too much for the server
      this.#left = true;
      this.#tell("closed");
      return;
    }
    this.#tell("reconnecting");
    this.#timer = setTimeout(() => this.#connect(), this.#pause * (0.5 + Math.random() / 2));
    this.#pause = Math.min(longestPause, this.#pause * 2);
  }

  // The network is there again: no need to wait any longer.
  #hurry = () => {
    if (this.#ready || this.#left) return;
    this.#drop(4000);
    this.#pause = firstPause;
    this.#connect();
  };

  // A half-open connection looks like a silent one: only an answer that does not come tells them apart. Beats are counted, not time, so that a page
  // that did not run for a while asks again before it gives up.
  #startBeat() {
    this.#missed = 0;
    this.#beat = setInterval(() => {
      this.#missed = this.#heard ? 0 : this.#missed + 1;
      this.#heard = false;
      if (this.#missed >= missedBeats) this.#lost();
      else this.#socket.send(JSON.stringify({ type: "ping", received: this.#received }));
    }, beatEvery);
  }

  #receive(message) {
    this.#heard = true;
    if (message.type === "welcome") {
      this.#welcomed(message);
      return;
    }
    if (message.type === "pong") {
      this.#take(message.received);
      return;
    }
    this.#received++;
    // A message of a peer has a "from"; only the server's own have a "type".
    if (message.from !== undefined) this.#hear(message);
    else if (message.type === "peer-joined") this.#join(message, false);
    else if (message.type === "peer-left") this.#leave(message.id);
    else if (message.type === "error") this.#fail(message);
  }

  #welcomed({ id, room, peers, session }) {
    clearTimeout(this.#timer);
    const first = this.id === "";
    const resumed = Boolean(session?.resumed);
    this.#session = session ?? null;
    this.#pause = firstPause;
    let waiting;
    if (resumed) {
      this.#take(session.received);
      waiting = this.#sent.filter(({ number }) => number > this.#taken);
    } else {
      this.id = id;
      this.#received = 0;
      if (first) this.#tell("welcome", { id, room });
      this.#meet(peers, session);
      waiting = this.#startAnew();
    }
    this.#ready = true;
    for (const { text } of waiting) this.#socket.send(text);
    if (session) this.#startBeat();
    if (!first) this.#tell("reconnected", { resumed });
  }

  // A session that begins anew: who of the known ones knows us too is kept, and who has not come back yet the server waits for.
  #meet(peers, session) {
    const there = new Map(peers.map((each) => [each.id, each]));
    for (const id of [...this.#known.keys()]) {
      if (!session || (there.has(id) && !there.get(id).kept)) this.#leave(id);
    }
    for (const each of peers) if (!this.#known.has(each.id)) this.#join(each, true);
  }

  // What was sent to those that are kept is sent again; they know by its numbers what they have.
  #startAnew() {
    this.#sent = this.#sent.filter(({ to }) => this.#known.get(to)?.sent > 0);
    this.#count = this.#taken = 0;
    for (const each of this.#sent) each.number = ++this.#count;
    return this.#sent;
  }

  #take(count) {
    this.#taken = count;
    const taken = this.#sent.findIndex(({ number }) => number > count);
    const done = taken < 0 ? this.#sent.length : taken;
    if (done > mostTaken) this.#sent.splice(0, done - mostTaken);
  }

  #hear(message) {
    const peer = this.#known.get(message.from);
    if (!peer) return;
    if (message.n > 0) {
      if (message.n <= peer.last) return; // sent again, since the sender could not know that it had arrived
      peer.last = message.n;
    }
    this.#tell("message", message);
  }

  #join({ id, name }, polite) {
    this.#known.set(id, { sent: 0, last: 0 });
    this.#tell("peer-joined", { id, name, polite });
  }

  #leave(id) {
    if (this.#known.delete(id)) this.#tell("peer-left", { id });
  }

  #fail(message) {
    this.#tell("error", message);
    // In no room: the place that is missing may be there later.
    if (["room-full", "server-full"].includes(message.code) && !this.#ready) {
      this.#pause = longestPause;
      this.#lost();
    }
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
