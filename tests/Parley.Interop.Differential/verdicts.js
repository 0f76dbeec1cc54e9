// What this browser says to the descriptions and candidates of cases.json: one verdict a case, the same that ParleyVerdicts.cs gives for Parley.
"use strict";

const additions = {
  a: (pc) => pc.addTransceiver("audio"),
  s: (pc) => pc.addTransceiver("audio", { direction: "sendonly" }),
  R: (pc) => pc.addTransceiver("audio", { direction: "recvonly" }),
  i: (pc) => pc.addTransceiver("audio", { direction: "inactive" }),
  v: (pc) => pc.addTransceiver("video"),
  r: (pc) => pc.addTransceiver("video", { direction: "recvonly" }),
  S: (pc) => pc.addTransceiver("video", { sendEncodings: [{ rid: "q" }, { rid: "h" }, { rid: "f" }] }),
  d: (pc) => pc.createDataChannel("data"),
};

// An answer takes the offer's numbers: {URI} is the id that the offer has for a header extension; a line with one it has not is left out.
function numbered(sdp, offer) {
  return sdp.replace(/a=extmap:\{([^}]*)\}(.*\r?\n?)/g, (line, uri, rest) => {
    const id = offer.match(/a=extmap:.*/g)?.map((each) => each.slice(9).trim().split(/[ /]/, 1).concat(each.trim().split(" ")[1])).find((each) => each[1] === uri)?.[0];
    return id ? `a=extmap:${id}${rest}` : "";
  });
}

async function verdictOf({ offered, policy, then, steps, candidate, certificate }) {
  // With relays alone and no server there is no address of ours: nothing is ever sent to an address that a case names.
  const pc = new RTCPeerConnection({ bundlePolicy: policy, iceTransportPolicy: "relay", certificates: [certificate] });
  let stage;
  try {
    for (const each of offered) additions[each](pc);
    for (const [index, { type, sdp }] of steps.entries()) {
      const last = index === steps.length - 1 && candidate === undefined;
      stage = last ? "REFUSED" : "BEFORE-REFUSED";
      if (last && index > 0) {
        if (then === "restart") pc.restartIce();
        else for (const each of then) additions[each](pc);
      }
      if (type !== "offer" && pc.signalingState === "stable") await pc.setLocalDescription();
      await pc.setRemoteDescription({ type, sdp: type === "offer" ? sdp : numbered(sdp, pc.localDescription.sdp) });
      if (type === "offer") {
        if (last) stage = "ANSWER-FAILED";
        await pc.setLocalDescription();
      }
    }
    if (candidate !== undefined) {
      stage = "REFUSED";
      await pc.addIceCandidate(candidate);
    }
    return { verdict: "OK" };
  } catch (error) {
    return { verdict: stage, error: `${error.name}: ${error.message}` };
  } finally {
    pc.close();
  }
}

async function verdictsOf(cases) {
  const certificate = await RTCPeerConnection.generateCertificate({ name: "ECDSA", namedCurve: "P-256" });
  const verdicts = new Array(cases.length);
  let next = 0;
  const work = async () => {
    for (let at = next++; at < cases.length; at = next++) verdicts[at] = await verdictOf({ ...cases[at], certificate });
  };
  await Promise.all(Array.from({ length: 8 }, work));
  return verdicts;
}
