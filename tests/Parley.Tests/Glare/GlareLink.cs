using Parley.Media;
using Parley.Simulation;

namespace Parley.Tests.Glare;

/// <summary>
/// The connection between two peers: an end at each, and the signaling between them. It knows what must hold when both have come to rest.
/// </summary>
internal sealed class GlareLink
{
    private const int FewestFrames = 4;
    private readonly DelayedSignaling _toSecond, _toFirst;

    /// <summary>The one who was there first is impolite.</summary>
    public GlareLink(
        Simulator simulator, GlarePeer first, GlarePeer second, PeerConnection firstConnection, PeerConnection secondConnection)
    {
        var slowest = TimeSpan.FromMilliseconds(1 + simulator.Random.Next(150));
        _toSecond = new DelayedSignaling(simulator, slowest);
        _toFirst = new DelayedSignaling(simulator, slowest);
        First = new GlareSide(
            $"{first.Name}→{second.Name}", first, simulator, firstConnection, polite: false, new GlareChannel(_toSecond, _toFirst));
        Second = new GlareSide(
            $"{second.Name}→{first.Name}", second, simulator, secondConnection, polite: true, new GlareChannel(_toFirst, _toSecond));
    }

    public GlareSide First { get; }

    public GlareSide Second { get; }

    public bool IsOver { get; private set; }

    public bool IsSettled =>
        _toSecond.UnderWay == 0 && _toFirst.UnderWay == 0 && First.IsSettled && Second.IsSettled
        && AreChannelsSettled(First, Second) && AreChannelsSettled(Second, First)
        && (!IsNegotiated
            || (First.Connection.ConnectionState == PeerConnectionState.Connected
                && Second.Connection.ConnectionState == PeerConnectionState.Connected));

    /// <summary>Sections of the current description, rejected ones included.</summary>
    public int Sections => MidLines(First.Connection.CurrentLocalDescription).Length;

    /// <summary>Whether anything is left that needs a transport.</summary>
    private bool IsNegotiated => First.Live.Length > 0 || First.Connection.SctpTransport is not null;

    /// <summary>One side leaves; the other hears of it after a while, and closes too.</summary>
    public async Task EndAsync(GlareSide leaving, Task heard)
    {
        IsOver = true;
        var left = leaving == First ? Second : First;
        leaving.Peer.Sides.Remove(leaving);
        await leaving.CloseAsync();
        await heard;
        left.Peer.Sides.Remove(left);
        await left.CloseAsync();
        _toFirst.End();
        _toSecond.End();
    }

    /// <summary>Equal sections in equal order, mirrored directions, and those that both want.</summary>
    public void ExpectEqualTransceivers()
    {
        Assert.Equal(MidLines(First.Connection.CurrentLocalDescription), MidLines(Second.Connection.CurrentLocalDescription));
        Assert.Equal(Mids(First), Mids(Second));
        Assert.All(Mids(First), Assert.NotNull);
        foreach (var (first, second) in Pairs())
        {
            Assert.Equal(first.Kind, second.Kind);
            Assert.Equal(Mirror(first.CurrentDirection), second.CurrentDirection);
            Assert.Equal(Sends(first.Direction) && Receives(second.Direction), Sends(first.CurrentDirection));
            Assert.Equal(Sends(second.Direction) && Receives(first.Direction), Sends(second.CurrentDirection));
        }
    }

    /// <summary>
    /// Nothing is left over: no stopped transceiver, one socket at most for each end, and its transport is the one that all refer to.
    /// </summary>
    public void ExpectNothingLeftOver()
    {
        foreach (var side in (GlareSide[])[First, Second])
        {
            var transceivers = side.Connection.GetTransceivers();
            Assert.DoesNotContain(transceivers, transceiver => transceiver.CurrentDirection == RtpTransceiverDirection.Stopped);
            var transports = transceivers.SelectMany(transceiver =>
                (DtlsTransport?[])[transceiver.Sender.Transport, transceiver.Receiver.Transport])
                .Append(side.Connection.SctpTransport?.Transport).OfType<DtlsTransport>().Distinct().ToArray();
            Assert.True(transports.Length <= 1 || !IsNegotiated, $"{side.Model.Name} has {transports.Length} transports");
        }
    }

    /// <summary>Begins to count the frames of each receiver.</summary>
    public IEnumerable<ExpectedFrames> CountFrames() =>
        Pairs().SelectMany(pair => (ExpectedFrames?[])[Count(First, pair.First, pair.Second), Count(Second, pair.Second, pair.First)])
            .OfType<ExpectedFrames>();

    /// <summary>Each channel opened, and brought its label once; sent again, it arrives again.</summary>
    public void ExpectChannels()
    {
        ExpectChannels(First, Second);
        ExpectChannels(Second, First);
    }

    public override string ToString() => $"{First.Model.Log}\n{Second.Model.Log}\n{First}\n{Second}";

    private static bool AreChannelsSettled(GlareSide from, GlareSide to) =>
        from.Channels.All(channel => channel.ReadyState == DataChannelState.Open && to.Texts.Contains(channel.Label))
        && from.ClosedChannels.All(channel => channel.ReadyState == DataChannelState.Closed)
        && to.Incoming.All(channel => channel.ReadyState is DataChannelState.Open or DataChannelState.Closed)
        && to.Incoming.Count(channel => channel.ReadyState == DataChannelState.Open) == from.Channels.Count;

    private static void ExpectChannels(GlareSide from, GlareSide to)
    {
        Assert.Equal(to.Texts.Distinct(), to.Texts);
        Assert.Equal(
            from.Channels.Select(channel => (channel.Label, channel.Id)).Order(),
            to.Incoming.Where(channel => channel.ReadyState == DataChannelState.Open)
                .Select(channel => (channel.Label, channel.Id)).Order());
    }

    private static ExpectedFrames? Count(GlareSide from, RtpTransceiver sending, RtpTransceiver receiving)
    {
        if (sending.Sender.Track is { ReadyState: MediaStreamTrackState.Ended })
        {
            // Silence and black pictures are sent of an ended track, which name none.
            return null;
        }

        var number = Sends(sending.CurrentDirection) && receiving.Receiver.Track.Enabled ? from.Peer.NumberOf(sending.Sender.Track) : -1;
        return new ExpectedFrames($"{from.Model.Name} {sending.Kind} {sending.Mid}", number, FewestFrames, receiving);
    }

    private static string?[] Mids(GlareSide side) => [.. side.Live.Select(transceiver => transceiver.Mid).Order()];

    private static string[] MidLines(SessionDescription? description) =>
        [.. (description?.Sdp ?? "").Split("\r\n").Where(line => line.StartsWith("a=mid:", StringComparison.Ordinal))];

    private static RtpTransceiverDirection? Mirror(RtpTransceiverDirection? direction) => direction switch
    {
        RtpTransceiverDirection.SendOnly => RtpTransceiverDirection.RecvOnly,
        RtpTransceiverDirection.RecvOnly => RtpTransceiverDirection.SendOnly,
        _ => direction,
    };

    private static bool Sends(RtpTransceiverDirection? direction) =>
        direction is RtpTransceiverDirection.SendRecv or RtpTransceiverDirection.SendOnly;

    private static bool Receives(RtpTransceiverDirection? direction) =>
        direction is RtpTransceiverDirection.SendRecv or RtpTransceiverDirection.RecvOnly;

    private IEnumerable<(RtpTransceiver First, RtpTransceiver Second)> Pairs() =>
        First.Live.OrderBy(transceiver => transceiver.Mid).Zip(Second.Live.OrderBy(transceiver => transceiver.Mid));
}
