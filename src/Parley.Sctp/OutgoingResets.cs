using Microsoft.Extensions.Logging;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>
/// Resets of this side's outgoing streams (RFC 6525 §5.1.2), which is how a data channel is closed (RFC 8831 §6.7). A stream waits until
/// all that was queued on it is acknowledged; one request is on its way at a time.
/// </summary>
/// <param name="options">Limits and times.</param>
/// <param name="firstNumber">The number of the first request: the initial TSN (§4.1).</param>
/// <param name="events">Where the outcome is told.</param>
/// <param name="tally">Where resets given up are counted.</param>
/// <param name="logger">Told of answers.</param>
internal sealed class OutgoingResets(
    SctpOptions options, uint firstNumber, RingQueue<PendingEvent> events, AssociationTally tally, ILogger logger)
{
    private const int MaxStreamsInRequest = 256;

    // Each answer postpones the next question further, up to the longest retransmission timeout: some ten minutes in all.
    private const int MaxPostponements = 64;
    private readonly List<OutgoingStream> _wanted = [];
    private readonly List<OutgoingStream> _requested = [];
    private RepeatedChunk _request;
    private uint _number = firstNumber;
    private Tsn _lastTsn;
    private int _postponements;

    /// <summary>When <see cref="Expire"/> has something to say.</summary>
    public Instant? Deadline => _request.Deadline;

    /// <summary>Whether <see cref="Write"/> may have something to write.</summary>
    public bool HasRequest => _request.IsDue || _wanted.Count > 0;

    /// <summary>Resets a stream once it is drained.</summary>
    public void Add(OutgoingStream stream)
    {
        stream.Reset = StreamResetState.Wanted;
        _wanted.Add(stream);
    }

    /// <summary>The peer cannot reset streams.</summary>
    public void Refuse(StreamId stream) =>
        events.Enqueue(new PendingEvent { Kind = SctpEventKind.OutgoingStreamResetFailed, Stream = stream });

    /// <summary>Writes a request if one is due and has room.</summary>
    /// <param name="writer">The packet.</param>
    /// <param name="peerNumber">The number of the peer's last request.</param>
    /// <param name="next">The TSN that the next new chunk gets.</param>
    /// <param name="timeout">How long the answer is waited for at first.</param>
    /// <param name="now">The present instant.</param>
    public void Write(ref ChunkWriter writer, uint peerNumber, Tsn next, TimeSpan timeout, Instant now)
    {
        if (_wanted.Count > 0 && _requested.Count == 0)
        {
            Request(next);
        }

        var length = 16 + 2 * _requested.Count;
        if (!_request.IsDue || writer.Remaining < ChunkReader.HeaderLength + Padding.RoundUp(length))
        {
            return;
        }

        _request.OnSent(timeout, options.MaxRto, now);
        var value = new BigEndianWriter(writer.Begin(ChunkType.Reconfig, 0, length));
        value.WriteUInt16((ushort)ReconfigParameterType.OutgoingReset);
        value.WriteUInt16((ushort)length);
        value.WriteUInt32(_number);
        value.WriteUInt32(peerNumber);
        value.WriteUInt32(_lastTsn.Value);
        foreach (var stream in _requested)
        {
            value.WriteUInt16(stream.Id.Value);
        }
    }

    /// <summary>
    /// Whether an answer has failed to come by now, and is to be asked for again by <see cref="Repeat"/>. One failure too many ends the
    /// resets here.
    /// </summary>
    public bool Expire(Instant now) => _request.Expire(now) && _requested.Count > 0 && !IsOnceTooOften();

    /// <summary>The request is sent again.</summary>
    public void Repeat() => _request.Request();

    /// <summary>The peer has answered a request (§5.2.7). False: none that was sent.</summary>
    public bool OnAnswered(uint number, ReconfigResult result, TimeSpan timeout, Instant now)
    {
        if (_requested.Count == 0 || number != _number)
        {
            return false;
        }

        logger.ResetAnswered(_requested.Count, result);
        _number++;
        _request.Stop();
        if (result == ReconfigResult.InProgress)
        {
            Postpone(timeout, now);
            return true;
        }

        var isDone = result is ReconfigResult.Performed or ReconfigResult.NothingToDo;
        End(isDone ? SctpEventKind.OutgoingStreamReset : SctpEventKind.OutgoingStreamResetFailed);
        return true;
    }

    /// <summary>Waits for no answer any more: the association has ended.</summary>
    public void Stop() => _request.Stop();

    // Asked again after a while, under a new number: usrsctp repeats its first answer to the old one.
    private void Postpone(TimeSpan timeout, Instant now)
    {
        if (++_postponements > MaxPostponements)
        {
            Abandon();
            return;
        }

        var wait = timeout * (1 << Math.Min(_postponements - 1, 8));
        _request.Postpone(now + (wait < options.MaxRto ? wait : options.MaxRto));
    }

    // "A8: … any outstanding data on the streams is acknowledged first".
    private void Request(Tsn next)
    {
        for (var index = 0; index < _wanted.Count && _requested.Count < MaxStreamsInRequest;)
        {
            var stream = _wanted[index];
            if (!stream.IsDrained)
            {
                index++;
                continue;
            }

            stream.Reset = StreamResetState.Requested;
            _requested.Add(stream);
            _wanted[index] = _wanted[^1];
            _wanted.RemoveAt(_wanted.Count - 1);
        }

        if (_requested.Count > 0)
        {
            _request.Request();
        }

        _lastTsn = next + -1;
    }

    private bool IsOnceTooOften()
    {
        if (_request.Expirations <= options.MaxRetransmissions)
        {
            return false;
        }

        // The peer answers everything but this, else the association had ended: its channels must not wait for ever.
        Abandon();
        return true;
    }

    private void Abandon()
    {
        tally.StreamResetsAbandoned += _requested.Count;
        _number++;
        _request.Stop();
        End(SctpEventKind.OutgoingStreamResetFailed);
    }

    private void End(SctpEventKind kind)
    {
        _postponements = 0;
        foreach (var stream in _requested)
        {
            stream.Reset = StreamResetState.None;
            if (kind == SctpEventKind.OutgoingStreamReset)
            {
                stream.NextMid = stream.NextUnorderedMid = 0;
            }

            events.Enqueue(new PendingEvent { Kind = kind, Stream = stream.Id });
        }

        _requested.Clear();
    }
}
