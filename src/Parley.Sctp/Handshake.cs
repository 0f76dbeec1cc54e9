using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// What this side says and believes in the four-way handshake (RFC 9260 §5): its tag, its first TSN, what it offers, and the cookies it
/// hands out and takes back. It keeps nothing of a peer before the cookie comes back.
/// </summary>
internal sealed class Handshake
{
    private const int MaxReportedParameter = 256;
    private readonly SctpOptions _options;
    private readonly RandomSource _random;
    private readonly byte[] _cookieKey = new byte[StateCookie.KeyLength];
    private bool _holdsParametersBack;

    /// <summary>Draws the key of cookies, and the tag and the first TSN unless they were signaled.</summary>
    public Handshake(SctpOptions options, RandomSource random)
    {
        _options = options;
        _random = random;
        random.Fill(_cookieKey);
        LocalTag = options.LocalInit?.Tag ?? SctpInit.NewTag(random);
        LocalInitialTsn = options.LocalInit?.InitialTsn ?? new Tsn(options.InitialTsn ?? random.NextUInt32());
    }

    /// <summary>The verification tag of packets to this side.</summary>
    public uint LocalTag { get; private set; }

    /// <summary>The first TSN of this side.</summary>
    public Tsn LocalInitialTsn { get; private set; }

    // Pion before 1.8.9 throws a packet away whose INIT or INIT ACK has a parameter it does not know, against RFC 9260 §3.2.1: to a peer
    // that does not offer zero checksum, or does not answer, neither it nor what is Parley's own is mentioned.
    private PeerCapabilities Offered =>
        _options.Capabilities & ~(_holdsParametersBack ? PeerCapabilities.ZeroChecksum | PeerCapabilities.LargePackets : default);

    private uint Window => (uint)Math.Min(uint.MaxValue, _options.FirstWindow);

    /// <summary>What is agreed when both INITs were signaled (draft-hancke-tsvwg-snap).</summary>
    public static StateCookie Agree(SctpOptions options, SctpInit local, SctpInit remote) => new()
    {
        PeerTag = remote.Tag,
        PeerInitialTsn = remote.InitialTsn,
        PeerWindow = remote.ReceiverWindow,
        OutboundStreams = Math.Min(options.Streams, remote.InboundStreams),
        Capabilities = remote.Capabilities & local.Capabilities,
    };

    /// <summary>What is agreed by the peer's INIT ACK.</summary>
    public StateCookie Agree(in InitChunk acknowledgement) => new()
    {
        PeerTag = acknowledgement.InitiateTag,
        PeerInitialTsn = acknowledgement.InitialTsn,
        PeerWindow = acknowledgement.ReceiverWindow,
        OutboundStreams = Math.Min(_options.Streams, acknowledgement.InboundStreams),
        Capabilities = acknowledgement.Capabilities & _options.Capabilities,
    };

    /// <summary>The INIT has not been answered, for some times: perhaps the peer does not take all of it.</summary>
    public void HoldParametersBack() => _holdsParametersBack = true;

    /// <summary>Writes this side's INIT.</summary>
    public void WriteInit(ref ChunkWriter writer) => Write(ref writer, LocalTag, LocalInitialTsn, [], []);

    /// <summary>Queues the INIT ACK to an INIT.</summary>
    /// <param name="init">What the peer sent.</param>
    /// <param name="phase">Where this side stands.</param>
    /// <param name="next">The next TSN that this side has not used.</param>
    /// <param name="outbox">Where it leaves.</param>
    /// <param name="now">The present instant.</param>
    public void Answer(in InitChunk init, AssociationPhase phase, Tsn next, Outbox outbox, Instant now)
    {
        _holdsParametersBack = (init.Capabilities & PeerCapabilities.ZeroChecksum) == 0;

        // §5.2.1: in COOKIE-WAIT and COOKIE-ECHOED the answer repeats this side's own INIT, tag included. §5.2.2: later it has a new tag,
        // and the Tie-Tags by which a restart is told from an old packet.
        var isNew = phase.IsBeforeEstablished || IsSignaled(init);
        var isPeerUnknown = phase.State is SctpState.Closed or SctpState.CookieWait;
        var cookie = Agree(init) with
        {
            CreatedAt = now,
            LocalTag = isNew ? LocalTag : SctpInit.NewTag(_random),
            LocalInitialTsn = isNew ? LocalInitialTsn : next,
            LocalTieTag = isPeerUnknown ? 0 : LocalTag,
            PeerTieTag = isPeerUnknown ? 0 : outbox.PeerTag,
        };
        var sealedCookie = new byte[StateCookie.Length];
        cookie.Write(sealedCookie, _cookieKey);
        var packet = new byte[_options.MaxPacketSize];
        var writer = new ChunkWriter(packet, CommonHeader.Length);
        Write(ref writer, cookie.LocalTag, cookie.LocalInitialTsn, sealedCookie, Reported(init.Unrecognized));
        outbox.QueuePacket(packet, writer.Position, init.InitiateTag);
    }

    /// <summary>
    /// Of the parameters that this side does not know, those that the peer is told of; none when they are too large for an answer.
    /// </summary>
    public static ReadOnlySpan<byte> Reported(ReadOnlySpan<byte> unrecognized) =>
        unrecognized.Length <= MaxReportedParameter ? unrecognized : default;

    /// <summary>Takes a COOKIE ECHO.</summary>
    /// <param name="value">The cookie.</param>
    /// <param name="tag">The verification tag that came with it.</param>
    /// <param name="phase">Where this side stands.</param>
    /// <param name="peerTag">The peer's tag, if it is known.</param>
    /// <param name="now">The present instant.</param>
    /// <param name="cookie">What it says.</param>
    public CookieVerdict Judge(
        ReadOnlySpan<byte> value, uint tag, AssociationPhase phase, uint peerTag, Instant now, out StateCookie cookie)
    {
        if (!StateCookie.TryParse(value, _cookieKey, out cookie, out _) || tag != cookie.LocalTag)
        {
            return CookieVerdict.Invalid;
        }

        var isLocalKnown = cookie.LocalTag == LocalTag;
        var isPeerKnown = cookie.PeerTag == peerTag && phase.State is not (SctpState.Closed or SctpState.CookieWait);
        if (isLocalKnown && isPeerKnown)
        {
            return CookieVerdict.Known;
        }

        if (now - cookie.CreatedAt > _options.CookieLifetime)
        {
            return CookieVerdict.Stale;
        }

        if (phase.IsBeforeEstablished || isLocalKnown)
        {
            return isLocalKnown ? CookieVerdict.New : CookieVerdict.OfNoUse;
        }

        return cookie.LocalTieTag == LocalTag && cookie.PeerTieTag == peerTag ? CookieVerdict.Restart : CookieVerdict.Old;
    }

    /// <summary>The peer has restarted: this side has the tag and the TSN that the cookie gave it.</summary>
    public void Restart(in StateCookie cookie)
    {
        LocalTag = cookie.LocalTag;
        LocalInitialTsn = cookie.LocalInitialTsn;
    }

    // A peer that never saw this side's INIT in a description connects by the handshake. That is no restart: it has the tag and the TSN
    // that it signaled.
    private bool IsSignaled(in InitChunk init) =>
        _options is { LocalInit: { } local, RemoteInit: { } remote } && local.Tag == LocalTag
        && remote.Tag == init.InitiateTag && remote.InitialTsn == init.InitialTsn;

    private void Write(ref ChunkWriter writer, uint tag, Tsn initialTsn, ReadOnlySpan<byte> cookie, ReadOnlySpan<byte> unrecognized)
    {
        var init = new InitChunk
        {
            InitiateTag = tag,
            ReceiverWindow = Window,
            OutboundStreams = _options.Streams,
            InboundStreams = _options.Streams,
            InitialTsn = initialTsn,
            Capabilities = Offered,
            Cookie = cookie,
            Unrecognized = unrecognized,
        };
        init.Write(ref writer);
    }
}
