namespace Parley.Media;

/// <summary>
/// Encoded media that travel with the library, so that a call can be heard and seen with no codec installed. Each call makes a new source
/// that loops.
/// </summary>
public static class SampleMedia
{
    /// <summary>A test card with a clock: VP8, 640x360, 15 frames a second, a key frame each second, 60 s.</summary>
    public static IvfSource TestCard(TimeProvider? clock = null) => new(Resource("test-card.ivf"), clock: clock);

    /// <summary>A cheerful tune: Opus, mono, 17 s.</summary>
    public static OggOpusSource Tune(TimeProvider? clock = null) => new(Resource("tune.ogg"), clock: clock);

    /// <summary>Calm music for who has to wait: Opus, mono, 22 s.</summary>
    public static OggOpusSource HoldMusic(TimeProvider? clock = null) => new(Resource("hold-music.ogg"), clock: clock);

    /// <summary>A tone of 440 Hz: Opus, mono, 10 s.</summary>
    public static OggOpusSource Tone(TimeProvider? clock = null) => new(Resource("tone.ogg"), clock: clock);

    private static Stream Resource(string name) =>
        typeof(SampleMedia).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The library was built without {name}.");
}
