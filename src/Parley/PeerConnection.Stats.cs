using Parley.Media;

namespace Parley;

// Statistics (webrtc-pc §8; webrtc-stats).
public sealed partial class PeerConnection
{
    private int _dataChannelsOpened;
    private int _dataChannelsClosed;
    private StatsIds? _statsIds;

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
                ? Task.FromException<StatsReport>(new RtcException(RtcErrorNames.InvalidAccessError, "Exactly one sender or receiver must have the track."))
                : CollectStats(senders.FirstOrDefault()?.Sender, receivers.FirstOrDefault()?.Receiver);
        }
    }

    /// <summary>Gathers the figures: those of negotiation now, those of the transports in the loop's next turn.</summary>
    internal Task<StatsReport> CollectStats(RtpSender? sender, RtpReceiver? receiver)
    {
        var promise = new TaskCompletionSource<StatsReport>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (Gate)
        {
            var collection = new StatsCollection(Platform.TimeProvider, _statsIds ??= NewStatsIds(), _transceivers, sender, receiver);
            if (sender is null && receiver is null)
            {
                collection.Add(new PeerConnectionStats { Id = "P", Timestamp = collection.Timestamp, DataChannelsOpened = _dataChannelsOpened, DataChannelsClosed = _dataChannelsClosed });
                foreach (var certificate in IsClosed ? [] : Certificates)
                {
                    collection.AddCertificate(certificate.Der.Span);
                }
            }

            foreach (var channel in sender is null && receiver is null ? _dataChannels : [])
            {
                collection.AddDataChannel(channel);
            }

            var transports = _transports.ToArray();
            foreach (var transport in transports)
            {
                collection.AddTransport(transport);
            }

            void Finish() => Queue.Enqueue(() => promise.TrySetResult(collection.ToReport()));
            if (IsClosed || transports.Length == 0)
            {
                Finish();
                return promise.Task;
            }

            var pending = transports.Length;
            foreach (var transport in transports)
            {
                Loop.Ask(transport.Stack, stack => stack.CollectStats(collection), () =>
                {
                    if (--pending == 0)
                    {
                        Finish();
                    }
                });
            }
        }

        return promise.Task;
    }

    private StatsIds NewStatsIds()
    {
        var salt = new byte[16];
        Platform.Random.Fill(salt);
        return new StatsIds(salt);
    }

    /// <summary>webrtc-stats §8.13: counts channels that enter and leave the state open, however they leave it. Called with the gate held.</summary>
    internal void CountChannelState(DataChannelState from, DataChannelState to)
    {
        _dataChannelsOpened += to == DataChannelState.Open ? 1 : 0;
        _dataChannelsClosed += from == DataChannelState.Open ? 1 : 0;
    }
}
