using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// RFC 6525: how a data channel is closed (RFC 8831 §6.7). Each side resets its own outgoing stream; one request is on its way at a time.
public sealed partial class SctpAssociation
{
    private const int MaxStreamsInRequest = 256;
    private const int MaxPendingEvents = 150_000;

    // Each answer postpones the next question further, up to the longest retransmission timeout: some ten minutes in all.
    private const int MaxPostponements = 64;
    private readonly List<OutgoingStream> _resetsWanted = [];
    private readonly List<OutgoingStream> _resetsRequested = [];
    private uint _reconfigRequestNumber;
    private uint _peerReconfigNumber;
    private ReconfigResult _peerReconfigResult;
    private bool _sendReconfig;
    private Tsn _requestedLastTsn;
    private int _postponements;
    private long _streamResetsAbandoned;
    private ushort[]? _deferredStreams;
    private Tsn _deferredTsn;
    private uint _deferredNumber;
    private ushort[]? _performedStreams;
    private Tsn _performedTsn;

    /// <summary>
    /// Resets the outgoing side of a stream once all that was queued on it is acknowledged. It takes no messages until
    /// <see cref="SctpEventKind.OutgoingStreamReset"/>, or its failure, has been told.
    /// </summary>
    /// <returns>Whether the reset has begun; false: the association is not up.</returns>
    public bool ResetStream(StreamId stream)
    {
        if (State is not (SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownReceived))
        {
            return false;
        }

        var outgoing = _queue.StreamOf(stream);
        if (outgoing.Reset != StreamResetState.None)
        {
            return true;
        }

        if ((_peer & PeerCapabilities.Reconfiguration) == 0)
        {
            _events.Enqueue(new PendingEvent { Kind = SctpEventKind.OutgoingStreamResetFailed, Stream = stream });
            return true;
        }

        outgoing.Reset = StreamResetState.Wanted;
        _resetsWanted.Add(outgoing);
        return true;
    }

    private void ForgetResets()
    {
        _resetsWanted.Clear();
        _resetsRequested.Clear();
        _reconfigTimer.Stop();
        _sendReconfig = false;
        _deferredStreams = _performedStreams = null;
    }

    // §5.1.2: "A8: … any outstanding data on the streams is acknowledged first".
    private void WriteReconfig(ref ChunkWriter writer, Instant now)
    {
        if (_resetsWanted.Count > 0 && _resetsRequested.Count == 0)
        {
            RequestResets();
        }

        var length = 16 + 2 * _resetsRequested.Count;
        if (!_sendReconfig || writer.Remaining < ChunkReader.HeaderLength + Padding.RoundUp(length))
        {
            return;
        }

        _sendReconfig = false;
        _reconfigTimer.Start(now + Backoff(_roundTrip.Rto, _reconfigTimer));
        var value = new BigEndianWriter(writer.Begin(ChunkType.Reconfig, 0, length));
        value.WriteUInt16((ushort)ReconfigParameterType.OutgoingReset);
        value.WriteUInt16((ushort)length);
        value.WriteUInt32(_reconfigRequestNumber);
        value.WriteUInt32(_peerReconfigNumber);
        value.WriteUInt32(_requestedLastTsn.Value);
        foreach (var stream in _resetsRequested)
        {
            value.WriteUInt16(stream.Id.Value);
        }
    }

    private void RequestResets()
    {
        for (var index = 0; index < _resetsWanted.Count && _resetsRequested.Count < MaxStreamsInRequest;)
        {
            var stream = _resetsWanted[index];
            if (!stream.IsDrained)
            {
                index++;
                continue;
            }

            stream.Reset = StreamResetState.Requested;
            _resetsRequested.Add(stream);
            _resetsWanted[index] = _resetsWanted[^1];
            _resetsWanted.RemoveAt(_resetsWanted.Count - 1);
        }

        _sendReconfig = _resetsRequested.Count > 0;
        _requestedLastTsn = _outstanding.Next + -1;
    }

    private void OnReconfigTimer()
    {
        if (_resetsRequested.Count == 0)
        {
            return;
        }

        if (_reconfigTimer.Expirations > _options.MaxRetransmissions)
        {
            // The peer answers everything but this, else the association had ended: its channels must not wait for ever.
            AbandonResets();
        }
        else if (CountError())
        {
            _sendReconfig = true;
        }
    }

    private void AbandonResets()
    {
        _streamResetsAbandoned += _resetsRequested.Count;
        _reconfigRequestNumber++;
        _reconfigTimer.Stop();
        EndResets(SctpEventKind.OutgoingStreamResetFailed);
    }

    private void OnReconfig(ReadOnlySpan<byte> value, Instant now)
    {
        if (State is SctpState.Closed or SctpState.CookieWait or SctpState.CookieEchoed)
        {
            return;
        }

        // §3.1: at most two parameters.
        var parameters = new ParameterReader(value);
        for (var count = 0; count < 2 && !_hasEnded && parameters.TryNext(); count++)
        {
            switch ((ReconfigParameterType)parameters.Type)
            {
                case ReconfigParameterType.OutgoingReset when parameters.Value.Length >= 12:
                    OnOutgoingReset(parameters.Value);
                    break;
                case ReconfigParameterType.Response when parameters.Value.Length >= 8:
                    OnReconfigResponse(parameters.Value, now);
                    break;
                case ReconfigParameterType.IncomingReset or ReconfigParameterType.TsnReset
                    or ReconfigParameterType.AddOutgoingStreams or ReconfigParameterType.AddIncomingStreams
                        when parameters.Value.Length >= 4:
                    Refuse(BinaryPrimitives.ReadUInt32BigEndian(parameters.Value));
                    break;
                default:
                    Drop("malformed RE-CONFIG");
                    break;
            }
        }
    }

    // WebRTC resets outgoing streams only (RFC 8831 §6.7).
    private void Refuse(uint number)
    {
        if (number == _peerReconfigNumber + 1)
        {
            _peerReconfigNumber = number;
            _peerReconfigResult = ReconfigResult.Denied;
        }

        Respond(number, number == _peerReconfigNumber ? _peerReconfigResult : ReconfigResult.BadSequenceNumber);
    }

    // §5.2.2.
    private void OnOutgoingReset(ReadOnlySpan<byte> value)
    {
        var number = BinaryPrimitives.ReadUInt32BigEndian(value);
        var lastTsn = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value[8..]));
        var isRepeated = number == _peerReconfigNumber;
        if (!isRepeated && number != _peerReconfigNumber + 1)
        {
            Respond(number, ReconfigResult.BadSequenceNumber);
            return;
        }

        if (!isRepeated || _peerReconfigResult == ReconfigResult.InProgress)
        {
            _peerReconfigNumber = number;
            _peerReconfigResult = ResetIncoming(number, value[12..], lastTsn);
        }

        Respond(number, _peerReconfigResult);
    }

    private ReconfigResult ResetIncoming(uint number, ReadOnlySpan<byte> list, Tsn lastTsn)
    {
        var streams = new ushort[list.Length / 2];
        for (var index = 0; index < streams.Length; index++)
        {
            streams[index] = BinaryPrimitives.ReadUInt16BigEndian(list[(2 * index)..]);
            if (streams[index] >= _options.Streams)
            {
                return ReconfigResult.WrongStreamNumber;
            }
        }

        // A peer told "in progress" asks again, under the next number, for what has been done in the meantime. Any later request is another
        // one, though it may name the same streams and TSN: a negotiated channel can be opened and closed again without a message.
        if (number - _deferredNumber <= 1
            && _performedStreams is { } performed
            && _performedTsn == lastTsn
            && performed.AsSpan().SequenceEqual(streams))
        {
            return ReconfigResult.Performed;
        }

        if (lastTsn > _received.Cumulative || HasTooManyEvents)
        {
            // E2: "the endpoint … is waiting": what was sent before the reset is delivered first.
            _deferredStreams = streams;
            _deferredTsn = lastTsn;
            _deferredNumber = number;
            return ReconfigResult.InProgress;
        }

        Perform(streams);
        return ReconfigResult.Performed;
    }

    private void PerformDeferredReset()
    {
        if (_deferredStreams is { } streams && _deferredTsn <= _received.Cumulative && !HasTooManyEvents)
        {
            Perform(streams);
            _performedStreams = streams;
            _performedTsn = _deferredTsn;
        }
    }

    private void Perform(ushort[] streams)
    {
        _deferredStreams = _performedStreams = null;

        // §4.1: without a list, all streams. Those that nothing has used since the last time have nothing to reset: a request of a few
        // bytes costs what was sent before.
        foreach (var id in streams.Length > 0 ? streams : _reassembly.TakeStreamsInUse())
        {
            _reassembly.Reset(new StreamId(id));
            _reassembly.ChargeEvent();
            _events.Enqueue(
                new PendingEvent { Kind = SctpEventKind.IncomingStreamReset, Stream = new StreamId(id), Charge = Reassembly.Overhead });
        }
    }

    private bool HasTooManyEvents => _events.Count > MaxPendingEvents || _reassembly.IsFull;

    private void Respond(uint number, ReconfigResult result)
    {
        Span<byte> parameter = stackalloc byte[12];
        BinaryPrimitives.WriteUInt16BigEndian(parameter, (ushort)ReconfigParameterType.Response);
        BinaryPrimitives.WriteUInt16BigEndian(parameter[2..], 12);
        BinaryPrimitives.WriteUInt32BigEndian(parameter[4..], number);
        BinaryPrimitives.WriteUInt32BigEndian(parameter[8..], (uint)result);
        QueueControl(ChunkType.Reconfig, parameter);
    }

    // §5.2.7.
    private void OnReconfigResponse(ReadOnlySpan<byte> value, Instant now)
    {
        if (_resetsRequested.Count == 0 || BinaryPrimitives.ReadUInt32BigEndian(value) != _reconfigRequestNumber)
        {
            return;
        }

        var result = (ReconfigResult)BinaryPrimitives.ReadUInt32BigEndian(value[4..]);
        _logger.ResetAnswered(_resetsRequested.Count, result);
        _errors = 0;
        _reconfigRequestNumber++;
        _reconfigTimer.Stop();
        if (result == ReconfigResult.InProgress)
        {
            // Asked again after a while, under a new number: usrsctp repeats its first answer to the old one.
            if (++_postponements > MaxPostponements)
            {
                AbandonResets();
                return;
            }

            var wait = _roundTrip.Rto * (1 << Math.Min(_postponements - 1, 8));
            _reconfigTimer.Start(now + (wait < _options.MaxRto ? wait : _options.MaxRto));
            return;
        }

        EndResets(
            result is ReconfigResult.Performed or ReconfigResult.NothingToDo
                ? SctpEventKind.OutgoingStreamReset
                : SctpEventKind.OutgoingStreamResetFailed);
    }

    private void EndResets(SctpEventKind kind)
    {
        _postponements = 0;
        foreach (var stream in _resetsRequested)
        {
            stream.Reset = StreamResetState.None;
            if (kind == SctpEventKind.OutgoingStreamReset)
            {
                stream.NextMid = stream.NextUnorderedMid = 0;
            }

            _events.Enqueue(new PendingEvent { Kind = kind, Stream = stream.Id });
        }

        _resetsRequested.Clear();
    }
}
