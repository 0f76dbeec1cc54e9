namespace Parley.Media;

/// <summary>
/// Turns the packets of a codec into raw sound. What is missing between two frames, by their timestamps, is filled in, so that
/// the sound is as long as its timeline; after a longer gap the timeline leaps instead. Not safe for concurrent use.
/// </summary>
public abstract class AudioDecoder : IDisposable
{
    /// <summary>Takes a decoded frame. Its data are valid during the call only.</summary>
    /// <param name="frame">The frame, in <see cref="Format"/>.</param>
    public delegate void FrameHandler(in MediaFrame frame);

    /// <summary>The raw format it decodes to.</summary>
    public abstract MediaFormat Format { get; }

    /// <summary>Makes a decoder.</summary>
    /// <param name="source">The format to decode: Opus (needs libopus on the machine; decoded to 48 kHz stereo), PCMU, PCMA (either, with
    /// comfort noise between), or raw sound, which passes.</param>
    /// <exception cref="NotSupportedException">There is no decoder for the format, or its library is missing; the message says how to
    /// install it.</exception>
    public static AudioDecoder Create(MediaFormat source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return source.Equals(MediaFormat.Opus) ? new OpusDecoder(channels: 2)
            : G711Decoder.IsOfItsLine(source) ? new G711Decoder()
            : PcmConverter.IsPcm(source) ? new PcmDecoder(source)
            : throw new NotSupportedException($"There is no decoder for {source.Name}.");
    }

    /// <summary>Whether frames of one format and of another go through one decoder.</summary>
    internal static bool AreOfOneLine(MediaFormat one, MediaFormat other) =>
        one.Equals(other) || (G711Decoder.IsOfItsLine(one) && G711Decoder.IsOfItsLine(other));

    /// <summary>Decodes a frame.</summary>
    /// <param name="frame">The frame; what is no valid packet is filled in as if it had been lost.</param>
    /// <param name="decoded">Called for each piece of sound in turn.</param>
    public abstract void Decode(in MediaFrame frame, FrameHandler decoded);

    /// <inheritdoc/>
    public abstract void Dispose();
}
