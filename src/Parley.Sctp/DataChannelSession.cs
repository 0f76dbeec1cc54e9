using System.Text;
using Microsoft.Extensions.Logging;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// The data channels over an association: RFC 8831, and RFC 8832 to open them. It reads the association's events, so that its own
/// <see cref="TryRead"/> is the only one to call; packets, deadlines and time stay the association's.
/// <para>Commands: <see cref="SetRole"/>, <see cref="Open"/>, <see cref="Send"/>, <see cref="Close"/>. Poll after each command, and after
/// each <see cref="SctpAssociation.Receive"/> and <see cref="SctpAssociation.Transmit"/>: <see cref="TryRead"/>. Any order of calls is
/// safe; one thread at a time.</para>
/// </summary>
public sealed partial class DataChannelSession
{
    /// <summary>The largest label or protocol, in bytes of UTF-8 (RFC 8832 §5.1).</summary>
    public const int MaxNameBytes = 65_535;

    private readonly SctpAssociation _association;
    private readonly ILogger _logger;
    private readonly RingQueue<DataChannelEvent> _events = new();
    private readonly Dictionary<int, DataChannelRecord> _channels = [];
    private readonly Dictionary<ushort, DataChannelRecord> _byStream = [];
    private readonly List<DataChannelRecord> _waiting = [];
    private bool? _isDtlsClient;
    private int _lastHandle;
    private int _leastFreeId;
    private bool _isConnected;
    private bool _hasEnded;

    /// <summary>Makes a session without channels.</summary>
    /// <param name="association">The association, whose events the session reads from now on.</param>
    /// <param name="logger">Told about the life of the channels; never about messages, labels or protocols.</param>
    public DataChannelSession(SctpAssociation association, ILogger logger)
    {
        ArgumentNullException.ThrowIfNull(association);
        ArgumentNullException.ThrowIfNull(logger);
        _association = association;
        _logger = logger;
    }

    /// <summary>How many channels there are, closing ones included.</summary>
    public int Count => _channels.Count;

    /// <summary>Counts since the session was made.</summary>
    public DataChannelStatistics Statistics => new(_messagesDropped, _announcementsRefused);

    /// <summary>What parts of messages hold, in bytes.</summary>
    internal long HeldByParts => _partBytes;

    /// <summary>Tells the DTLS role, which decides over the ids: even ones for the client, odd ones for the server (RFC 8832 §6).</summary>
    public void SetRole(bool isDtlsClient)
    {
        _isDtlsClient = isDtlsClient;
        _leastFreeId = isDtlsClient ? 0 : 1;
        OpenWaiting();
    }

    /// <summary>
    /// Opens a channel. Before the association is up, or without an id before <see cref="SetRole"/>, it waits;
    /// <see cref="DataChannelEventKind.ChannelOpened"/> tells when it can send.
    /// </summary>
    /// <param name="parameters">How it shall behave.</param>
    /// <returns>The channel.</returns>
    /// <exception cref="ArgumentException">A name is too long, both limits are given, or the id is missing, in use or 65,535.</exception>
    public DataChannelHandle Open(DataChannelParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Check(parameters);
        var record = Add(parameters);
        if (parameters.Id is { } id)
        {
            record.Id = new StreamId(id);
            _byStream.Add(id, record);
        }

        if (_hasEnded)
        {
            Finish(record);
        }
        else
        {
            _waiting.Add(record);
            OpenWaiting();
        }

        return record.Handle;
    }

    /// <summary>Queues a message; its bytes are copied. An empty one is sent as RFC 8831 §6.6 says.</summary>
    /// <param name="channel">An open channel.</param>
    /// <param name="isBinary">Whether the bytes are data; else they are UTF-8 text.</param>
    /// <param name="message">The bytes, as many as <see cref="SctpAssociation.RemoteMaxMessageSize"/> allows.</param>
    /// <param name="now">The present instant.</param>
    public DataChannelSendStatus Send(DataChannelHandle channel, bool isBinary, ReadOnlySpan<byte> message, Instant now)
    {
        if (!_channels.TryGetValue(channel.Value, out var record) || record.Stage != DataChannelStage.Open || record.Id is not { } id)
        {
            return DataChannelSendStatus.NotOpen;
        }

        var status = message.IsEmpty
            ? _association.Send(id, isBinary ? PayloadProtocolId.BinaryEmpty : PayloadProtocolId.TextEmpty, [0], record.SendOptions, now)
            : _association.Send(id, isBinary ? PayloadProtocolId.Binary : PayloadProtocolId.Text, message, record.SendOptions, now);
        switch (status)
        {
            case SctpSendStatus.Queued:
                record.Buffered += message.Length;
                record.Uncounted += message.IsEmpty ? 1 : 0;
                return DataChannelSendStatus.Queued;
            case SctpSendStatus.TooLarge:
                return DataChannelSendStatus.TooLarge;
            case SctpSendStatus.BufferFull:
                return DataChannelSendStatus.BufferFull;
            default:
                return DataChannelSendStatus.NotOpen;
        }
    }

    /// <summary>
    /// Closes a channel once what is queued on it has been acknowledged (RFC 8831 §6.7). Does nothing to one that is closing or closed.
    /// </summary>
    public void Close(DataChannelHandle channel)
    {
        if (!_channels.TryGetValue(channel.Value, out var record) || record.Stage is DataChannelStage.Closing or DataChannelStage.Closed)
        {
            return;
        }

        if (record.Stage == DataChannelStage.Waiting)
        {
            _waiting.Remove(record);
            Finish(record);
            return;
        }

        BeginClosing(record);
    }

    /// <summary>User bytes queued on a channel and not handed to the network yet.</summary>
    public long BufferedAmount(DataChannelHandle channel) => _channels.TryGetValue(channel.Value, out var record) ? record.Buffered : 0;

    /// <summary>Sets at or below which buffered amount <see cref="DataChannelEventKind.BufferedAmountLow"/> is told; 0 at first.</summary>
    public void SetBufferedAmountLowThreshold(DataChannelHandle channel, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        if (_channels.TryGetValue(channel.Value, out var record))
        {
            record.LowThreshold = bytes;
        }
    }

    /// <summary>A channel's id; null: it has none yet, or is closed.</summary>
    public StreamId? IdOf(DataChannelHandle channel) => _channels.TryGetValue(channel.Value, out var record) ? record.Id : null;

    /// <summary>The channel that has an id; null: none.</summary>
    public DataChannelHandle? ChannelOf(StreamId id) => _byStream.TryGetValue(id.Value, out var record) ? record.Handle : null;

    /// <summary>The next thing that happened; false when there is none. The payload of the one before is gone with the call.</summary>
    public bool TryRead(out DataChannelEvent happened)
    {
        while (true)
        {
            if (_events.TryDequeue(out happened))
            {
                return true;
            }

            if (!_association.TryRead(out var below))
            {
                return false;
            }

            if (TryTranslate(below, out happened))
            {
                return true;
            }
        }
    }

    private void Check(DataChannelParameters parameters)
    {
        if (Encoding.UTF8.GetByteCount(parameters.Label) > MaxNameBytes || Encoding.UTF8.GetByteCount(parameters.Protocol) > MaxNameBytes)
        {
            throw new ArgumentException("A label or protocol has at most 65,535 bytes of UTF-8.", nameof(parameters));
        }

        if (parameters is { MaxRetransmits: not null, MaxLifetime: not null })
        {
            throw new ArgumentException("Only one of the reliability limits may be given.", nameof(parameters));
        }

        if (parameters is { Negotiated: true, Id: null })
        {
            throw new ArgumentException("A negotiated channel needs an id.", nameof(parameters));
        }

        if (parameters.Id is { } id && (id == ushort.MaxValue || _byStream.ContainsKey(id)))
        {
            throw new ArgumentException("The id is in use, or 65,535.", nameof(parameters));
        }
    }

    private DataChannelRecord Add(DataChannelParameters parameters)
    {
        var record = new DataChannelRecord(new DataChannelHandle(++_lastHandle), parameters);
        _channels.Add(record.Handle.Value, record);
        return record;
    }

    // What can be opened now, in the order it was asked for.
    private void OpenWaiting()
    {
        if (!_isConnected || _waiting.Count == 0)
        {
            return;
        }

        var kept = 0;
        for (var index = 0; index < _waiting.Count; index++)
        {
            var record = _waiting[index];
            if (record.Id is null && _isDtlsClient is null)
            {
                _waiting[kept++] = record;
                continue;
            }

            OpenNow(record);
        }

        _waiting.RemoveRange(kept, _waiting.Count - kept);
    }

    private void OpenNow(DataChannelRecord record)
    {
        if (record.Id is null && FreeId() is { } free)
        {
            record.Id = free;
            _byStream.Add(free.Value, record);
        }

        if (record.Id is not { } id || id.Value >= _association.MaxStreams)
        {
            Finish(record);
            return;
        }

        record.Stage = DataChannelStage.Open;
        _association.Use(id);
        if (record.Parameters.Priority != DataChannelParameters.NormalPriority)
        {
            _association.Prioritize(id, record.Parameters.Priority);
        }

        if (record.Parameters.Negotiated)
        {
            record.IsKnownToPeer = true;
        }
        else if (!SendControl(record, DataChannelOpenMessage.Write(record.Parameters)))
        {
            Finish(record);
            return;
        }

        _events.Enqueue(new DataChannelEvent { Kind = DataChannelEventKind.ChannelOpened, Channel = record.Handle, Id = id });
        DeliverEarly(record, id);
    }

    // RFC 8832 §6: ordered and reliable, whatever the channel is.
    private bool SendControl(DataChannelRecord record, ReadOnlySpan<byte> message)
    {
        if (_association.SendUnchecked(record.Id!.Value, PayloadProtocolId.DataChannelControl, message) != SctpSendStatus.Queued)
        {
            return false;
        }

        record.Uncounted += message.Length;
        return true;
    }

    private StreamId? FreeId()
    {
        while (_leastFreeId < _association.MaxStreams && _byStream.ContainsKey((ushort)_leastFreeId))
        {
            _leastFreeId += 2;
        }

        return _leastFreeId < _association.MaxStreams && _leastFreeId < ushort.MaxValue ? new StreamId((ushort)_leastFreeId) : null;
    }
}
