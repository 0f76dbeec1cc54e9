using Parley.Net;
using Parley.Stun;

namespace Parley.Ice.Tests;

public class BoundsTests
{
    [Fact]
    public void Pairs_BeyondTheLimit_TheWorstGo()
    {
        var peer = new RawPeer(new IceAgentOptions { MaxCandidatePairs = 10 });
        peer.Agent.SetRemoteCredentials(peer.Credentials, false, peer.Now);
        for (var index = 1; index <= 30; index++)
        {
            peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address($"192.0.2.9:{index}"), (uint)index), peer.Now);
        }

        Assert.Equal(Enumerable.Range(21, 10).Reverse(), peer.Agent.Pairs.Select(p => (int)p.RemoteAddress.Port));
        Assert.Equal(20, peer.Agent.Counters.DroppedPairs);
    }

    [Fact]
    public void RemoteCandidates_BeyondTheLimit_AreDroppedAndCounted()
    {
        var peer = new RawPeer();
        peer.Introduce([.. Enumerable.Range(1, 1000).Select(i => RawPeer.Address($"192.0.2.9:{i}"))]);
        Assert.Equal(200, peer.Agent.RemoteCandidates.Count);
        Assert.Equal(100, peer.Agent.Pairs.Count);
        Assert.Equal(800, peer.Agent.Counters.ExcessCandidates);
    }

    [Fact]
    public void RemoteCandidates_BeforeCredentials_AreBoundedToo()
    {
        var peer = new RawPeer();
        for (var index = 1; index <= 1000; index++)
        {
            peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address($"192.0.2.9:{index}")), peer.Now);
        }

        Assert.Equal(200, peer.Agent.RemoteCandidates.Count);
    }

    [Fact]
    public void RemoteCandidates_DuplicateTcpOrOfAnotherComponent_AreCountedAndPassedOver()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote, RawPeer.Remote);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address("192.0.2.9:9")) with { Protocol = IceProtocol.Tcp }, peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address("192.0.2.9:9")) with { Component = 2 }, peer.Now);
        peer.Agent.AddRemoteCandidate(RawPeer.Host(RawPeer.Address("192.0.2.9:0")), peer.Now);
        Assert.Equal(1, peer.Agent.Counters.DuplicateCandidates);
        Assert.Equal(3, peer.Agent.Counters.IgnoredCandidates);
        Assert.Single(peer.Agent.Pairs);
    }

    [Theory]
    [InlineData("127.0.0.1:9")]
    [InlineData("[2001:db8::1]:9")]
    public void RemoteCandidates_OfAnotherFamilyOrLoopback_AreNotPaired(string address)
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Address(address));
        Assert.Empty(peer.Agent.Pairs);
        peer.ExpectNothing();
    }

    [Fact]
    public void EarlyChecks_FromManyAddresses_AreAnsweredButKeptWithinBounds()
    {
        var peer = new RawPeer();
        for (var index = 1; index <= 100; index++)
        {
            peer.Send(peer.Check(), RawPeer.Address($"192.0.2.9:{index}"));
            peer.Expect(StunClass.SuccessResponse);
        }

        peer.Introduce();
        Assert.Equal(32, peer.Agent.Pairs.Count);
        Assert.Equal(68, peer.Agent.Counters.ExcessCandidates);
    }

    [Fact]
    public void EarlyChecks_OfAnotherGenerationOfThePeer_AreNotActedUpon()
    {
        var peer = new RawPeer();
        peer.Send(peer.Check(username: $"{peer.Agent.LocalCredentials.UsernameFragment}:stranger"));
        peer.Introduce();
        Assert.Empty(peer.Agent.Pairs);
    }

    [Fact]
    public void PeerReflexiveFlood_ByAnAuthenticatedPeer_IsBounded()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        peer.AnswerAll(TimeSpan.FromMilliseconds(50));
        for (var index = 1; index <= 5000; index++)
        {
            peer.Send(peer.Check(), RawPeer.Address($"192.0.2.9:{index}"));
            if (index % 10 == 0)
            {
                peer.Now += TimeSpan.FromMilliseconds(20);
                peer.Receive();
            }
        }

        Assert.Equal(100, peer.Agent.Pairs.Count);
        Assert.Equal(200, peer.Agent.RemoteCandidates.Count);
        Assert.Contains(peer.Agent.Pairs, p => p.State == IceCandidatePairState.Succeeded);
    }

    [Fact]
    public void RequestFlood_WithoutDraining_ResponsesAreBounded()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        for (var index = 0; index < 1000; index++)
        {
            peer.Send(peer.Check());
        }

        Assert.Equal(936, peer.Agent.Counters.DroppedResponses);
        Assert.Equal(64, peer.Receive().Count(s => RawPeer.ClassOf(s.Datagram) == StunClass.SuccessResponse));
    }

    [Fact]
    public void TriggeredChecks_RequestFloodOnOnePair_StayPacedAndBounded()
    {
        // Each request on a pair in progress triggers a new check (RFC 8445 §7.3.1.4), but one each Ta and not without end.
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        var checks = 0;
        for (var step = 0; step < 1000; step++)
        {
            peer.Send(peer.Check());
            checks += peer.Receive().Count(s => RawPeer.ClassOf(s.Datagram) == StunClass.Request);
            peer.Now += TimeSpan.FromMilliseconds(1);
        }

        Assert.InRange(checks, 1, 51);
    }

    [Fact]
    public void Events_NobodyReads_AreBounded()
    {
        var peer = new RawPeer();
        for (var index = 0ul; index < 2000; index++)
        {
            peer.Agent.Restart(IceCredentials.Create(RandomSource.Seeded(index)), peer.Now);
        }

        Assert.InRange(peer.Events().Count, 1, 1024);
        Assert.True(peer.Agent.Counters.DroppedEvents > 0);
    }

    [Fact]
    public void Stranger_ShortOrUnauthenticated_GetsNoMoreBytesThanItSent()
    {
        var peer = new RawPeer();
        peer.Introduce(RawPeer.Remote);
        peer.Receive();
        var bare = new byte[28];
        var writer = new StunWriter(bare, StunClass.Request, StunMethod.Binding, TransactionId.Create(RandomSource.Seeded(1)));
        writer.AddFingerprint();
        peer.Send(bare, RawPeer.Address("203.0.113.66:1"));
        peer.ExpectNothing();
        foreach (var forged in new[]
        {
            peer.Check(key: "guess"u8.ToArray()),
            peer.Check(hasIntegrity: false),
            peer.Check(username: "nobody:peer"),
            peer.Check(username: "nocolon"),
        })
        {
            peer.Send(forged, RawPeer.Address("203.0.113.66:1"));
            var (answer, _) = peer.Expect(StunClass.ErrorResponse);
            Assert.InRange(answer.Length, 20, forged.Length);
            Assert.True(RawPeer.ErrorOf(answer) is StunErrorCode.BadRequest or StunErrorCode.Unauthenticated);
        }

        Assert.Equal(5, peer.Agent.Counters.UnauthenticatedRequests);
        Assert.Single(peer.Agent.Pairs);
        Assert.False(peer.Agent.IsValidatedRemote(RawPeer.Local, RawPeer.Address("203.0.113.66:1")));
    }

    [Fact]
    public void UnknownAttribute_ComprehensionRequired_IsRefusedWith420()
    {
        var peer = new RawPeer();
        peer.Introduce();
        peer.Send(peer.Check(extra: (StunAttributeType)0x7ABC));
        var (answer, _) = peer.Expect(StunClass.ErrorResponse);
        Assert.Equal(StunErrorCode.UnknownAttribute, RawPeer.ErrorOf(answer));
        Assert.True(StunMessage.TryParse(answer, out var message, out _));
        Assert.True(message.TryFind(StunAttributeType.UnknownAttributes, out var types));
        Assert.Equal([0x7A, 0xBC], types.ToArray());
        Assert.True(message.VerifyIntegrity(StunKey.ShortTerm(peer.Agent.LocalCredentials.Password)));
        Assert.Empty(peer.Agent.Pairs);

        peer.Send(peer.Check(extra: StunAttributeType.GoogNetworkInfo));
        peer.Expect(StunClass.SuccessResponse);
    }

    [Fact]
    public void Indications_AndOtherMethods_AreIgnored()
    {
        var peer = new RawPeer();
        peer.Introduce();
        var buffer = new byte[100];
        foreach (var (messageClass, method) in new[]
        {
            (StunClass.Indication, StunMethod.Binding), (StunClass.Request, StunMethod.Allocate),
            (StunClass.SuccessResponse, StunMethod.Refresh),
        })
        {
            var writer = new StunWriter(buffer, messageClass, method, TransactionId.Create(RandomSource.Seeded(1)));
            writer.AddFingerprint();
            peer.Send(buffer[..writer.Length]);
        }

        peer.ExpectNothing();
        Assert.Equal(3, peer.Agent.Counters.IgnoredMessages);
    }
}
