"""Writes tune.wav and hold-music.wav: melodies made for Parley, so that nobody's rights are touched. Every note is a few decaying sines."""
import array
import math
import sys
import wave

RATE = 48_000


def frequency(note):
    name, octave = note[:-1], int(note[-1])
    semitone = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}[name[0]] + name.count("#") - name.count("b")
    return 440.0 * 2 ** ((semitone - 9) / 12 + octave - 4)


def strike(sound, at, note, length, loudness, partials, decay, attack=0.004):
    """Adds one note; what rings beyond the end wraps to the beginning, so that the loop has no seam."""
    base = frequency(note)
    ring = int(RATE * (length + decay))
    for harmonic, share in partials:
        step = 2 * math.pi * base * harmonic / RATE
        fade = math.exp(-harmonic ** 0.5 * 3.0 / (decay * RATE))
        level = loudness * share
        for i in range(ring):
            if i < attack * RATE:
                edge = i / (attack * RATE)
            else:
                edge = min(1.0, (ring - i) / (0.03 * RATE))
            index = (at + i) % len(sound)
            sound[index] += level * edge * math.sin(step * i)
            level *= fade


def write(path, sound):
    peak = max(abs(value) for value in sound)
    with wave.open(path, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(array.array("h", (int(value / peak * 20_000) for value in sound)).tobytes())


def tune(path):
    beat = 60 / 116 / 2
    bars = [
        ("C3 G3", "E5 - G5 - C6 - B5 G5"), ("A2 E3", "A5 - E5 - C5 - D5 E5"), ("F2 C3", "F5 - A5 - C6 - A5 F5"), ("G2 D3", "G5 - D5 - B4 - D5 G5"),
        ("C3 G3", "E5 G5 C6 - E6 - D6 C6"), ("A2 E3", "C6 - A5 - E5 - A5 -"), ("D3 A3", "F5 - A5 D6 C6 - A5 -"), ("G2 G3", "B5 - A5 - G5 F5 D5 -"),
    ]
    # A whole number of 20 ms packets.
    total = round(len(bars) * 8 * beat * 50) * 960
    sound = [0.0] * total
    bell = [(1, 1.0), (2, 0.45), (3, 0.18), (4.2, 0.06)]
    wood = [(1, 1.0), (2, 0.3), (3, 0.1)]
    for bar, (bass, line) in enumerate(bars):
        low, high = bass.split()
        for eighth, note in enumerate(line.split()):
            at = int((bar * 8 + eighth) * beat * RATE)
            if note != "-":
                strike(sound, at, note, beat, 0.5, bell, 0.55)
            if eighth in (0, 3, 6):
                strike(sound, at, low if eighth == 0 else high, beat, 0.5, wood, 0.4)
    write(path, sound)


def hold_music(path):
    beat = 60 / 66
    chords = [("C3", "E4 G4 B4"), ("A2", "C4 E4 G4"), ("F2", "A3 C4 E4"), ("G2", "B3 D4 F4"), ("E3", "G3 B3 D4"), ("A2", "G3 C4 E4"), ("D3", "F3 A3 C4"), ("G2", "F3 B3 D4")]
    melody = ["B4", "G4", "E4", "D4", "B4", "C5", "A4", "G4"]
    total = round(len(chords) * 3 * beat * 50) * 960
    sound = [0.0] * total
    pad = [(1, 1.0), (2, 0.2), (3, 0.05)]
    for bar, (root, chord) in enumerate(chords):
        at = int(bar * 3 * beat * RATE)
        strike(sound, at, root, beat * 3, 0.5, pad, 2.5, attack=0.08)
        for i, note in enumerate(chord.split()):
            strike(sound, at + int(i * beat * RATE), note, beat * 2, 0.32, pad, 2.2, attack=0.05)
        strike(sound, at + int(1.5 * beat * RATE), melody[bar], beat, 0.22, [(1, 1.0), (2, 0.1)], 1.6, attack=0.03)
    write(path, sound)


tune(sys.argv[1] + "/tune.wav")
hold_music(sys.argv[1] + "/hold-music.wav")
