using Parley.Media;
using Parley.Simulation;

namespace Parley.Tests.Configuration;

/// <summary>Servers and policies at work: reflexive candidates, icecandidateerror, changes of the configuration, the pool.</summary>
public class ServerTests
{
    private const string Url = "stun:10.0.9.9";

    [Fact]
    public void Server_ThatAnswers_GivesACandidateWithItsUrl()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { IceServers = [new IceServer(Url)] });
        _ = new TestStunServer(pair.Simulator.AddHost("stun", "10.0.9.9"), "10.0.9.9");
        var gathered = Gather(pair);
        var reflexive = Assert.Single(gathered.Candidates, candidate => candidate.Type == IceCandidateType.ServerReflexive);
        Assert.Equal(("203.0.113.7", "10.0.0.1", Url), (reflexive.Address, reflexive.RelatedAddress, reflexive.Url));
        Assert.All(gathered.Candidates.Except([reflexive]), candidate => Assert.Null(candidate.Url));
        Assert.Empty(gathered.Errors);
    }

    [Fact]
    public void Server_ThatRefuses_IsAnErrorWithItsCodeAndReason()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { IceServers = [new IceServer(Url)] });
        _ = new TestStunServer(pair.Simulator.AddHost("stun", "10.0.9.9"), "10.0.9.9") { ErrorCode = 403 };
        var error = Assert.Single(Gather(pair).Errors);
        Assert.Equal((403, "Go away", Url, "10.0.0.1"), (error.ErrorCode, error.ErrorText, error.Url, error.Address));
        Assert.True(error.Port > 0);
    }

    [Fact]
    public void Server_ThatNobodyReaches_IsOneErrorPerUrlWhileGathering()
    {
        var pair =
            new Pair(
                configuration: new PeerConnectionConfiguration
                {
                    IceServers = [new IceServer(Url), new IceServer("stun:[2001:db8::9]"), new IceServer("stun:nowhere.example")],
                });
        pair.AliceHost.ChangeAddresses("10.0.0.1", "10.0.0.3");
        var gathered = Gather(pair);
        Assert.Equal([Url, "stun:[2001:db8::9]", "stun:nowhere.example"], gathered.Errors.Select(error => error.Url).Order());
        Assert.All(gathered.Errors, error => Assert.Equal(IceCandidateErrorEventArgs.Unreachable, error.ErrorCode));
        Assert.All(gathered.StatesAtErrors, state => Assert.Equal(IceGatheringState.Gathering, state));
    }

    [Fact]
    public void Policy_Relay_GathersNoCandidateOfThisMachine()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration
        {
            IceTransportPolicy = IceTransportPolicy.Relay,
            IceServers = [new IceServer(Url), new IceServer("turn:turn.example.org") { Username = "u", Credential = "c" }],
        });
        var server = new TestStunServer(pair.Simulator.AddHost("stun", "10.0.9.9"), "10.0.9.9");
        var gathered = Gather(pair);
        Assert.Empty(gathered.Candidates);
        Assert.Equal(0, server.Requests);
        Assert.DoesNotContain("a=candidate", pair.Alice.LocalDescription!.Sdp);
        var error = Assert.Single(gathered.Errors);
        Assert.Equal(("turn:turn.example.org", (string?)null, (ushort?)null), (error.Url, error.Address, error.Port));
    }

    [Fact]
    public void SetConfiguration_ServersAndPolicy_CountFromTheNextGatheringOn()
    {
        var pair = new Pair();
        _ = new TestStunServer(pair.Simulator.AddHost("stun", "10.0.9.9"), "10.0.9.9");
        pair.Run(async () =>
        {
            var types = new List<IceCandidateType?>();
            pair.Alice.IceCandidateGathered += (_, args) =>
                types.Add(args.Candidate is { Candidate.Length: > 0 } candidate ? candidate.Type : null);
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.GatheredAsync(pair.Alice);
            Assert.DoesNotContain(IceCandidateType.ServerReflexive, types);
            pair.Alice.SetConfiguration(pair.Alice.GetConfiguration() with { IceServers = [new IceServer(Url)] });
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.DoesNotContain(IceCandidateType.ServerReflexive, types);

            types.Clear();
            pair.Alice.RestartIce();
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal([IceCandidateType.Host, IceCandidateType.ServerReflexive, null, null], types);

            types.Clear();
            pair.Alice.SetConfiguration(pair.Alice.GetConfiguration() with { IceTransportPolicy = IceTransportPolicy.Relay });
            pair.Alice.RestartIce();
            await Pair.NegotiateAsync(pair.Alice, pair.Bob);
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal([null, null], types);
        });
    }

    [Fact]
    public void Pool_GathersAheadAndShowsItsCandidatesOnceADescriptionIsSet()
    {
        var pair = new Pair(configuration: new PeerConnectionConfiguration { IceServers = [new IceServer(Url)], IceCandidatePoolSize = 2 });
        var server = new TestStunServer(pair.Simulator.AddHost("stun", "10.0.9.9"), "10.0.9.9");
        pair.Run(async () =>
        {
            var connection = pair.Alice;
            var seen = new List<string>();
            connection.IceCandidateGathered += (_, args) => seen.Add(
                args.Candidate is null ? "null" : args.Candidate.Candidate.Length == 0 ? "end" : args.Candidate.Type!.Value.ToW3CName());
            connection.IceGatheringStateChanged += (_, _) => seen.Add(connection.IceGatheringState.ToW3CName());
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(4, server.Requests);
            Assert.Equal(2, pair.AliceHost.OpenSockets);
            Assert.Equal((0, IceGatheringState.New), (seen.Count, connection.IceGatheringState));

            connection.AddTransceiver(MediaKind.Audio);
            await connection.SetLocalDescriptionAsync();
            Assert.DoesNotContain("a=candidate", connection.LocalDescription!.Sdp);
            var at = pair.Simulator.Now;
            await pair.GatheredAsync(connection);
            await pair.Simulator.Delay(TimeSpan.FromMilliseconds(1));
            Assert.Equal(["gathering", "host", "srflx", "end", "complete", "null"], seen);
            Assert.True(pair.Simulator.Now - at < TimeSpan.FromMilliseconds(1.5), "no round trip to the server was left");

            pair.TrickleBothWays();
            await pair.Bob.SetRemoteDescriptionAsync(connection.LocalDescription!);
            await pair.Bob.SetLocalDescriptionAsync();
            await connection.SetRemoteDescriptionAsync(pair.Bob.LocalDescription!);
            await pair.ConnectedAsync();

            // What is left is discarded.
            Assert.Equal(1, pair.AliceHost.OpenSockets);
        });
    }

    [Fact]
    public void Pool_ChangedBeforeADescription_GrowsShrinksAndGathersAnew()
    {
        var pair = new Pair();
        var server = new TestStunServer(pair.Simulator.AddHost("stun", "10.0.9.9"), "10.0.9.9");
        pair.Run(async () =>
        {
            await SocketsAsync(0);
            pair.Alice.SetConfiguration(pair.Alice.GetConfiguration() with { IceCandidatePoolSize = 3 });
            await SocketsAsync(3);
            pair.Alice.SetConfiguration(pair.Alice.GetConfiguration() with { IceCandidatePoolSize = 1 });
            await SocketsAsync(1);
            Assert.Equal(0, server.Requests);
            pair.Alice.SetConfiguration(pair.Alice.GetConfiguration() with { IceServers = [new IceServer(Url)] });
            await SocketsAsync(1);
            Assert.Equal(1, server.Requests);
            await pair.Alice.DisposeAsync();
            Assert.Equal(0, pair.AliceHost.OpenSockets);
        });

        async Task SocketsAsync(int count)
        {
            await pair.Simulator.Delay(TimeSpan.FromSeconds(1));
            Assert.Equal(count, pair.AliceHost.OpenSockets);
        }
    }

    private static Gathered Gather(Pair pair)
    {
        var gathered = new Gathered([], [], []);
        pair.Run(async () =>
        {
            pair.Alice.IceCandidateGathered += (_, args) =>
            {
                if (args.Candidate is { Candidate.Length: > 0 } candidate)
                {
                    gathered.Candidates.Add(candidate);
                }
            };
            pair.Alice.IceCandidateError += (_, args) =>
            {
                gathered.Errors.Add(args);
                gathered.StatesAtErrors.Add(pair.Alice.IceGatheringState);
            };
            pair.Alice.AddTransceiver(MediaKind.Audio);
            await pair.Alice.SetLocalDescriptionAsync();
            await pair.GatheredAsync(pair.Alice);
        });
        return gathered;
    }

    private sealed record Gathered(
        List<IceCandidate> Candidates, List<IceCandidateErrorEventArgs> Errors, List<IceGatheringState> StatesAtErrors);
}
