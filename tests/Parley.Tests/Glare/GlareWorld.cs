using Parley.Media;
using Parley.Net;
using Parley.Simulation;

namespace Parley.Tests.Glare;

/// <summary>Two peers who change the call at random moments over a bad network, then go quiet; afterwards all must be well.</summary>
internal sealed class GlareWorld
{
    private static readonly TimeSpan s_framePeriod = TimeSpan.FromMilliseconds(50);
    private const int FewestFrames = 4;
    private readonly Simulator _simulator;
    private readonly DelayedSignaling _toBob, _toAlice;
    private readonly GlarePeer _alice, _bob;
    private readonly ErrorCollector _log = new();
    private bool _writes = true;

    private GlareWorld(Simulator simulator)
    {
        _simulator = simulator;
        var aliceHost = simulator.AddHost("alice", "10.0.0.1");
        var bobHost = simulator.AddHost("bob", "10.0.0.2");
        simulator.Network.SetConditions(aliceHost, bobHost, AnyConditions());
        var slowest = TimeSpan.FromMilliseconds(1 + simulator.Random.Next(150));
        _toBob = new DelayedSignaling(simulator, slowest);
        _toAlice = new DelayedSignaling(simulator, slowest);
        // Half of the worlds test the library's perfect negotiation, the other half the specification's words and everything beside them.
        var ofTheLibrary = simulator.Seed % 2 == 0;
        var alice = new PeerConnection(new PeerConnectionConfiguration { Certificates = [TestCertificates.Alice] }, aliceHost.Platform, _log);
        var bob = new PeerConnection(new PeerConnectionConfiguration { Certificates = [TestCertificates.Bob] }, bobHost.Platform, _log);
        _alice = new GlarePeer("alice", simulator, alice, polite: false, new GlareChannel(_toBob, _toAlice), ofTheLibrary);
        _bob = new GlarePeer("bob", simulator, bob, polite: true, new GlareChannel(_toAlice, _toBob), ofTheLibrary);
    }

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
                TimeSpan.FromSeconds(120));
            return (simulator.Network.Counters.Sent, simulator.Now);
        }
        catch (Exception error)
        {
            throw new Xunit.Sdk.XunitException($"Seed {seed} failed at {simulator.Now}: {error}\n{world?._alice.Model.Log}\n{world?._bob.Model.Log}\n{world?.State()}");
        }
    }

    private LinkConditions AnyConditions()
    {
        var random = _simulator.Random;
        return new LinkConditions
        {
            Loss = random.Next(2) * 0.2 * random.NextDouble(),
            Delay = TimeSpan.FromMilliseconds(1 + random.Next(60)),
            Jitter = TimeSpan.FromMilliseconds(random.Next(20)),
            Reordering = 0.1 * random.NextDouble(),
            Duplication = 0.1 * random.NextDouble(),
        };
    }

    private async Task RunAsync()
    {
        var writing = WriteFramesAsync();
        var pace = TimeSpan.FromMilliseconds(5 + _simulator.Random.Next(400));
        await Task.WhenAll(_alice.ActAsync(3 + _simulator.Random.Next(8), pace), _bob.ActAsync(3 + _simulator.Random.Next(8), pace));
        await SettleAsync();
        ExpectEqualTransceivers();
        await ExpectFramesAsync();
        ExpectChannels(_alice, _bob);
        ExpectChannels(_bob, _alice);
        _writes = false;
        await writing;
        await _alice.Connection.DisposeAsync();
        await _bob.Connection.DisposeAsync();
        Assert.Empty(_log.Errors);
    }

    private async Task WriteFramesAsync()
    {
        while (_writes)
        {
            _alice.WriteFrames();
            _bob.WriteFrames();
            await _simulator.Delay(s_framePeriod);
        }
    }

    /// <summary>Waits until nothing is under way, and then once more: what comes of itself must have come.</summary>
    private async Task SettleAsync()
    {
        var quiet = 0;
        for (var i = 0; quiet < 3; i++)
        {
            quiet = IsSettled() ? quiet + 1 : 0;
            await _simulator.Delay(TimeSpan.FromMilliseconds(200));
            if (i == 300)
            {
                Assert.Fail("The call does not come to rest.");
            }
        }
    }

    private bool IsSettled()
    {
        var isNegotiated = LiveMids(_alice).Length > 0 || _alice.Channels.Count + _bob.Channels.Count > 0;
        return _toBob.UnderWay == 0 && _toAlice.UnderWay == 0 && _alice.IsSettled && _bob.IsSettled
            && _alice.Channels.Count == _bob.Texts.Count && _bob.Channels.Count == _alice.Texts.Count
            && (!isNegotiated || (_alice.Connection.ConnectionState == PeerConnectionState.Connected && _bob.Connection.ConnectionState == PeerConnectionState.Connected));
    }

    private static RtpTransceiver[] Live(GlarePeer peer) =>
        [.. peer.Connection.GetTransceivers().Where(transceiver => transceiver.Direction != RtpTransceiverDirection.Stopped).OrderBy(transceiver => IndexOf(peer, transceiver.Mid))];

    private static string[] LiveMids(GlarePeer peer) => [.. Live(peer).Select(transceiver => transceiver.Mid ?? "-")];

    private static int IndexOf(GlarePeer peer, string? mid) => Array.IndexOf(MidLines(peer.Connection.CurrentLocalDescription), $"a=mid:{mid}");

    private static string[] MidLines(SessionDescription? description) =>
        [.. (description?.Sdp ?? "").Split("\r\n").Where(line => line.StartsWith("a=mid:", StringComparison.Ordinal))];

    private void ExpectEqualTransceivers()
    {
        Assert.Equal(LiveMids(_alice), LiveMids(_bob));
        Assert.DoesNotContain("-", LiveMids(_alice));
        Assert.Equal(MidLines(_alice.Connection.CurrentLocalDescription), MidLines(_bob.Connection.CurrentLocalDescription));
        foreach (var (alice, bob) in Live(_alice).Zip(Live(_bob)))
        {
            Assert.Equal(alice.Kind, bob.Kind);
            Assert.Equal(Mirror(alice.CurrentDirection), bob.CurrentDirection);
            ExpectWanted(alice, bob);
        }

        Assert.DoesNotContain(_alice.Connection.GetTransceivers(), transceiver => transceiver.CurrentDirection == RtpTransceiverDirection.Stopped && transceiver.Mid is null);
    }

    /// <summary>Media goes where both want it, and nowhere else.</summary>
    private static void ExpectWanted(RtpTransceiver alice, RtpTransceiver bob)
    {
        Assert.Equal(Sends(alice.Direction) && Receives(bob.Direction), Sends(alice.CurrentDirection));
        Assert.Equal(Sends(bob.Direction) && Receives(alice.Direction), Sends(bob.CurrentDirection));
    }

    /// <summary>Each channel opened, and brought its label once.</summary>
    private static void ExpectChannels(GlarePeer from, GlarePeer to)
    {
        Assert.All(from.Channels, channel => Assert.Equal(DataChannelState.Open, channel.ReadyState));
        Assert.Equal(from.Channels.Select(channel => channel.Label), to.Texts.Order());
    }

    private async Task ExpectFramesAsync()
    {
        // What was sent before the last change has arrived.
        await _simulator.Delay(TimeSpan.FromMilliseconds(600));
        var counters = new List<(string Name, int Expected, FrameCounter Counter, IDisposable Attachment)>();
        foreach (var (alice, bob) in Live(_alice).Zip(Live(_bob)))
        {
            counters.Add(Count("alice→bob", _alice, alice, bob));
            counters.Add(Count("bob→alice", _bob, bob, alice));
        }

        await _simulator.Delay(TimeSpan.FromMilliseconds(900));
        if (counters.Any(counter => counter.Expected >= 0 && counter.Counter.Total < FewestFrames))
        {
            // A lost picture holds back those behind it until it is repaired, which takes its time when the repair is lost too.
            await _simulator.Delay(TimeSpan.FromMilliseconds(900));
        }

        foreach (var (name, expected, counter, attachment) in counters)
        {
            attachment.Dispose();
            Assert.True(expected < 0 ? counter.Total == 0 : counter.Total >= FewestFrames && counter.Of(expected) == counter.Total, $"{name}: expected frames of {expected}, got {counter}");
        }
    }

    private static (string Name, int Expected, FrameCounter Counter, IDisposable Attachment) Count(string way, GlarePeer from, RtpTransceiver sending, RtpTransceiver receiving)
    {
        var expected = Sends(sending.CurrentDirection) && sending.Sender.Track is { } track ? from.NumberOf(track) : -1;
        var counter = new FrameCounter();
        return ($"{way} {sending.Kind} {sending.Mid}", expected, counter, receiving.Receiver.Track.Attach(counter));
    }

    private string State() => string.Join('\n', new[] { _alice, _bob }.SelectMany(peer => peer.Connection.GetTransceivers()
        .Select(transceiver => $"{transceiver.Kind} mid {transceiver.Mid} {transceiver.Direction}/{transceiver.CurrentDirection} track {(transceiver.Sender.Track is null ? "none" : peer.NumberOf(transceiver.Sender.Track))} muted {transceiver.Receiver.Track.IsMuted}")
        .Prepend($"{peer.Connection.SignalingState} {peer.Connection.ConnectionState} {peer.Connection.IceConnectionState} settled {peer.IsSettled}")));

    private static RtpTransceiverDirection? Mirror(RtpTransceiverDirection? direction) => direction switch
    {
        RtpTransceiverDirection.SendOnly => RtpTransceiverDirection.RecvOnly,
        RtpTransceiverDirection.RecvOnly => RtpTransceiverDirection.SendOnly,
        _ => direction,
    };

    private static bool Sends(RtpTransceiverDirection? direction) => direction is RtpTransceiverDirection.SendRecv or RtpTransceiverDirection.SendOnly;

    private static bool Receives(RtpTransceiverDirection? direction) => direction is RtpTransceiverDirection.SendRecv or RtpTransceiverDirection.RecvOnly;
}
