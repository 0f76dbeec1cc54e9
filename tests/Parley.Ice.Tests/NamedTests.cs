namespace Parley.Ice.Tests;

/// <summary>Signaling names an address that only checks had shown (RFC 8838 §11).</summary>
public class NamedTests
{
    [Fact]
    public void CandidateOfTheSelectedPair_ComesAfterItsPeerReflexiveTwin_IsTold()
    {
        var pair = new Pair().BindHosts();
        pair.Left.Trickle = candidate => pair.Right.Agent.AddRemoteCandidate(candidate, pair.Now);
        pair.ExchangeCredentials();
        pair.Left.Agent.StartGathering(pair.Now);
        pair.Right.Agent.StartGathering(pair.Now);
        pair.ExpectBoth(IceAgentState.Connected);
        Assert.Equal(IceCandidateType.PeerReflexive, pair.Left.Agent.SelectedPair!.Remote.Type);
        Assert.Empty(pair.Left.Named);
        var selections = pair.Left.Selections.Count;

        pair.Right.Gathered.ForEach(candidate => pair.Left.Agent.AddRemoteCandidate(candidate, pair.Now));
        pair.World.RunFor(TimeSpan.FromMilliseconds(1));

        Assert.Equal(pair.Right.Gathered.Single(), Assert.Single(pair.Left.Named));
        Assert.Equal(pair.Right.Gathered.Single(), pair.Left.Agent.SelectedPair!.Remote);
        Assert.Equal(selections, pair.Left.Selections.Count);
    }
}
