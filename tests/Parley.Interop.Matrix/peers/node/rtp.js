// The files of media/ as RTP: VP8 from IVF (RFC 7741 §4.2), Opus from Ogg (RFC 7587 §4.2).
"use strict";

const { readFileSync } = require("node:fs");
const { join } = require("node:path");

const media = join(__dirname, "../../../../media");
const longest = 1100;

function* frames() {
  const file = readFileSync(join(media, "test-card.ivf"));
  for (let at = file.readUInt16LE(6); at < file.length;) {
    const length = file.readUInt32LE(at);
    yield file.subarray(at + 12, at + 12 + length);
    at += 12 + length;
  }
}

// RFC 3533 §6: a page is cut by its table of lacing values. The first two packets are headers.
function* sounds() {
  const file = readFileSync(join(media, "tune.ogg"));
  let skip = 2;
  let begun = [];
  for (let at = 0; at < file.length;) {
    const lacing = file.subarray(at + 27, at + 27 + file[at + 26]);
    at += 27 + lacing.length;
    for (const length of lacing) {
      begun.push(file.subarray(at, at + length));
      at += length;
      if (length === 255) continue;
      if (skip-- <= 0) yield Buffer.concat(begun);
      begun = [];
    }
  }
}

function packet({ payloadType, ssrc, sequence, timestamp, marker }, payload) {
  const header = Buffer.alloc(12);
  header[0] = 0x80;
  header[1] = (marker ? 0x80 : 0) | payloadType;
  header.writeUInt16BE(sequence & 0xffff, 2);
  header.writeUInt32BE(timestamp >>> 0, 4);
  header.writeUInt32BE(ssrc, 8);
  return Buffer.concat([header, ...payload]);
}

const pictureParts = (frame) => Array.from({ length: Math.ceil(frame.length / longest) }, (_, i) =>
  [Buffer.from([i === 0 ? 0x10 : 0]), frame.subarray(i * longest, (i + 1) * longest)]);

// Plays a kind of media for ever: calls send(packet) in real time with what stream() says of the stream, and nothing while it says null.
// Returns what stops it.
exports.play = (kind, stream, send) => {
  const [interval, ticks, open] = kind === "audio" ? [20, 960, sounds] : [1000 / 15, 6000, frames];
  let source = open();
  let sequence = 0;
  let timestamp = 0;
  let sent = 0;
  const start = performance.now();
  const timer = setInterval(() => {
    for (; start + sent * interval <= performance.now(); sent++) {
      let { value, done } = source.next();
      if (done) ({ value } = (source = open()).next());
      const now = stream();
      timestamp += ticks;
      if (!now) continue;
      const parts = kind === "audio" ? [[value]] : pictureParts(value);
      parts.forEach((part, i) => send(packet({ ...now, sequence: sequence++, timestamp, marker: kind === "video" && i === parts.length - 1 }, part)));
    }
  }, 10);
  return () => clearInterval(timer);
};
