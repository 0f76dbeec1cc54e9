using Parley.Net;

namespace Parley.Ice.Tests;

/// <summary>Two agents and the signaling between them, which is instant unless the test does it by hand.</summary>
internal sealed class Pair
{
    public Pair(ulong seed = 1, IceAgentOptions? left = null, IceAgentOptions? right = null)
    {
        World = new World(seed);
        Left = World.AddNode("left", left ?? new IceAgentOptions { Role = IceRole.Controlling });
        Right = World.AddNode("right", right ?? new IceAgentOptions());
    }

    public World World { get; }

    public Node Left { get; }

    public Node Right { get; }

    public Instant Now => World.Now;

    /// <summary>Two hosts on one network, connected.</summary>
    public static Pair Connected(ulong seed = 1, IceAgentOptions? left = null, IceAgentOptions? right = null)
    {
        var pair = new Pair(seed, left, right).BindHosts();
        pair.Connect();
        return pair;
    }

    public Pair BindHosts()
    {
        Left.Bind("192.0.2.1:1000");
        Right.Bind("192.0.2.2:2000");
        return this;
    }

    /// <summary>Trickles both ways, exchanges credentials and gathers.</summary>
    public Pair Start()
    {
        TrickleBothWays();
        ExchangeCredentials();
        Left.Agent.StartGathering(Now);
        Right.Agent.StartGathering(Now);
        return this;
    }

    public void TrickleBothWays()
    {
        Left.Trickle = c => Right.Agent.AddRemoteCandidate(c, Now);
        Right.Trickle = c => Left.Agent.AddRemoteCandidate(c, Now);
    }

    public void ExchangeCredentials()
    {
        Left.Agent.SetRemoteCredentials(Right.Agent.LocalCredentials, isLite: false, Now);
        Right.Agent.SetRemoteCredentials(Left.Agent.LocalCredentials, isLite: false, Now);
    }

    public void EndCandidates()
    {
        Left.Agent.SetRemoteEndOfCandidates(Now);
        Right.Agent.SetRemoteEndOfCandidates(Now);
    }

    public void Connect(double withinSeconds = 60)
    {
        Start();
        ExpectBoth(IceAgentState.Connected, withinSeconds);
        Assert.True(World.RunUntil(() => IsNominated(Left) && IsNominated(Right), TimeSpan.FromSeconds(withinSeconds)));
        EndCandidates();
        ExpectBoth(IceAgentState.Completed, withinSeconds);
    }

    public void ExpectBoth(IceAgentState state, double withinSeconds = 60) => Assert.True(
        World.RunUntil(() => Left.Agent.State == state && Right.Agent.State == state, TimeSpan.FromSeconds(withinSeconds)),
        $"Expected both {state}: left {Left.Agent.State}, right {Right.Agent.State}");

    /// <summary>Each sends data and the other takes it.</summary>
    public void ExpectData()
    {
        var (left, right) = (Left.DataReceived, Right.DataReceived);
        Assert.True(Left.SendData(), "left may not send");
        Assert.True(Right.SendData(), "right may not send");
        World.RunFor(World.Delay * 2);
        Assert.Equal(left + 1, Left.DataReceived);
        Assert.Equal(right + 1, Right.DataReceived);
    }

    public static bool IsNominated(Node node) => node.Agent.SelectedPair is { IsNominated: true };
}
