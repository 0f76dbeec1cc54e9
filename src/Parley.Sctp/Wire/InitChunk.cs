using System.Buffers.Binary;

namespace Parley.Sctp.Wire;

/// <summary>
/// INIT and INIT ACK, RFC 9260 §3.3.2 and §3.3.3:
/// <code>
/// |                         Initiate Tag                          |
/// |           Advertised Receiver Window Credit (a_rwnd)          |
/// |  Number of Outbound Streams   |   Number of Inbound Streams   |
/// |                          Initial TSN                          |
/// |              Optional/Variable-Length Parameters              |
/// </code>
/// </summary>
internal readonly ref struct InitChunk
{
    public const int FixedLength = 16;
    private const ushort StateCookieType = 7;
    private const ushort SupportedExtensionsType = 0x8008;
    private const ushort ZeroChecksumType = 0x8001;
    private const ushort ForwardTsnType = 0xC000;
    private const uint DtlsErrorDetection = 1;

    // Of those that peers who do not know it skip without a word (RFC 9260 §3.2.1). Its four bytes are the largest packet that its sender
    // takes.
    private const ushort LargestPacketType = 0xBA11;

    public uint InitiateTag { get; init; }

    public uint ReceiverWindow { get; init; }

    public ushort OutboundStreams { get; init; }

    public ushort InboundStreams { get; init; }

    public Tsn InitialTsn { get; init; }

    public PeerCapabilities Capabilities { get; init; }

    /// <summary>An INIT ACK's State Cookie; empty in an INIT.</summary>
    public ReadOnlySpan<byte> Cookie { get; init; }

    /// <summary>A parameter whose type asks to stop (RFC 9260 §3.2.1, high bit clear); the chunk must not be processed.</summary>
    public bool HasFatalParameter { get; init; }

    /// <summary>The parameters that ask to be reported (RFC 9260 §3.2.1, second bit set), first one only; empty: none.</summary>
    public ReadOnlySpan<byte> Unrecognized { get; init; }

    public static bool TryParse(ReadOnlySpan<byte> value, out InitChunk chunk, out SctpParseError error)
    {
        chunk = default;
        if (value.Length < FixedLength)
        {
            error = SctpParseError.TooShort;
            return false;
        }

        PeerCapabilities capabilities = default;
        ReadOnlySpan<byte> cookie = default, unrecognized = default;
        var fatal = false;
        var parameters = new ParameterReader(value[FixedLength..]);
        while (!fatal && parameters.TryNext())
        {
            switch (parameters.Type)
            {
                case StateCookieType:
                    cookie = parameters.Value;
                    break;
                case ForwardTsnType:
                    capabilities |= PeerCapabilities.PartialReliability;
                    break;
                case ZeroChecksumType when parameters.Value.Length == 4:
                    // RFC 9653 §4: 1 says that the lower layer, DTLS, detects errors.
                    if (BinaryPrimitives.ReadUInt32BigEndian(parameters.Value) == DtlsErrorDetection)
                    {
                        capabilities |= PeerCapabilities.ZeroChecksum;
                    }

                    break;
                case LargestPacketType when parameters.Value.Length == 4:
                    if (BinaryPrimitives.ReadUInt32BigEndian(parameters.Value) >= SctpAssociation.LargestPacket)
                    {
                        capabilities |= PeerCapabilities.LargePackets;
                    }

                    break;
                case SupportedExtensionsType:
                    capabilities |= ReadExtensions(parameters.Value);
                    break;
                case 5 or 6 or 9 or 11 or 12 or 0x8002 or 0x8003 or 0x8004 or 0xC006 or 8 or 1:
                    break; // Addresses, cookie preservative, authentication, adaptation: known, of no use over DTLS (RFC 8261 §6.3).
                default:
                    if ((parameters.Type & 0x4000) != 0 && unrecognized.IsEmpty)
                    {
                        unrecognized = parameters.Parameter;
                    }

                    fatal = (parameters.Type & 0x8000) == 0;
                    break;
            }
        }

        if (parameters.Error != SctpParseError.None)
        {
            error = parameters.Error;
            return false;
        }

        chunk = new InitChunk
        {
            InitiateTag = BinaryPrimitives.ReadUInt32BigEndian(value),
            ReceiverWindow = BinaryPrimitives.ReadUInt32BigEndian(value[4..]),
            OutboundStreams = BinaryPrimitives.ReadUInt16BigEndian(value[8..]),
            InboundStreams = BinaryPrimitives.ReadUInt16BigEndian(value[10..]),
            InitialTsn = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value[12..])),
            Capabilities = capabilities,
            Cookie = cookie,
            HasFatalParameter = fatal,
            Unrecognized = unrecognized,
        };

        // §3.3.2: a tag of zero and zero streams are errors that end the association.
        error = chunk.InitiateTag == 0 || chunk.OutboundStreams == 0 || chunk.InboundStreams == 0
            ? SctpParseError.BadValue
            : SctpParseError.None;
        return error == SctpParseError.None;
    }

    /// <summary>Writes the chunk; an empty cookie makes an INIT, another an INIT ACK.</summary>
    public void Write(ref ChunkWriter writer)
    {
        ReadOnlySpan<byte> extensions = (Capabilities & PeerCapabilities.Interleaving) != 0
            ? [(byte)ChunkType.Reconfig, (byte)ChunkType.ForwardTsn, (byte)ChunkType.InterleavedData, (byte)ChunkType.InterleavedForwardTsn]
            : [(byte)ChunkType.Reconfig, (byte)ChunkType.ForwardTsn];
        var offersZeroChecksum = (Capabilities & PeerCapabilities.ZeroChecksum) != 0;
        var takesLargePackets = (Capabilities & PeerCapabilities.LargePackets) != 0;
        var length = FixedLength + 4 + 4 + Padding.RoundUp(extensions.Length)
            + (offersZeroChecksum ? 8 : 0)
            + (takesLargePackets ? 8 : 0)
            + (Cookie.IsEmpty ? 0 : 4 + Padding.RoundUp(Cookie.Length))
            + Padding.RoundUp(Unrecognized.Length) + (Unrecognized.IsEmpty ? 0 : 4);
        var value = new Net.BigEndianWriter(writer.Begin(Cookie.IsEmpty ? ChunkType.Init : ChunkType.InitAck, 0, length));
        value.WriteUInt32(InitiateTag);
        value.WriteUInt32(ReceiverWindow);
        value.WriteUInt16(OutboundStreams);
        value.WriteUInt16(InboundStreams);
        value.WriteUInt32(InitialTsn.Value);
        WriteParameter(ref value, SupportedExtensionsType, extensions);
        WriteParameter(ref value, ForwardTsnType, []);
        if (offersZeroChecksum)
        {
            WriteParameter(ref value, ZeroChecksumType, [0, 0, 0, (byte)DtlsErrorDetection]);
        }

        if (takesLargePackets)
        {
            WriteParameter(ref value, LargestPacketType, [0, 0, SctpAssociation.LargestPacket >> 8, SctpAssociation.LargestPacket & 0xFF]);
        }

        if (!Cookie.IsEmpty)
        {
            WriteParameter(ref value, StateCookieType, Cookie);
        }

        if (!Unrecognized.IsEmpty)
        {
            WriteParameter(ref value, 8, Unrecognized);
        }
    }

    private static PeerCapabilities ReadExtensions(ReadOnlySpan<byte> types)
    {
        PeerCapabilities found = default;
        if (types.Contains((byte)ChunkType.Reconfig))
        {
            found |= PeerCapabilities.Reconfiguration;
        }

        if (types.Contains((byte)ChunkType.ForwardTsn))
        {
            found |= PeerCapabilities.PartialReliability;
        }

        // RFC 8260 §2.3.1: who gives messages up, too, needs both.
        if (types.Contains((byte)ChunkType.InterleavedData) && types.Contains((byte)ChunkType.InterleavedForwardTsn))
        {
            found |= PeerCapabilities.Interleaving;
        }

        return found;
    }

    private static void WriteParameter(ref Net.BigEndianWriter writer, ushort type, scoped ReadOnlySpan<byte> value)
    {
        writer.WriteUInt16(type);
        writer.WriteUInt16((ushort)(4 + value.Length));
        writer.WriteBytes(value);
        writer.WriteZeros(Padding.RoundUp(value.Length) - value.Length);
    }
}
