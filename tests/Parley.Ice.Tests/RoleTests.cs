using Parley.Stun;

namespace Parley.Ice.Tests;

public class RoleTests
{
    [Theory]
    [InlineData(IceRole.Controlling)]
    [InlineData(IceRole.Controlled)]
    public void SameRole_ManySeeds_ExactlyOneSwitchesAndBothConnect(IceRole role)
    {
        for (var seed = 1ul; seed <= 30; seed++)
        {
            var pair = new Pair(seed, new IceAgentOptions { Role = role }, new IceAgentOptions { Role = role });
            pair.BindHosts();
            pair.Connect(withinSeconds: 2);
            Assert.NotEqual(pair.Left.Agent.Role, pair.Right.Agent.Role);
            Assert.Equal(1, pair.Left.Roles.Count + pair.Right.Roles.Count);
            Assert.Equal(pair.Left.Agent.SelectedPair!.Priority, pair.Right.Agent.SelectedPair!.Priority);
        }
    }

    [Theory]
    [InlineData(IceRole.Controlling, 2, 1, IceRole.Controlling, StunErrorCode.RoleConflict)]
    [InlineData(IceRole.Controlling, 2, 2, IceRole.Controlling, StunErrorCode.RoleConflict)]
    [InlineData(IceRole.Controlling, 1, 2, IceRole.Controlled, 0)]
    [InlineData(IceRole.Controlled, 2, 1, IceRole.Controlling, 0)]
    [InlineData(IceRole.Controlled, 2, 2, IceRole.Controlling, 0)]
    [InlineData(IceRole.Controlled, 1, 2, IceRole.Controlled, StunErrorCode.RoleConflict)]
    public void Request_SameRole_IsResolvedByTheTieBreakers(IceRole role, ulong ours, ulong theirs, IceRole expected, int error)
    {
        // RFC 8445 §7.3.1.1.
        var peer = new RawPeer(new IceAgentOptions { Role = role, TieBreaker = ours });
        peer.Introduce();
        peer.Send(peer.Check(controlling: role == IceRole.Controlling, tieBreaker: theirs));

        var answer = peer.Receive()[0].Datagram;
        Assert.Equal(error, RawPeer.ErrorOf(answer));
        Assert.Equal(expected, peer.Agent.Role);
        Assert.Equal(error == 0, peer.Events().Exists(e => e.Kind == IceEventKind.RoleChanged && e.Role == expected));
        Assert.Equal(1, peer.Agent.Counters.RoleConflicts);
    }

    [Theory]
    [InlineData(IceRole.Controlling)]
    [InlineData(IceRole.Controlled)]
    public void RoleConflictResponse_RoleSwitchesAndThePairIsCheckedAgain(IceRole role)
    {
        var peer = new RawPeer(new IceAgentOptions { Role = role, TieBreaker = 77 });
        peer.Introduce(RawPeer.Remote);
        var (check, _) = peer.Expect(StunClass.Request);
        peer.Send(peer.Answer(check, error: StunErrorCode.RoleConflict));
        peer.Now += TimeSpan.FromMilliseconds(20);

        var (again, _) = peer.Expect(StunClass.Request);

        var (before, after) = role == IceRole.Controlling
            ? (StunAttributeType.IceControlling, StunAttributeType.IceControlled)
            : (StunAttributeType.IceControlled, StunAttributeType.IceControlling);
        Assert.True(RawPeer.Has(check, before));
        Assert.True(RawPeer.Has(again, after));

        // RFC 8445 §7.2.5.1: the tie-breaker changes with it.
        Assert.True(StunMessage.TryParse(again, out var message, out _));
        Assert.True(message.TryReadUInt64(after, out var tieBreaker));
        Assert.NotEqual(77ul, tieBreaker);
    }

    [Fact]
    public void RoleConflictResponse_ToTheRoleBefore_ChangesNothingMore()
    {
        // Two checks went out as controlling; both are refused. The second refusal speaks of a role we have left already.
        var peer = new RawPeer(new IceAgentOptions { Role = IceRole.Controlling });
        var other = RawPeer.Address("192.0.2.3:3000");
        peer.Introduce(RawPeer.Remote, other);
        var first = peer.Expect(StunClass.Request);
        peer.Now += TimeSpan.FromMilliseconds(20);
        var second = peer.Expect(StunClass.Request);
        peer.Send(peer.Answer(first.Datagram, error: StunErrorCode.RoleConflict), first.To);
        peer.Send(peer.Answer(second.Datagram, error: StunErrorCode.RoleConflict), second.To);
        Assert.Equal(IceRole.Controlled, peer.Agent.Role);
    }

    [Fact]
    public void Role_SetWhileNominating_NominationIsLeftToThePeer()
    {
        var pair = Pair.Connected();
        pair.Left.Agent.Role = IceRole.Controlled;
        pair.Right.Agent.Role = IceRole.Controlling;
        pair.World.RunFor(TimeSpan.FromSeconds(20));
        Assert.Equal(IceAgentState.Completed, pair.Left.Agent.State);
        Assert.Equal(IceAgentState.Completed, pair.Right.Agent.State);
        Assert.Empty(pair.Left.Roles);
    }

    [Fact]
    public void EstablishedCall_RolesMadeEqual_ConsentSurvives()
    {
        var pair = Pair.Connected();
        pair.Right.Agent.Role = IceRole.Controlling;
        pair.World.RunFor(TimeSpan.FromSeconds(60));
        Assert.Equal(IceAgentState.Completed, pair.Left.Agent.State);
        Assert.Equal(IceAgentState.Completed, pair.Right.Agent.State);
        Assert.NotEqual(pair.Left.Agent.Role, pair.Right.Agent.Role);
    }
}
