namespace Parley.Stun;

/// <summary>Tells the protocols on one socket apart (RFC 7983 §7; RTP from RTCP by RFC 5761 §4).</summary>
public static class DatagramDemultiplexer
{
    /// <summary>What a datagram is; never throws, an empty one is <see cref="DatagramKind.Unknown"/>.</summary>
    public static DatagramKind Classify(ReadOnlySpan<byte> datagram)
    {
        if (datagram.IsEmpty)
        {
            return DatagramKind.Unknown;
        }

        return datagram[0] switch
        {
            <= 3 => DatagramKind.Stun,
            >= 128 and <= 191 => datagram.Length > 1 && datagram[1] is >= 192 and <= 223 ? DatagramKind.Rtcp : DatagramKind.Rtp,
            >= 20 and <= 63 => DatagramKind.Dtls,
            >= 64 and <= 79 => DatagramKind.TurnChannel,
            >= 16 and <= 19 => DatagramKind.Zrtp,
            _ => DatagramKind.Unknown,
        };
    }
}
