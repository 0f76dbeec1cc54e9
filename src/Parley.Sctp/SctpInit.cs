using System.Diagnostics.CodeAnalysis;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// An INIT chunk (RFC 9260 §3.3.2) that travels in a session description instead of a packet: the SCTP Negotiation Acceleration Protocol,
/// draft-hancke-tsvwg-snap. Who has given its own and has the peer's needs no handshake.
/// </summary>
public sealed class SctpInit
{
    private SctpInit(byte[] chunk, in InitChunk read)
    {
        Chunk = chunk;
        Tag = read.InitiateTag;
        ReceiverWindow = read.ReceiverWindow;
        InboundStreams = read.InboundStreams;
        InitialTsn = read.InitialTsn;
        Capabilities = read.Capabilities;
    }

    /// <summary>The chunk's bytes, header included.</summary>
    public ReadOnlyMemory<byte> Chunk { get; }

    internal uint Tag { get; }

    internal uint ReceiverWindow { get; }

    internal ushort InboundStreams { get; }

    internal Tsn InitialTsn { get; }

    internal PeerCapabilities Capabilities { get; }

    /// <summary>Makes the INIT that an association with these options would send.</summary>
    /// <param name="options">Those that the association will have.</param>
    /// <param name="random">Where its tag and its initial TSN come from.</param>
    public static SctpInit Create(SctpOptions options, RandomSource random)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> room = stackalloc byte[128];
        var writer = new ChunkWriter(room, 0);
        new InitChunk
        {
            InitiateTag = NewTag(random),
            ReceiverWindow = (uint)Math.Min(uint.MaxValue, options.FirstWindow),
            OutboundStreams = options.Streams,
            InboundStreams = options.Streams,
            InitialTsn = new Tsn(options.InitialTsn ?? random.NextUInt32()),
            Capabilities = options.Capabilities,
        }.Write(ref writer);
        return TryParse(room[..writer.Position], out var init)
            ? init
            : throw new ArgumentException("An association with these options has no INIT.", nameof(options));
    }

    /// <summary>Reads what a peer has signaled; false when it is not exactly one INIT chunk that an association can be made of.</summary>
    public static bool TryParse(ReadOnlySpan<byte> chunk, [NotNullWhen(true)] out SctpInit? init)
    {
        init = null;
        var reader = new ChunkReader(chunk);

        // An INIT ACK alone has a cookie.
        if (!reader.TryNext() || reader.Type != ChunkType.Init || Padding.RoundUp(reader.Chunk.Length) < chunk.Length
            || !InitChunk.TryParse(reader.Value, out var read, out _) || !read.Cookie.IsEmpty)
        {
            return false;
        }

        init = new SctpInit(chunk.ToArray(), read);
        return true;
    }

    internal static uint NewTag(RandomSource random)
    {
        // RFC 9260 §5.3.1: the tag is random, and not 0.
        uint tag;
        do
        {
            tag = random.NextUInt32();
        }
        while (tag == 0);

        return tag;
    }
}
