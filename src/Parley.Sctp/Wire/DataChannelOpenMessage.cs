using System.Buffers.Binary;
using System.Text;

namespace Parley.Sctp.Wire;

/// <summary>
/// DATA_CHANNEL_OPEN and DATA_CHANNEL_ACK, RFC 8832 §5:
/// <code>
/// |  Message Type |  Channel Type |            Priority           |
/// |                    Reliability Parameter                      |
/// |         Label Length          |       Protocol Length         |
/// |                             Label                             |
/// |                            Protocol                           |
/// </code>
/// </summary>
internal static class DataChannelOpenMessage
{
    public const byte OpenType = 0x03;
    public const byte AckType = 0x02;
    private const int FixedLength = 12;
    private const byte UnorderedBit = 0x80;
    private const byte Reliable = 0x00;
    private const byte LimitedRetransmits = 0x01;
    private const byte LimitedLifetime = 0x02;

    public static ReadOnlySpan<byte> Ack => [AckType];

    public static byte[] Write(DataChannelParameters parameters)
    {
        var label = Encoding.UTF8.GetByteCount(parameters.Label);
        var protocol = Encoding.UTF8.GetByteCount(parameters.Protocol);
        var message = new byte[FixedLength + label + protocol];
        message[0] = OpenType;
        message[1] = parameters switch
        {
            { MaxRetransmits: not null } => LimitedRetransmits,
            { MaxLifetime: not null } => LimitedLifetime,
            _ => Reliable,
        };
        message[1] |= parameters.Ordered ? (byte)0 : UnorderedBit;
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), parameters.Priority);
        BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(4), parameters.MaxRetransmits ?? parameters.MaxLifetime ?? 0u);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(8), (ushort)label);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(10), (ushort)protocol);
        Encoding.UTF8.GetBytes(parameters.Label, message.AsSpan(FixedLength));
        Encoding.UTF8.GetBytes(parameters.Protocol, message.AsSpan(FixedLength + label));
        return message;
    }

    public static bool TryParse(ReadOnlySpan<byte> message, out DataChannelParameters parameters, out SctpParseError error)
    {
        parameters = new DataChannelParameters();
        if (message.Length < FixedLength)
        {
            error = SctpParseError.TooShort;
            return false;
        }

        int label = BinaryPrimitives.ReadUInt16BigEndian(message[8..]);
        int protocol = BinaryPrimitives.ReadUInt16BigEndian(message[10..]);
        if (message.Length != FixedLength + label + protocol)
        {
            error = SctpParseError.BadLength;
            return false;
        }

        var type = message[1] & ~UnorderedBit;
        if (message[0] != OpenType || type > LimitedLifetime)
        {
            error = SctpParseError.BadValue;
            return false;
        }

        // The parameter has 32 bits, webrtc-pc's limits 16: a larger one is as good as the largest.
        var reliability = (ushort)Math.Min(ushort.MaxValue, BinaryPrimitives.ReadUInt32BigEndian(message[4..]));
        parameters = new DataChannelParameters
        {
            Label = Encoding.UTF8.GetString(message.Slice(FixedLength, label)),
            Protocol = Encoding.UTF8.GetString(message[(FixedLength + label)..]),
            Ordered = (message[1] & UnorderedBit) == 0,
            MaxRetransmits = type == LimitedRetransmits ? reliability : null,
            MaxLifetime = type == LimitedLifetime ? reliability : null,
            Priority = BinaryPrimitives.ReadUInt16BigEndian(message[2..]),
        };
        error = SctpParseError.None;
        return true;
    }
}
