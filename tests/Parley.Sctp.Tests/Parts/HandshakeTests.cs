using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp.Tests.Parts;

public class HandshakeTests
{
    private const uint PeerTag = 77;
    private readonly Handshake _handshake = new(Part.Options, RandomSource.Seeded(5));
    private readonly Outbox _outbox = new(Part.Options, new AssociationTally());
    private readonly AssociationPhase _fresh = new AssociationPhase.Fresh();
    private readonly AssociationPhase _established = new AssociationPhase.Established();

    [Fact]
    public void CookieOfAnInit_ComesBackBeforeThereIsAnAssociation_IsNew()
    {
        var cookie = CookieFor(_fresh, out var tag);
        Assert.Equal(_handshake.LocalTag, tag);

        var verdict = _handshake.Judge(cookie, tag, _fresh, peerTag: 0, Part.Begin, out var agreed);

        Assert.Equal(CookieVerdict.New, verdict);
        Assert.Equal(PeerTag, agreed.PeerTag);
        Assert.Equal(_handshake.LocalInitialTsn, agreed.LocalInitialTsn);
    }

    [Fact]
    public void SameCookie_OnceEstablished_IsKnown_HoweverOld()
    {
        var cookie = CookieFor(_fresh, out var tag);
        var late = Part.Begin + TimeSpan.FromHours(1);
        Assert.Equal(CookieVerdict.Known, _handshake.Judge(cookie, tag, _established, PeerTag, late, out _));
    }

    [Fact]
    public void Cookie_AfterItsLifetime_IsStale()
    {
        var cookie = CookieFor(_fresh, out var tag);
        var late = Part.Begin + Part.Options.CookieLifetime + Part.Milliseconds(1);
        Assert.Equal(CookieVerdict.Stale, _handshake.Judge(cookie, tag, _fresh, 0, late, out _));
    }

    [Fact]
    public void Cookie_Altered_OrUnderAnotherTag_IsInvalid()
    {
        var cookie = CookieFor(_fresh, out var tag);
        Assert.Equal(CookieVerdict.Invalid, _handshake.Judge(cookie, tag + 1, _fresh, 0, Part.Begin, out _));
        cookie[^1] ^= 1;
        Assert.Equal(CookieVerdict.Invalid, _handshake.Judge(cookie, tag, _fresh, 0, Part.Begin, out _));
    }

    [Fact]
    public void CookieOfAnInitToAnEstablishedSide_IsARestart_OnlyWhileItsTieTagsHold()
    {
        _outbox.PeerTag = 55;
        var cookie = CookieFor(_established, out var tag);
        Assert.NotEqual(_handshake.LocalTag, tag);

        Assert.Equal(CookieVerdict.Restart, _handshake.Judge(cookie, tag, _established, 55, Part.Begin, out var agreed));
        Assert.Equal(CookieVerdict.Old, _handshake.Judge(cookie, tag, _established, 56, Part.Begin, out _));
        Assert.Equal(CookieVerdict.OfNoUse, _handshake.Judge(cookie, tag, _fresh, 55, Part.Begin, out _));

        _handshake.Restart(agreed);
        Assert.Equal(tag, _handshake.LocalTag);
        Assert.Equal(new Tsn(9999), _handshake.LocalInitialTsn);
    }

    [Fact]
    public void ParametersHeldBack_AreNotInTheInit()
    {
        Assert.True(CapabilitiesOfInit().HasFlag(PeerCapabilities.ZeroChecksum));
        _handshake.HoldParametersBack();
        Assert.False(CapabilitiesOfInit().HasFlag(PeerCapabilities.ZeroChecksum));
        Assert.True(CapabilitiesOfInit().HasFlag(PeerCapabilities.PartialReliability));
    }

    private PeerCapabilities CapabilitiesOfInit()
    {
        var value = Assert.Single(Part.Written(_handshake.WriteInit)).Value;
        Assert.True(InitChunk.TryParse(value, out var init, out _));
        return init.Capabilities;
    }

    // The cookie in the INIT ACK, and the tag that this side names in it.
    private byte[] CookieFor(AssociationPhase phase, out uint tag)
    {
        var init = new InitChunk
        {
            InitiateTag = PeerTag, ReceiverWindow = 1, OutboundStreams = 9, InboundStreams = 9, InitialTsn = new Tsn(5000),
        };
        _handshake.Answer(init, phase, new Tsn(9999), _outbox, Part.Begin);
        var packet = new byte[1160];
        var length = _outbox.TryTake(packet);
        Assert.True(InitChunk.TryParse(Chunks.ValueOf(packet[..length], ChunkType.InitAck), out var answer, out _));
        tag = answer.InitiateTag;
        return answer.Cookie.ToArray();
    }
}
