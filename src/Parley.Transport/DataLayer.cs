using Microsoft.Extensions.Logging;
using Parley.Dtls;
using Parley.Net;
using Parley.Sctp;

namespace Parley.Transport;

/// <summary>SCTP of one transport, and the data channels over it.</summary>
internal sealed class DataLayer(RandomSource random, ILoggerFactory loggers)
{
    private readonly Queue<WaitingMessage> _waiting = new();
    private SctpAssociation? _association;
    private DataChannelSession? _session;
    private bool _isStarted;

    /// <summary>Whether packets have come since <see cref="TryRead"/> said no.</summary>
    public bool IsUnread { get; private set; }

    /// <summary>When to call <see cref="Advance"/> at the latest; null: nothing is due.</summary>
    public Instant? Deadline => _association?.Deadline;

    /// <summary>Whether there are data channels to come: an association runs or is about to.</summary>
    public bool IsOpen => _session is not null;

    /// <summary>Whether messages are held back: the receive window closes, and the peer waits. Set by whoever reads them.</summary>
    public bool ReceivePaused
    {
        get => _association is { ReceivePaused: true };
        set
        {
            if (_association is not null)
            {
                _association.ReceivePaused = value;
            }
        }
    }

    /// <summary>Opens a data channel.</summary>
    /// <returns>The channel; null: there is no association, or the peer has opened a channel with this id meanwhile.</returns>
    public DataChannelHandle? OpenChannel(DataChannelParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        return _session is null || (parameters.Id is { } id && _session.ChannelOf(new StreamId(id)) is not null)
            ? null
            : _session.Open(parameters);
    }

    /// <summary>Closes a data channel once what was sent before has been delivered (webrtc-pc §6.2).</summary>
    public void CloseChannel(DataChannelHandle channel)
    {
        // "Finish sending all currently pending messages of the channel."
        if (_waiting.Any(message => message.Channel == channel))
        {
            _waiting.Enqueue(new WaitingMessage(channel, [], IsBinary: false, IsClose: true));
            return;
        }

        _session?.Close(channel);
    }

    /// <summary>
    /// Queues a message; its bytes are copied. One that finds the association's buffer full waits here: nothing accepted is lost.
    /// </summary>
    public void Send(DataChannelHandle channel, ReadOnlySpan<byte> message, bool isBinary, Instant now)
    {
        if (_session is not null
            && (_waiting.Count > 0 || _session.Send(channel, isBinary, message, now) == DataChannelSendStatus.BufferFull))
        {
            _waiting.Enqueue(new WaitingMessage(channel, message.ToArray(), isBinary, IsClose: false));
        }
    }

    /// <summary>A packet was refused at once, as larger than the path takes.</summary>
    public void OnPacketTooLarge(int length, Instant now) => _association?.OnPacketTooLarge(length, now);

    /// <summary>Brings the association in line with a plan.</summary>
    public void Apply(SctpPlan? plan, SctpPlan? before, IReadOnlyList<LocalPath> paths, DtlsEndpoint? dtls, Instant now)
    {
        if (before is not null && plan?.Association != before.Association)
        {
            Stop(now);
        }

        if (plan is null)
        {
            return;
        }

        if (before is not null && plan.Association == before.Association)
        {
            _association!.RemoteMaxMessageSize = plan.RemoteMaxMessageSize;
            return;
        }

        Start(plan, paths, dtls!, now);
    }

    /// <summary>The path is another one: what was learned of the one before does not count.</summary>
    public void ChangePath(Instant now) => _association?.ChangePath(now);

    /// <summary>Does what is due by time.</summary>
    public void Advance(Instant now)
    {
        if (_association?.Deadline <= now)
        {
            _association.Advance(now);
        }
    }

    /// <summary>Reads what happened next.</summary>
    public bool TryRead(out TransportEvent happened)
    {
        while (_session is not null && _session.TryRead(out var below))
        {
            if (TryTranslate(below, out happened))
            {
                return true;
            }
        }

        happened = default;
        IsUnread = false;
        return false;
    }

    /// <summary>The transport is closed: the association is aborted.</summary>
    public void Abort(Instant now) => _association?.Abort("closed", now);

    /// <summary>Gives back what the association holds.</summary>
    public void Release() => _association?.Dispose();

    private void Start(SctpPlan plan, IReadOnlyList<LocalPath> paths, DtlsEndpoint dtls, Instant now)
    {
        _isStarted = false;
        _association?.Dispose();
        _association = new SctpAssociation(
            SctpPlan.OptionsAhead(plan.Streams, plan.MaxMessageSize) with
            {
                RemotePort = plan.RemotePort,
                MaxDiscoveredPacketSize = LargestPacket(paths, dtls),
                LocalInit = plan.LocalInit,
                RemoteInit = plan.RemoteInit,
                CongestionControl = plan.CongestionControl,
                RemoteMaxMessageSize = plan.RemoteMaxMessageSize,
            },
            random,
            loggers.CreateLogger<SctpAssociation>());
        _session = new DataChannelSession(_association, loggers.CreateLogger<DataChannelSession>());
        _session.SetRole(dtls.Role == DtlsRole.Client);
        Connect(dtls, now);
    }

    /// <summary>Ends the association in order, and forgets its channels; what is queued on them is lost.</summary>
    private void Stop(Instant now)
    {
        _association?.Shutdown(now);
        _session = null;
        _waiting.Clear();
    }

    /// <summary>The largest SCTP packet that may be tried: what the narrowest of the local ends carries.</summary>
    private static int LargestPacket(IReadOnlyList<LocalPath> paths, DtlsEndpoint dtls)
    {
        var largest = SctpAssociation.LargestPacket;
        foreach (var path in paths)
        {
            largest = Math.Min(largest, Math.Max(0, path.MaxDatagramSize - path.Headroom - dtls.RecordOverhead));
        }

        return largest;
    }

    /// <summary>DTLS is up, or about to be: the association begins once it is.</summary>
    public void Connect(DtlsEndpoint dtls, Instant now)
    {
        if (_association is not null && !_isStarted && dtls.State == DtlsState.Connected)
        {
            _isStarted = true;
            _association.Connect(now);
        }
    }

    /// <summary>Without DTLS there is no association (RFC 8261 §6.1).</summary>
    /// <returns>Whether there was one.</returns>
    public bool OnCarrierEnded() => _association is not null && (_isStarted = true);

    /// <summary>Takes a packet.</summary>
    public void Receive(ReadOnlySpan<byte> packet, Instant now)
    {
        _association?.Receive(packet, now);
        IsUnread = _session is not null;
    }

    /// <summary>Fills a batch with packets, each made and sealed where it leaves from.</summary>
    public void Fill(DatagramBatch batch, in Path path, DtlsEndpoint dtls, Instant now)
    {
        if (_association is null || dtls.State != DtlsState.Connected)
        {
            return;
        }

        var headroom = path.Local.Headroom;
        var header = dtls.RecordHeaderLength;
        var trailer = dtls.RecordOverhead - header;
        while (batch.Reserve(headroom + _association.NextPacketLimit + header + trailer) is { IsEmpty: false } room)
        {
            room = room[headroom..];
            var length = _association.Transmit(room[header..^trailer], now);
            if (length == 0)
            {
                return;
            }

            batch.Commit(headroom + dtls.ProtectInPlace(room, length), path.Remote);
        }
    }

    /// <summary>Sends what has waited for room, as far as there is some.</summary>
    public void SendWaiting(Instant now)
    {
        while (_session is not null && _waiting.TryPeek(out var message))
        {
            if (message.IsClose)
            {
                _session.Close(message.Channel);
            }
            else if (_session.Send(message.Channel, message.IsBinary, message.Data, now) == DataChannelSendStatus.BufferFull)
            {
                return;
            }

            _waiting.Dequeue();
        }
    }

    private bool TryTranslate(in DataChannelEvent below, out TransportEvent happened)
    {
        happened = below.Kind switch
        {
            DataChannelEventKind.AssociationConnected => TransportEvent.Connected(_association!.MaxStreams),
            DataChannelEventKind.AssociationClosed => TransportEvent.Of(TransportEventKind.SctpClosed),
            DataChannelEventKind.AssociationFailed => TransportEvent.Failed(below),
            DataChannelEventKind.ChannelAnnounced => TransportEvent.Announced(below),
            DataChannelEventKind.ChannelClosing => TransportEvent.OfChannel(TransportEventKind.ChannelClosing, below),
            DataChannelEventKind.ChannelClosed => TransportEvent.OfChannel(TransportEventKind.ChannelClosed, below),
            DataChannelEventKind.MessageReceived => TransportEvent.OfChannel(TransportEventKind.MessageReceived, below),
            DataChannelEventKind.MessageTooLarge => TransportEvent.OfChannel(TransportEventKind.MessageTooLarge, below),
            DataChannelEventKind.BufferedAmountDecreased => TransportEvent.OfChannel(TransportEventKind.BufferedAmountDecreased, below),
            _ => default,
        };
        return happened.Kind != TransportEventKind.None;
    }

    private sealed record WaitingMessage(DataChannelHandle Channel, byte[] Data, bool IsBinary, bool IsClose);
}
