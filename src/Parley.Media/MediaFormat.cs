namespace Parley.Media;

/// <summary>How the bytes of a frame are encoded. Equal formats can be passed on without encoding them anew.</summary>
/// <param name="Name">The encoding's name as in SDP ("opus", "VP8", "VP9", "AV1", "H264", "PCMU"); "L16" is raw little-endian 16-bit sound.
/// Compared without regard to case.</param>
/// <param name="ClockRate">Ticks of the RTP clock per second; for sound, the sampling rate.</param>
/// <param name="Channels">Channels of sound, interleaved; 0 for pictures.</param>
public sealed record MediaFormat(string Name, int ClockRate, int Channels = 0)
{
    /// <summary>Opus, whose RTP clock is always 48 kHz with two channels (RFC 7587).</summary>
    public static MediaFormat Opus { get; } = new("opus", 48_000, 2);

    /// <summary>G.711 µ-law.</summary>
    public static MediaFormat Pcmu { get; } = new("PCMU", 8_000, 1);

    /// <summary>G.711 A-law.</summary>
    public static MediaFormat Pcma { get; } = new("PCMA", 8_000, 1);

    /// <summary>
    /// Comfort noise (RFC 3389): between frames of G.711, a frame that says what silence sounds like until the next one: the level in
    /// -dBov, then its spectrum, which may be left out.
    /// </summary>
    public static MediaFormat ComfortNoise { get; } = new("CN", 8_000, 1);

    /// <summary>VP8.</summary>
    public static MediaFormat Vp8 { get; } = new("VP8", 90_000);

    /// <summary>VP9.</summary>
    public static MediaFormat Vp9 { get; } = new("VP9", 90_000);

    /// <summary>AV1 in temporal units whose OBUs say their sizes (the low-overhead format).</summary>
    public static MediaFormat Av1 { get; } = new("AV1", 90_000);

    /// <summary>H.264 in Annex B form (start codes).</summary>
    public static MediaFormat H264 { get; } = new("H264", 90_000);

    /// <summary>What kind of media it is.</summary>
    public MediaKind Kind => Channels == 0 ? MediaKind.Video : MediaKind.Audio;

    /// <summary>Raw sound: interleaved 16-bit samples in the machine's byte order.</summary>
    public static MediaFormat Pcm(int sampleRate, int channels) => new("L16", sampleRate, channels);

    /// <inheritdoc/>
    public bool Equals(MediaFormat? other) =>
        other is not null
            && ClockRate == other.ClockRate
            && Channels == other.Channels
            && string.Equals(Name, other.Name, StringComparison.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(StringComparer.OrdinalIgnoreCase.GetHashCode(Name), ClockRate, Channels);
}
