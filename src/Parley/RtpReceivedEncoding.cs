using Parley.Media;

namespace Parley;

/// <summary>
/// One encoding of several that the peer sends of the same pictures (RFC 8853): told apart by its rid, also in its retransmissions.
/// </summary>
public sealed class RtpReceivedEncoding
{
    internal RtpReceivedEncoding(string rid, MediaStreamTrack track)
    {
        Rid = rid;
        Track = track;
    }

    /// <summary>The encoding's name (RFC 8851).</summary>
    public string Rid { get; }

    /// <summary>Its pictures; muted until the first comes. Asking it for a key frame asks for one of this encoding.</summary>
    public MediaStreamTrack Track { get; }
}
