// What this side sends: camera and microphone, and what takes their place on hold.

/** Opens the camera and the microphone, or what there is of them. Null on a machine that has, or gives, neither. */
export async function openCamera() {
  const video = { width: { ideal: 640 }, height: { ideal: 480 }, frameRate: { max: 30 } };
  const audio = { echoCancellation: true, noiseSuppression: true };
  for (const wish of [{ audio, video }, { audio }, { video }]) {
    try {
      return await navigator.mediaDevices.getUserMedia(wish);
    } catch (error) {
      if (error.name === "NotAllowedError") return null; // do not ask again what was refused
    }
  }
  return null;
}

/** What a peer hears and sees while it is on hold: a quiet tune and a calm picture. */
export class HoldMedia {
  #context = new AudioContext();
  #timer;

  constructor() {
    this.audio = this.#tune();
    this.video = this.#card();
    this.#context.resume();
  }

  close() {
    clearInterval(this.#timer);
    this.audio.stop();
    this.video.stop();
    this.#context.close();
  }

  // A slow broken chord, Am F C G, each note a fading sine with a soft octave above it.
  #tune() {
    const chords = [[220, 261.63, 329.63], [174.61, 220, 261.63], [196, 261.63, 329.63], [196, 246.94, 293.66]];
    const rate = this.#context.sampleRate;
    const noteSeconds = 0.5;
    const notes = chords.flatMap(([a, b, c]) => [a, b, c, b]);
    const buffer = this.#context.createBuffer(1, Math.round(notes.length * noteSeconds * rate), rate);
    const samples = buffer.getChannelData(0);
    notes.forEach((frequency, index) => {
      const start = Math.round(index * noteSeconds * rate);
      for (let i = 0; i < 1.6 * rate; i++) {
        const t = i / rate;
        const envelope = Math.min(1, t / 0.02) * Math.exp(-3 * t) * 0.18;
        const wave = Math.sin(2 * Math.PI * frequency * t) + 0.3 * Math.sin(4 * Math.PI * frequency * t);
        samples[(start + i) % samples.length] += envelope * wave; // the end rings into the beginning: no seam
      }
    });
    const source = new AudioBufferSourceNode(this.#context, { buffer, loop: true });
    const destination = this.#context.createMediaStreamDestination();
    source.connect(destination);
    source.start();
    return destination.stream.getAudioTracks()[0];
  }

  #card() {
    const canvas = Object.assign(document.createElement("canvas"), { width: 640, height: 360 });
    const paint = canvas.getContext("2d");
    const draw = () => {
      const breath = (Math.sin(performance.now() / 1500) + 1) / 2;
      paint.fillStyle = "#16202b";
      paint.fillRect(0, 0, 640, 360);
      paint.fillStyle = `rgba(94, 200, 186, ${0.5 + 0.5 * breath})`;
      paint.fillRect(296, 120, 14, 60);
      paint.fillRect(330, 120, 14, 60);
      paint.fillStyle = "#dfe7ee";
      paint.font = "500 28px system-ui, sans-serif";
      paint.textAlign = "center";
      paint.fillText("On hold", 320, 236);
    };
    draw();
    this.#timer = setInterval(draw, 200);
    return canvas.captureStream(5).getVideoTracks()[0];
  }
}
