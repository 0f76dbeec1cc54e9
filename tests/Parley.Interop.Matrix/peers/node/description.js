// What descriptions say of a section, for peers whose stacks do not tell.
"use strict";

const sections = (sdp) => sdp.split(/\r?\n(?=m=)/).slice(1).map((text) => {
  const lines = text.split(/\r?\n/);
  const value = (name) => lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3);
  return {
    kind: lines[0].slice(2).split(" ")[0],
    mid: value("mid"),
    direction: ["sendrecv", "sendonly", "recvonly", "inactive"].find((each) => lines.includes(`a=${each}`)) ?? "sendrecv",
    payloadType: (codec) => Number(lines.find((line) => new RegExp(`^a=rtpmap:\\d+ ${codec}/`, "i").test(line))?.match(/:(\d+)/)[1]),
  };
});

const sends = (direction) => direction === "sendrecv" || direction === "sendonly";
const receives = (direction) => direction === "sendrecv" || direction === "recvonly";

exports.sections = sections;

// What an answerer may say to a direction of the offer when it wants "wish".
exports.answerTo = (offered, wish) => {
  const [out, back] = [sends(wish) && receives(offered), receives(wish) && sends(offered)];
  return out ? (back ? "sendrecv" : "sendonly") : back ? "recvonly" : "inactive";
};

// The direction in use from the side of "local"; null where a description does not have the section.
exports.current = (local, remote, mid) => {
  const [ours, theirs] = [local, remote].map((sdp) => sdp && sections(sdp).find((each) => each.mid === mid)?.direction);
  if (!ours || !theirs) return null;
  const [out, back] = [sends(ours) && receives(theirs), receives(ours) && sends(theirs)];
  return out ? (back ? "sendrecv" : "sendonly") : back ? "recvonly" : "inactive";
};
