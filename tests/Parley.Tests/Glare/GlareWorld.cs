using Parley.Media;
using Parley.Net;
using Parley.Simulation;

namespace Parley.Tests.Glare;

/// <summary>
/// Two to four peers in a room who change their calls with each other at random moments over bad networks, then go quiet; afterwards all
/// must be well.
/// </summary>
internal sealed class GlareWorld
{
    private static readonly TimeSpan s_framePeriod = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(180);
    private readonly Simulator _simulator;
    private readonly List<GlarePeer> _peers = [];
    private readonly List<GlareLink> _links = [];
    private readonly ErrorCollector _log = new();
    private readonly TimeSpan _pace;
    private bool _writes = true;

    private GlareWorld(Simulator simulator)
    {
        _simulator = simulator;
        _pace = TimeSpan.FromMilliseconds(5 + Random.Next(400));
    }

    private RandomSource Random => _simulator.Random;

    private IEnumerable<GlareLink> Links => _links.Where(link => !link.IsOver);

    /// <summary>Runs the world of one seed.</summary>
    /// <returns>How many datagrams it sent, and when it ended: equal for equal seeds.</returns>
    public static (long Datagrams, Instant End) Run(ulong seed)
    {
        var simulator = new Simulator(seed);
        GlareWorld? world = null;
        try
        {
            simulator.Run(
                () =>
                {
                    world = new GlareWorld(simulator);
                    return world.RunAsync();
                },
                s_limit);
            var end = simulator.Now;
            Assert.True(simulator.RunUntilIdle(TimeSpan.FromSeconds(5)), "Timers go on after everything was closed.");
            Assert.All(simulator.Network.Hosts, host => Assert.Equal(0, host.OpenSockets));
            return (simulator.Network.Counters.Sent, end);
        }
        catch (Exception error)
        {
            throw new Xunit.Sdk.XunitException(
                $"Seed {seed} failed at {simulator.Now}: {error}\n{string.Join('\n', world?._log.Errors ?? [])}\n"
                + $"{string.Join('\n', world?._links ?? [])}");
        }
    }

    private async Task RunAsync()
    {
        var writing = WriteFramesAsync();
        var count = Random.Next(10) switch { < 6 => 2, < 9 => 3, _ => 4 };
        var acting = new List<Task> { DisturbAsync() };
        for (var i = 0; i < count; i++)
        {
            var peer = NewPeer();
            acting.Add(JoinAndActAsync(peer, i < 2 ? TimeSpan.Zero : TimeSpan.FromSeconds(2 * Random.NextDouble())));
        }

        if (Random.Next(6) == 0)
        {
            acting.Add(LeaveAndComeBackAsync(_peers[Random.Next(count)]));
        }

        await Task.WhenAll(acting);
        await SettleAsync();
        if (Random.Next(2) == 0)
        {
            foreach (var side in _peers.SelectMany(peer => peer.Sides))
            {
                side.Resume();
            }

            await SettleAsync();
        }

        await ExpectAllWellAsync();
        if (Random.Next(4) == 0)
        {
            await ExpectSectionsUsedAgainAsync();
        }

        _writes = false;
        await writing;
        foreach (var link in Links.ToArray())
        {
            await link.EndAsync(
                Random.Next(2) == 0 ? link.First : link.Second, _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(100))));
        }

        Assert.Empty(_log.Errors);
    }

    private GlarePeer NewPeer()
    {
        var number = _peers.Count + 1;
        var host = _simulator.AddHost($"host{number}", $"10.0.0.{number}");
        foreach (var other in _peers)
        {
            _simulator.Network.SetConditions(host, other.Host, AnyConditions());
        }

        var peer = new GlarePeer($"p{number}", _simulator, host) { HasLeft = true };
        _peers.Add(peer);
        return peer;
    }

    private LinkConditions AnyConditions() => new()
    {
        Loss = Random.Next(2) * 0.2 * Random.NextDouble(),
        Delay = TimeSpan.FromMilliseconds(1 + Random.Next(60)),
        Jitter = TimeSpan.FromMilliseconds(Random.Next(20)),
        Reordering = 0.1 * Random.NextDouble(),
        Duplication = 0.1 * Random.NextDouble(),
    };

    private async Task JoinAndActAsync(GlarePeer peer, TimeSpan wait)
    {
        if (wait > TimeSpan.Zero)
        {
            await _simulator.Delay(wait);
        }

        peer.HasLeft = false;
        foreach (var other in _peers.Where(other => other != peer && !other.HasLeft))
        {
            var link = new GlareLink(_simulator, other, peer, Connect(other), Connect(peer));
            _links.Add(link);
            other.Sides.Add(link.First);
            peer.Sides.Add(link.Second);
        }

        await peer.ActAsync(3 + Random.Next(9), _pace);
    }

    private PeerConnection Connect(GlarePeer peer) =>
        new(
            new PeerConnectionConfiguration
            {
                Certificates = [_peers.IndexOf(peer) % 2 == 0 ? TestCertificates.Alice : TestCertificates.Bob],
            },
            peer.Host.Platform,
            _log);

    private async Task LeaveAndComeBackAsync(GlarePeer peer)
    {
        await _simulator.Delay(TimeSpan.FromSeconds(3 * Random.NextDouble()));
        if (peer.HasLeft)
        {
            return;
        }

        peer.HasLeft = true;
        await Task.WhenAll(peer.Sides.ToArray().Select(side =>
            Links.First(link => link.First == side || link.Second == side).EndAsync(
                side, _simulator.Delay(TimeSpan.FromMilliseconds(Random.Next(300))))));
        if (Random.Next(2) == 0)
        {
            await JoinAndActAsync(peer, TimeSpan.FromSeconds(Random.NextDouble()));
        }
    }

    /// <summary>Now and then nothing passes between two peers for a while.</summary>
    private async Task DisturbAsync()
    {
        if (Random.Next(6) == 0)
        {
            // Never at once: the peers are made first.
            await _simulator.Delay(TimeSpan.FromSeconds(Math.Max(0.001, 2 * Random.NextDouble())));
            var (one, other) = (_peers[0].Host, _peers[^1].Host);
            _simulator.Network.Partition(one, other);
            await _simulator.Delay(TimeSpan.FromSeconds(4 * Random.NextDouble()));
            _simulator.Network.Heal(one, other);
        }
    }

    private async Task WriteFramesAsync()
    {
        while (_writes)
        {
            _peers.ForEach(peer => peer.WriteFrames());
            await _simulator.Delay(s_framePeriod);
        }
    }

    /// <summary>Waits until nothing is under way, and then once more: what comes of itself must have come.</summary>
    private async Task SettleAsync()
    {
        var quiet = 0;
        for (var i = 0; quiet < 3; i++)
        {
            quiet = Links.All(link => link.IsSettled) ? quiet + 1 : 0;
            await _simulator.Delay(TimeSpan.FromMilliseconds(200));
            if (i == 300)
            {
                Assert.Fail("The calls do not come to rest.");
            }
        }
    }

    private async Task ExpectAllWellAsync()
    {
        foreach (var link in Links)
        {
            link.ExpectEqualTransceivers();
            link.ExpectNothingLeftOver();
            link.ExpectChannels();
        }

        foreach (var peer in _peers)
        {
            Assert.True(
                peer.Host.OpenSockets <= peer.Sides.Count,
                $"{peer.Name} has {peer.Host.OpenSockets} sockets for {peer.Sides.Count} connections");
        }

        // What was sent before the last change has arrived.
        await _simulator.Delay(TimeSpan.FromMilliseconds(600));
        ExpectedFrames[] frames = [.. Links.SelectMany(link => link.CountFrames())];
        Array.ForEach(frames, way => way.Begin());
        await _simulator.Delay(TimeSpan.FromMilliseconds(900));
        if (frames.Any(way => way.AreMissing))
        {
            // A lost picture holds back those behind it until it is repaired, which takes its time when the repair is lost too.
            await _simulator.Delay(TimeSpan.FromMilliseconds(900));
        }

        Array.ForEach(frames, way => way.End());
    }

    /// <summary>What was stopped leaves its section to the next transceiver: descriptions do not grow for ever.</summary>
    private async Task ExpectSectionsUsedAgainAsync()
    {
        foreach (var link in Links.ToArray())
        {
            var side = Random.Next(2) == 0 ? link.First : link.Second;
            if (side.Live.Length == 0)
            {
                continue;
            }

            var before = link.Sections;
            side.Live[0].Stop();
            await SettleAsync();
            side.Connection.AddTransceiver(MediaKind.Video);
            await SettleAsync();
            link.ExpectEqualTransceivers();
            Assert.Equal(before, link.Sections);
        }
    }
}
