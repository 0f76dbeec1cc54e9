using System.Buffers.Binary;

namespace Parley.Rtp;

/// <summary>An RTP packet, read in place (RFC 3550 §5.1).</summary>
/// <remarks><code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |V=2|P|X|  CC   |M|     PT      |       sequence number         |
/// |                           timestamp                           |
/// |                              SSRC                             |
/// |                      CSRC list, CC times                      |
/// |      defined by profile       |       length in words         |
/// </code></remarks>
public readonly ref struct RtpPacketView
{
    /// <summary>Bytes of the header before the CSRC list.</summary>
    public const int FixedHeaderLength = 12;

    private readonly ReadOnlySpan<byte> _packet;
    private readonly int _extensionLength;

    private RtpPacketView(ReadOnlySpan<byte> packet, int headerLength, int extensionLength, int paddingLength)
    {
        _packet = packet;
        HeaderLength = headerLength;
        _extensionLength = extensionLength;
        PaddingLength = paddingLength;
    }

    /// <summary>Whether the sender marked the packet; for pictures, the last of a frame.</summary>
    public bool Marker => (_packet[1] & 0x80) != 0;

    /// <summary>What the payload is.</summary>
    public PayloadType PayloadType => new((byte)(_packet[1] & 0x7F));

    /// <summary>The packet's number within its stream.</summary>
    public SequenceNumber SequenceNumber => new(BinaryPrimitives.ReadUInt16BigEndian(_packet[2..]));

    /// <summary>When the first byte of the payload was sampled.</summary>
    public RtpTimestamp Timestamp => new(BinaryPrimitives.ReadUInt32BigEndian(_packet[4..]));

    /// <summary>The stream.</summary>
    public Ssrc Ssrc => new(BinaryPrimitives.ReadUInt32BigEndian(_packet[8..]));

    /// <summary>How many contributing sources are named, 0 to 15.</summary>
    public int ContributingSourceCount => _packet[0] & 0x0F;

    /// <summary>Bytes before the payload: fixed header, CSRC list and extension.</summary>
    public int HeaderLength { get; }

    /// <summary>Bytes of padding after the payload, the count included.</summary>
    public int PaddingLength { get; }

    /// <summary>Whether there is a header extension, be it empty.</summary>
    public bool HasExtension => (_packet[0] & 0x10) != 0;

    /// <summary>The header extension's "defined by profile" bits; 0xBEDE and 0x100x are RFC 8285's; 0 without extension.</summary>
    public ushort ExtensionProfile =>
        HasExtension ? BinaryPrimitives.ReadUInt16BigEndian(_packet[(HeaderLength - _extensionLength - 4)..]) : (ushort)0;

    /// <summary>The header extension's bytes, after its own four-byte header.</summary>
    public ReadOnlySpan<byte> ExtensionData => _packet.Slice(HeaderLength - _extensionLength, _extensionLength);

    /// <summary>The header extension's elements (RFC 8285 §4).</summary>
    public RtpHeaderExtensionReader Extensions => new(ExtensionProfile, ExtensionData);

    /// <summary>The payload, without padding.</summary>
    public ReadOnlySpan<byte> Payload => _packet[HeaderLength..^PaddingLength];

    /// <summary>The whole packet.</summary>
    public ReadOnlySpan<byte> Packet => _packet;

    /// <summary>A contributing source, from 0 up to <see cref="ContributingSourceCount"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such one.</exception>
    public Ssrc ContributingSource(int index)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)index, (uint)ContributingSourceCount, nameof(index));
        return new(BinaryPrimitives.ReadUInt32BigEndian(_packet[(FixedHeaderLength + 4 * index)..]));
    }

    /// <summary>Whether the bytes are RTCP rather than RTP, where both share a transport (RFC 5761 §4): packet types 192 to 223.</summary>
    public static bool IsRtcp(ReadOnlySpan<byte> packet) => packet.Length >= 2 && packet[1] is >= 192 and <= 223;

    /// <summary>Reads a packet's header and checks that everything it announces is there.</summary>
    public static bool TryParse(ReadOnlySpan<byte> packet, out RtpPacketView view, out RtpParseError error)
    {
        view = default;
        if (packet.Length < FixedHeaderLength)
        {
            error = RtpParseError.Truncated;
            return false;
        }

        if (packet[0] >> 6 != 2)
        {
            error = RtpParseError.BadVersion;
            return false;
        }

        var header = FixedHeaderLength + 4 * (packet[0] & 0x0F);
        var extension = 0;
        if ((packet[0] & 0x10) != 0)
        {
            if (packet.Length < header + 4)
            {
                error = RtpParseError.Truncated;
                return false;
            }

            extension = 4 * BinaryPrimitives.ReadUInt16BigEndian(packet[(header + 2)..]);
            header += 4 + extension;
        }

        if (packet.Length < header)
        {
            error = RtpParseError.Truncated;
            return false;
        }

        var padding = 0;
        if ((packet[0] & 0x20) != 0)
        {
            padding = packet[^1];
            if (padding == 0 || padding > packet.Length - header)
            {
                error = RtpParseError.BadPadding;
                return false;
            }
        }

        error = RtpParseError.None;
        view = new RtpPacketView(packet, header, extension, padding);
        return true;
    }
}
