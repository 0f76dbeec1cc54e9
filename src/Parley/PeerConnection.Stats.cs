using Parley.Dtls;
using Parley.Media;

namespace Parley;

// Statistics (webrtc-pc §8; webrtc-stats).
public sealed partial class PeerConnection
{
    private int _dataChannelsOpened;
    private int _dataChannelsClosed;
    private int _sourceNumber;
    private const int MaxClosedChannels = 1000;

    /// <summary>
    /// Characters of the labels and protocols of closed channels: a peer chooses them, and how often it opens and closes one.
    /// </summary>
    private const int MaxClosedChannelNames = 1024 * 1024;

    /// <summary>Channels that are being closed.</summary>
    private readonly HashSet<DataChannel> _closingChannels = [];

    /// <summary>The figures of the channels that closed last.</summary>
    private int _closedChannelNames;
    private readonly Queue<DataChannelStats> _closedChannels = new();
    private StatsIds? _statsIds;
    private Task<StatsCollection>? _closingStats;

    /// <summary>The figures of the connection, or of what carries one track (webrtc-pc §8.2, getStats).</summary>
    /// <param name="selector">A track that is sent or received; null for everything.</param>
    /// <exception cref="RtcException">InvalidAccessError: no or more than one sender or receiver has the track.</exception>
    public Task<StatsReport> GetStatsAsync(MediaStreamTrack? selector = null)
    {
        lock (Gate)
        {
            if (selector is null)
            {
                return CollectStats(null, null);
            }

            var senders = _transceivers.Where(transceiver => transceiver.Sender.Track == selector).ToArray();
            var receivers = _transceivers.Where(transceiver => transceiver.Receiver.Track == selector).ToArray();
            return senders.Length + receivers.Length != 1
                ? Task.FromException<StatsReport>(
                    new RtcException(RtcErrorNames.InvalidAccessError, "Exactly one sender or receiver must have the track."))
                : CollectStats(senders.FirstOrDefault()?.Sender, receivers.FirstOrDefault()?.Receiver);
        }
    }

    /// <summary>
    /// webrtc-stats §8.10: a media source lives from a track's being attached to a sender until no sender has it. Called with the gate
    /// held.
    /// </summary>
    internal int SourceNumberOf(MediaStreamTrack? track, RtpSender sender) =>
        track is not null
            && _transceivers.Find(transceiver => transceiver.Sender != sender && transceiver.Sender.Track == track) is { } other
            ? other.Sender.SourceNumber
            : ++_sourceNumber;

    /// <summary>Gathers the figures: those of negotiation now, those of the transports in the driver's next turn.</summary>
    internal Task<StatsReport> CollectStats(RtpSender? sender, RtpReceiver? receiver)
    {
        var promise = new TaskCompletionSource<StatsReport>(Queue.PromiseOptions);
        lock (Gate)
        {
            var gathered = _closingStats ?? Gather();
            _ = gathered.ContinueWith(
                done => Queue.Enqueue(() => promise.TrySetResult(done.Result.ToReport((object?)sender ?? receiver))),
                CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously,
                TaskScheduler.Default);
        }

        return promise.Task;
    }

    /// <summary>
    /// The figures with which the connection closes, taken before anything ends: later reports give them (webrtc-pc §4.4.2, getStats works
    /// on a closed connection too). Called with the gate held.
    /// </summary>
    private void KeepStats() => _closingStats = Gather();

    /// <summary>Once all is closed, later reports say so. Called with the gate held.</summary>
    private void MarkStatsClosed()
    {
        _closingStats = _closingStats!.ContinueWith(
            done =>
            {
                lock (Gate)
                {
                    done.Result.MarkClosed();
                    AddConnection(done.Result);
                }

                return done.Result;
            },
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private Task<StatsCollection> Gather()
    {
        var collection = new StatsCollection(Platform.TimeProvider, _statsIds ??= NewStatsIds(), _transceivers);
        AddConnection(collection);
        IEnumerable<DtlsCertificate> certificates = _configuration.Certificates.Count > 0 ? _configuration.Certificates
            : _ownCertificate is null ? []
            : [_ownCertificate];
        foreach (var certificate in certificates)
        {
            collection.AddCertificate(certificate.Der.Span);
        }

        // One more than there are transports: the last word is this side's, so that the report is complete without any.
        var request = new FiguresRequest(collection, _transports.Count + 1);
        _transports.ForEach(transport => collection.AddTransport(transport));
        _transports.ForEach(transport => transport.CollectFigures(request));
        request.Complete();
        return request.Task;
    }

    /// <summary>What the connection itself counts, and its data channels. Called with the gate held.</summary>
    private void AddConnection(StatsCollection collection)
    {
        collection.Add(
            new PeerConnectionStats
            {
                Id = "P",
                Timestamp = collection.Timestamp,
                DataChannelsOpened = _dataChannelsOpened,
                DataChannelsClosed = _dataChannelsClosed,
            });
        foreach (var channel in _closedChannels)
        {
            collection.Add(channel with { Timestamp = collection.Timestamp });
        }

        foreach (var channel in _closingChannels.Concat(_dataChannels))
        {
            collection.AddDataChannel(channel);
        }
    }

    /// <summary>A channel has left the list of those in use but is not closed yet. Called with the gate held.</summary>
    private void KeepClosing(DataChannel channel)
    {
        if (_dataChannels.Remove(channel))
        {
            _closingChannels.Add(channel);
        }
    }

    /// <summary>A closed channel stays in reports. Called with the gate held.</summary>
    private void KeepClosed(DataChannel channel)
    {
        if (_dataChannels.Remove(channel) | _closingChannels.Remove(channel))
        {
            _closedChannels.Enqueue(StatsCollection.StatsOf(channel, default));
            _closedChannelNames += channel.Label.Length + channel.Protocol.Length;
            while (_closedChannels.Count > MaxClosedChannels || _closedChannelNames > MaxClosedChannelNames)
            {
                var forgotten = _closedChannels.Dequeue();
                _closedChannelNames -= forgotten.Label.Length + forgotten.Protocol.Length;
            }
        }
    }

    private StatsIds NewStatsIds()
    {
        var salt = new byte[16];
        Platform.Random.Fill(salt);
        return new StatsIds(salt);
    }

    /// <summary>
    /// webrtc-stats §8.13: counts channels that enter and leave the state open, however they leave it. Called with the gate held.
    /// </summary>
    internal void CountChannelState(DataChannelState from, DataChannelState to)
    {
        _dataChannelsOpened += to == DataChannelState.Open ? 1 : 0;
        _dataChannelsClosed += from == DataChannelState.Open ? 1 : 0;
    }
}
