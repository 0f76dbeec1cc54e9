namespace Parley.Tests.Transport;

/// <summary>The candidate as an object: what its constructor takes apart (webrtc-pc §4.8.1).</summary>
public class CandidateObjectTests
{
    private const string Host = "candidate:4234997325 1 udp 2043278322 192.0.2.172 44323 typ host generation 0 ufrag abcd";
    private const string Tcp = "candidate:7 2 TCP 1000 2001:db8::1 9 typ srflx raddr 10.0.0.1 rport 5000 tcptype active";

    [Fact]
    public void Candidate_WithNeitherMidNorIndex_IsRefused()
    {
        Assert.ThrowsAny<ArgumentException>(() => new IceCandidate());
        Assert.ThrowsAny<ArgumentException>(() => new IceCandidate(new IceCandidateInit(Host)));
        Assert.Equal("", new IceCandidate(new IceCandidateInit("", "")).SdpMid);
        Assert.Null(new IceCandidate(new IceCandidateInit(Host, null, 3)).SdpMid);
    }

    [Fact]
    public void Candidate_OfUdp_HasItsFieldsAndNoFragmentButThatOfTheDictionary()
    {
        var candidate = new IceCandidate(new IceCandidateInit(Host, "0"));
        Assert.Equal(
            ("4234997325", IceComponent.Rtp, 2043278322u, "192.0.2.172", IceProtocol.Udp, (ushort)44323, IceCandidateType.Host),
            (candidate.Foundation, candidate.Component!.Value, candidate.Priority!.Value, candidate.Address, candidate.Protocol!.Value,
                candidate.Port!.Value, candidate.Type!.Value));
        Assert.Equal(
            (null, null, null, null), (candidate.TcpType, candidate.RelatedAddress, candidate.RelatedPort, candidate.UsernameFragment));
        Assert.Equal(new IceCandidateInit(Host, "0"), candidate.ToInit());
    }

    [Fact]
    public void Candidate_OfTcp_HasItsTypeAndItsRelatedAddress()
    {
        var candidate = new IceCandidate(new IceCandidateInit(Tcp, "0", 1, "frag"));
        Assert.Equal(
            (IceComponent.Rtcp, IceProtocol.Tcp, IceTcpCandidateType.Active,
                IceCandidateType.ServerReflexive, "10.0.0.1", (ushort)5000, "frag"),
            (candidate.Component!.Value, candidate.Protocol!.Value, candidate.TcpType!.Value, candidate.Type!.Value,
                candidate.RelatedAddress, candidate.RelatedPort!.Value, candidate.UsernameFragment));
    }

    [Theory]
    [InlineData("no candidate")]
    [InlineData("candidate:1 3 udp 1 192.0.2.1 1 typ host")]
    [InlineData("candidate:1 1 sctp 1 192.0.2.1 1 typ host")]
    [InlineData("candidate:1 1 udp 1 192.0.2.1 1 typ tunnel")]
    [InlineData("candidate:1 1 tcp 1 192.0.2.1 1 typ host tcptype sideways")]
    [InlineData("candidate:1 1 udp 4294967296 192.0.2.1 1 typ host")]
    public void Candidate_WithAValueThatNoAttributeCanHold_KeepsItsTextAndNothingElse(string text)
    {
        var candidate = new IceCandidate(new IceCandidateInit(text, "0"));
        Assert.Equal(text, candidate.Candidate);
        Assert.Equal((null, null, null, null), (candidate.Foundation, candidate.Component, candidate.Priority, candidate.Address));
        Assert.Equal((null, null, null), (candidate.Protocol, candidate.Port, candidate.Type));
    }

    [Fact]
    public void Candidate_Local_HasUrlAndRelayProtocol_WhichAreNotSignaled()
    {
        var candidate = new IceCandidate(
            new LocalIceCandidateInit(Host, "0") { RelayProtocol = IceServerTransportProtocol.Tls, Url = "turns:example.org" });
        Assert.Equal((IceServerTransportProtocol.Tls, "turns:example.org"), (candidate.RelayProtocol!.Value, candidate.Url));
        Assert.Equal(new IceCandidateInit(Host, "0"), candidate.ToInit());
        Assert.Equal("turns:example.org", new IceCandidateEventArgs(candidate).Url);
    }
}
