using Parley.Net;

namespace Parley.Srtp;

/// <summary>What a context knows of one synchronization source (RFC 3711 §3.2.3).</summary>
internal sealed class Source(uint ssrc)
{
    /// <summary>Packets of RTP have 48-bit indices, of which the sequence number is the low 16 (RFC 3711 §3.3.1).</summary>
    public const long MaxRtpIndex = (1L << 48) - 1;

    /// <summary>Packets of RTCP have 31-bit indices.</summary>
    public const long MaxRtcpIndex = (1L << 31) - 1;

    /// <summary>The received RTP indices.</summary>
    public ReplayWindow Rtp = new();

    /// <summary>The received RTCP indices.</summary>
    public ReplayWindow Rtcp = new();

    /// <summary>The source's identifier.</summary>
    public uint Ssrc { get; } = ssrc;

    /// <summary>When the last authentic packet came.</summary>
    public Instant LastHeardAt { get; set; }

    /// <summary>The highest RTP index sent; -1 before the first.</summary>
    public long HighestSentRtp { get; set; } = -1;

    /// <summary>The index of the next RTCP packet sent.</summary>
    public long NextRtcp { get; set; }

    /// <summary>
    /// The index that the sequence number stands for, given the highest known one (-1: none): RFC 3711 appendix A, with ROC and s_l
    /// held as one number. It may answer below zero or above <see cref="MaxRtpIndex"/>: there is no such packet.
    /// </summary>
    public static long EstimateRtpIndex(long highest, ushort sequenceNumber)
    {
        if (highest < 0)
        {
            return sequenceNumber;
        }

        var rollOver = highest >> 16;
        var last = (int)(highest & 0xFFFF);
        if (last < 0x8000)
        {
            if (sequenceNumber - last > 0x8000)
            {
                rollOver--;
            }
        }
        else if (last - 0x8000 > sequenceNumber)
        {
            rollOver++;
        }

        return (rollOver << 16) | sequenceNumber;
    }
}
