namespace Parley.Media;

/// <summary>
/// Turns raw sound into the packets of a codec. It gathers samples until a packet is full, so one call may bring none, one or
/// several. Not safe for concurrent use.
/// </summary>
public abstract class AudioEncoder : IDisposable
{
    /// <summary>Takes an encoded frame. Its data are valid during the call only.</summary>
    /// <param name="frame">The frame.</param>
    public delegate void FrameHandler(in MediaFrame frame);

    /// <summary>What it encodes to.</summary>
    public abstract MediaFormat Format { get; }

    /// <summary>Makes an encoder.</summary>
    /// <param name="target">The format wanted: Opus (needs libopus on the machine), PCMU or PCMA.</param>
    /// <param name="source">The raw format given, see <see cref="MediaFormat.Pcm"/>; any rate and number of channels.</param>
    /// <exception cref="NotSupportedException">There is no encoder for the format, or its library is missing; the message says how to
    /// install it.</exception>
    public static AudioEncoder Create(MediaFormat target, MediaFormat source) => Create(target, source, new OpusEncoderOptions());

    /// <summary>Makes an encoder.</summary>
    /// <param name="target">The format wanted: Opus (needs libopus on the machine), PCMU or PCMA.</param>
    /// <param name="source">The raw format given, see <see cref="MediaFormat.Pcm"/>; any rate and number of channels.</param>
    /// <param name="options">How to encode Opus; other formats have no options.</param>
    /// <exception cref="NotSupportedException">There is no encoder for the format, or its library is missing; the message says how to
    /// install it.</exception>
    public static AudioEncoder Create(MediaFormat target, MediaFormat source, OpusEncoderOptions options)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        if (PcmConverter.IsPcm(source))
        {
            if (target.Equals(MediaFormat.Opus))
            {
                return new OpusEncoder(source, options);
            }

            if (target.Equals(MediaFormat.Pcmu) || target.Equals(MediaFormat.Pcma))
            {
                return new G711Encoder(target, source);
            }
        }

        throw new NotSupportedException($"There is no encoder from {source.Name} to {target.Name}.");
    }

    /// <summary>Whether there is an encoder to this format on this machine.</summary>
    public static bool IsSupported(MediaFormat target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target.Equals(MediaFormat.Pcmu)
            || target.Equals(MediaFormat.Pcma)
            || (target.Equals(MediaFormat.Opus) && OpusLibrary.IsPresent);
    }

    /// <summary>Encodes raw sound.</summary>
    /// <param name="frame">Raw sound in the source format.</param>
    /// <param name="encoded">Called for each packet that became full.</param>
    public abstract void Encode(in MediaFrame frame, FrameHandler encoded);

    /// <inheritdoc/>
    public abstract void Dispose();
}
