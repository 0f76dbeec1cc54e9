// Perfect negotiation, the pattern of https://www.w3.org/TR/webrtc/#perfect-negotiation-example: both sides may change the
// call whenever they like; when two offers cross, the polite side gives way.

export class PerfectNegotiation {
  #connection;
  #polite;
  #send;
  #makingOffer = false;
  #ignoreOffer = false;
  #settingRemoteAnswer = false;

  /** How often offers of both sides crossed. */
  collisions = 0;

  /**
   * @param connection the RTCPeerConnection
   * @param polite whether this side gives way; of two peers in a room, the one who joined later
   * @param send sends {description} or {candidate} to the other side
   */
  constructor(connection, polite, send) {
    this.#connection = connection;
    this.#polite = polite;
    this.#send = send;
    connection.addEventListener("negotiationneeded", () => this.#offer());
    connection.addEventListener("icecandidate", ({ candidate }) => {
      // The end of one generation, "", says nothing that the null at the end of gathering does not say.
      if (candidate?.candidate !== "") send({ candidate });
    });
  }

  /** Takes a message of the other side, in the order they came. */
  async receive({ description, candidate }) {
    const connection = this.#connection;
    if (description) {
      // An answer being set makes the state stable in a moment; an offer that comes meanwhile is no collision.
      const ready = !this.#makingOffer && (connection.signalingState === "stable" || this.#settingRemoteAnswer);
      const collision = description.type === "offer" && !ready;
      if (collision) this.collisions++;
      this.#ignoreOffer = !this.#polite && collision;
      if (this.#ignoreOffer) return;
      this.#settingRemoteAnswer = description.type === "answer";
      try {
        await connection.setRemoteDescription(description); // rolls back our own offer when there is one
      } finally {
        this.#settingRemoteAnswer = false;
      }
      if (description.type === "offer") {
        await connection.setLocalDescription();
        this.#send({ description: connection.localDescription });
      }
    } else if (candidate !== undefined) {
      try {
        await connection.addIceCandidate(candidate);
      } catch (error) {
        if (!this.#ignoreOffer) throw error; // candidates of an offer we ignored have nowhere to go
      }
    }
  }

  async #offer() {
    try {
      this.#makingOffer = true;
      await this.#connection.setLocalDescription();
      this.#send({ description: this.#connection.localDescription });
    } catch (error) {
      if (this.#connection.signalingState !== "closed") console.error("offer", error);
    } finally {
      this.#makingOffer = false;
    }
  }
}
