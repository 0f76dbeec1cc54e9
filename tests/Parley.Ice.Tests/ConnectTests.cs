using Parley.Net;

namespace Parley.Ice.Tests;

public class ConnectTests
{
    [Fact]
    public void TwoHosts_Trickle_ConnectWithinThreeRoundTrips()
    {
        var pair = new Pair().BindHosts().Start();

        pair.ExpectBoth(IceAgentState.Connected, withinSeconds: 0.06);

        pair.ExpectData();
        Assert.Equal([IceAgentState.Checking, IceAgentState.Connected], pair.Left.States);
        Assert.Equal([IceAgentState.Checking, IceAgentState.Connected], pair.Right.States);
        Assert.Equal([IceGatheringState.Gathering, IceGatheringState.Complete], pair.Left.GatheringStates);
    }

    [Fact]
    public void TwoHosts_EndOfCandidates_CompleteOnOnePair()
    {
        var pair = Pair.Connected();

        var left = pair.Left.Agent.SelectedPair!;
        var right = pair.Right.Agent.SelectedPair!;
        Assert.Equal(left.LocalAddress, right.RemoteAddress);
        Assert.Equal(left.RemoteAddress, right.LocalAddress);
        Assert.True(left.IsNominated);
        Assert.True(right.IsNominated);
        Assert.Equal(left.Priority, right.Priority);
        Assert.Equal(IceCandidateType.Host, left.Local.Type);
        Assert.Equal(IceCandidateType.Host, left.Remote.Type);
        Assert.Equal(TimeSpan.FromMilliseconds(20), left.CurrentRoundTripTime);
    }
}
