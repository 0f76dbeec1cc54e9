using System.Buffers.Binary;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

/// <summary>The peer's resets of its outgoing streams (RFC 6525 §5.2.2). What was sent before one is delivered first.</summary>
/// <param name="options">How many streams there are.</param>
/// <param name="lastNumber">The number before the peer's first request: its initial TSN less one.</param>
/// <param name="received">Which TSNs have come.</param>
/// <param name="reassembly">Whose streams are reset.</param>
/// <param name="events">Where resets are told.</param>
internal sealed class IncomingResets(
    SctpOptions options, uint lastNumber, ReceivedTsns received, Reassembly reassembly, RingQueue<PendingEvent> events)
{
    private const int MaxPendingEvents = 150_000;
    private ReconfigResult _result;

    // A request that waits for data, and one that waited and has been performed since: the peer was told "in progress".
    private Request? _deferred;
    private Request? _performed;

    /// <summary>The number of the peer's last request.</summary>
    public uint LastNumber { get; private set; } = lastNumber;

    private bool HasTooManyEvents => events.Count > MaxPendingEvents || reassembly.IsFull;

    /// <summary>Takes an Outgoing SSN Reset Request and returns the answer.</summary>
    /// <param name="value">The parameter's value, at least 12 bytes.</param>
    public ReconfigResult OnRequest(ReadOnlySpan<byte> value)
    {
        var number = BinaryPrimitives.ReadUInt32BigEndian(value);
        var lastTsn = new Tsn(BinaryPrimitives.ReadUInt32BigEndian(value[8..]));
        var isRepeated = number == LastNumber;
        if (!isRepeated && number != LastNumber + 1)
        {
            return ReconfigResult.BadSequenceNumber;
        }

        if (!isRepeated || _result == ReconfigResult.InProgress)
        {
            LastNumber = number;
            _result = Reset(number, value[12..], lastTsn);
        }

        return _result;
    }

    /// <summary>Takes a request of another kind, which WebRTC does not know: it resets outgoing streams only (RFC 8831 §6.7).</summary>
    public ReconfigResult Refuse(uint number)
    {
        if (number == LastNumber + 1)
        {
            LastNumber = number;
            _result = ReconfigResult.Denied;
        }

        return number == LastNumber ? _result : ReconfigResult.BadSequenceNumber;
    }

    /// <summary>Something has come, or been read: performs what waited for it.</summary>
    public void PerformDeferred()
    {
        if (_deferred is { } deferred && deferred.LastTsn <= received.Cumulative && !HasTooManyEvents)
        {
            Perform(deferred.Streams);
            _performed = deferred;
        }
    }

    private ReconfigResult Reset(uint number, ReadOnlySpan<byte> list, Tsn lastTsn)
    {
        var streams = new ushort[list.Length / 2];
        for (var index = 0; index < streams.Length; index++)
        {
            streams[index] = BinaryPrimitives.ReadUInt16BigEndian(list[(2 * index)..]);
            if (streams[index] >= options.Streams)
            {
                return ReconfigResult.WrongStreamNumber;
            }
        }

        // A peer told "in progress" asks again, under the next number, for what has been done in the meantime. Any later request is another
        // one, though it may name the same streams and TSN: a negotiated channel can be opened and closed again without a message.
        if (_performed is { } performed && number - performed.Number <= 1
            && performed.LastTsn == lastTsn && performed.Streams.AsSpan().SequenceEqual(streams))
        {
            return ReconfigResult.Performed;
        }

        if (lastTsn > received.Cumulative || HasTooManyEvents)
        {
            // E2: "the endpoint … is waiting": what was sent before the reset is delivered first.
            _deferred = new Request(number, streams, lastTsn);
            return ReconfigResult.InProgress;
        }

        Perform(streams);
        return ReconfigResult.Performed;
    }

    private void Perform(ushort[] streams)
    {
        _deferred = _performed = null;

        // §4.1: without a list, all streams. Those that nothing has used since the last time have nothing to reset: a request of a few
        // bytes costs what was sent before.
        foreach (var id in streams.Length > 0 ? streams : reassembly.TakeStreamsInUse())
        {
            var stream = new StreamId(id);
            reassembly.Reset(stream);
            reassembly.ChargeEvent();
            events.Enqueue(new PendingEvent { Kind = SctpEventKind.IncomingStreamReset, Stream = stream, Charge = Reassembly.Overhead });
        }
    }

    private sealed record Request(uint Number, ushort[] Streams, Tsn LastTsn);
}
