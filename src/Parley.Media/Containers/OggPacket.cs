namespace Parley.Media;

/// <summary>One packet of an Ogg stream.</summary>
public readonly record struct OggPacket
{
    /// <summary>Its bytes, valid until the reader reads again.</summary>
    public ReadOnlyMemory<byte> Data { get; init; }

    /// <summary>
    /// The granule position of its page when it is the last packet that ends there: the stream's samples up to its end. Otherwise null.
    /// </summary>
    public long? GranulePosition { get; init; }

    /// <summary>Whether packets or pages before it are missing from the file.</summary>
    public bool FollowsLoss { get; init; }

    /// <summary>Whether the stream ends with it.</summary>
    public bool IsLast { get; init; }
}
