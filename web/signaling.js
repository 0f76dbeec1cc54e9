// The room: one WebSocket, the messages of docs/signaling.md.

/**
 * Joins a room and tells what happens there.
 *
 * Events: "welcome" {id, room, peers}, "peer-joined" {id, name}, "peer-left" {id}, "error" {code, message},
 * "message" {from, description | candidate}, "closed" {clean}.
 */
export class Signaling extends EventTarget {
  #socket;

  constructor(room, name) {
    super();
    const url = new URL(`rooms/${encodeURIComponent(room)}`, document.baseURI);
    url.protocol = url.protocol.replace("http", "ws");
    if (name) url.searchParams.set("name", name);
    this.#socket = new WebSocket(url);
    this.#socket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    this.#socket.onclose = ({ wasClean }) => this.#tell("closed", { clean: wasClean });
  }

  /** Sends a description or a candidate to one peer. */
  send(to, content) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ to, ...content }));
  }

  /** Leaves the room. No event follows. */
  leave() {
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
  }

  #receive(message) {
    // A message of a peer has a "from"; only the server's own have a "type".
    if (message.from !== undefined) this.#tell("message", message);
    else this.#tell(message.type, message);
  }

  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
