using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// What the peer sends: DATA (RFC 9260 §6.2), FORWARD TSN (RFC 3758 §3.6), and when a SACK is due.
public sealed partial class SctpAssociation
{
    // A gap is told of by this many SACKs, one a packet: three make the peer repeat what is missing.
    private const int SnapshotsPerGap = 4;

    private readonly SackSnapshots _snapshots = new();
    private int _snapshotsOwed;
    private SackState _sack;
    private ProtocolTimer _sackTimer;
    private long _offeredWindow;
    private long _payloadReceived;

    // Up to where windows offered reach: a peer counts user bytes, and knows nothing of what each message costs beside them. What it sends
    // within them has a place.
    private long _promised;
    private long _duplicateTsns;
    private long _dataChunksRefused;

    private bool IsReceiving =>
        State is SctpState.CookieEchoed or SctpState.Established or SctpState.ShutdownPending or SctpState.ShutdownSent;

    private void OnData(bool isInterleaved, byte flags, ReadOnlySpan<byte> value, Instant now)
    {
        if (!(isInterleaved
            ? DataChunk.TryParseInterleaved(flags, value, out var chunk, out _)
            : DataChunk.TryParse(flags, value, out chunk, out _)))
        {
            Drop("malformed DATA");
            return;
        }

        // §5.1.5 comes first in a packet with a COOKIE ECHO; in COOKIE-ECHOED the peer may be ahead of its lost COOKIE ACK. In other states
        // DATA is out of place.
        if (!IsReceiving)
        {
            return;
        }

        if (chunk.Payload.IsEmpty)
        {
            // §6.2: "If a DATA chunk with no user data is received …, the endpoint MUST send an ABORT chunk with a 'No User Data' error
            // cause".
            Span<byte> cause = stackalloc byte[8];
            BinaryPrimitives.WriteUInt16BigEndian(cause, (ushort)ErrorCauseCode.NoUserData);
            BinaryPrimitives.WriteUInt16BigEndian(cause[2..], 8);
            BinaryPrimitives.WriteUInt32BigEndian(cause[4..], chunk.Tsn.Value);
            SendAlone(ChunkType.Abort, 0, cause, _peerTag);
            Fail(SctpFailure.ProtocolViolation, "DATA without user data");
            return;
        }

        if (isInterleaved != IsInterleaving)
        {
            // RFC 8260 §2.2.1: "the endpoint MUST abort the association".
            Violate("DATA where messages are interleaved");
            return;
        }

        _hasDataInPacket = true;
        if (!_received.IsNew(chunk.Tsn, out var isDuplicate))
        {
            _duplicateTsns += isDuplicate ? 1 : 0;
            _sack = SackState.Now;
            return;
        }

        // §6.2: without room new data is dropped, and what fills a gap is taken: the message it belongs to needs it.
        var isPromised = _reassembly.Window > 0 || (_payloadReceived + chunk.Payload.Length <= _promised && !_reassembly.IsFull);
        if (_reassembly.IsOverflowing || (!isPromised && chunk.Tsn > _received.Highest))
        {
            _sack = SackState.Now;
            _dataChunksRefused++;
            return;
        }

        _payloadReceived += chunk.Payload.Length;
        if (chunk.Stream >= _options.Streams)
        {
            // §6.5: acknowledged, told of, and dropped.
            Span<byte> id = [(byte)(chunk.Stream >> 8), (byte)chunk.Stream, 0, 0];
            QueueError(ErrorCauseCode.InvalidStreamIdentifier, id);
            _received.Add(chunk.Tsn);
            return;
        }

        var isLenient = (_peer & PeerCapabilities.PartialReliability) != 0;
        var before = _received.Cumulative;
        if (chunk.Tsn - _received.Highest > 1)
        {
            _snapshotsOwed = SnapshotsPerGap;
        }

        _received.Add(chunk.Tsn);
        var isPlausible = isInterleaved
            ? _reassembly.AddInterleaved(chunk, isLenient)
            : _reassembly.Add(chunk, before, isLenient) && _reassembly.PassOver(before, _received.Cumulative, isLenient);
        if (!isPlausible)
        {
            Violate("fragments of no message");
            return;
        }

        if ((flags & DataChunk.Immediate) != 0 || State == SctpState.ShutdownSent)
        {
            _sack = SackState.Now;
        }
    }

    private void OnForwardTsn(bool isInterleaved, ReadOnlySpan<byte> value)
    {
        if (!IsReceiving || (_peer & PeerCapabilities.PartialReliability) == 0 || isInterleaved != IsInterleaving
            || !ForwardTsnChunk.TryParse(value, isInterleaved, out var chunk, out _))
        {
            Drop("FORWARD TSN");
            return;
        }

        // RFC 3758 §3.6: an old one is answered, for the SACK may have been lost.
        _sack = SackState.Now;
        if (chunk.NewCumulativeTsn <= _received.Cumulative)
        {
            return;
        }

        if (isInterleaved)
        {
            _received.ForwardTo(chunk.NewCumulativeTsn);
            if (!_reassembly.SkipInterleaved(chunk.Streams, _options.Streams))
            {
                Violate("messages skipped that never were");
                return;
            }

            PerformDeferredReset();
            return;
        }

        var before = _received.Cumulative;
        _reassembly.Skip(before, chunk.NewCumulativeTsn);
        _received.ForwardTo(chunk.NewCumulativeTsn);
        for (var streams = chunk.Streams; !streams.IsEmpty; streams = streams[4..])
        {
            var id = BinaryPrimitives.ReadUInt16BigEndian(streams);
            if (id < _options.Streams)
            {
                _reassembly.SkipMessages(new StreamId(id), BinaryPrimitives.ReadUInt16BigEndian(streams[2..]));
            }
        }

        _reassembly.PassOver(chunk.NewCumulativeTsn, _received.Cumulative, isLenient: true);
        PerformDeferredReset();
    }

    private void AfterPacket(Instant now)
    {
        if (_hasEnded)
        {
            return;
        }

        if (_hasDataInPacket)
        {
            // §6.2: "an acknowledgement SHOULD be generated for at least every second packet"; §6.7: at once while there are gaps.
            _sack = _sack != SackState.None || _received.HasGaps || _received.DuplicateCount > 0 ? SackState.Now : SackState.Delayed;
            if (_sack == SackState.Delayed)
            {
                _sackTimer.Start(now + _options.SackDelay);
            }

            TuneWindow(now);
            if (_snapshotsOwed > 0 && _received.HasGaps)
            {
                WriteSnapshot();
            }

            // §9.2: "While in the SHUTDOWN-SENT state, the SHUTDOWN sender MUST immediately respond to each received packet containing one
            // or more DATA chunks with a SHUTDOWN chunk and restart the T2-shutdown timer."
            _sendShutdown |= State == SctpState.ShutdownSent;
            PerformDeferredReset();
        }

        ShutdownWhenDrained();
    }

    // Reading has made room: the peer is told once it is worth a packet (RFC 9260 §6.2; RFC 1122 §4.2.3.3 against silly windows).
    private void OfferWindow()
    {
        if (!IsReceiving || _sack == SackState.Now)
        {
            return;
        }

        var window = _reassembly.Window;
        if (_offeredWindow < _reassembly.Limit / 4 && window - _offeredWindow >= Math.Min(_reassembly.Limit / 4, 256 * 1024))
        {
            _sack = SackState.Now;
        }
    }

    private void WriteSnapshot()
    {
        if (_snapshots.IsFull || State == SctpState.CookieEchoed)
        {
            return;
        }

        var packet = _snapshots.Begin();
        var writer = new ChunkWriter(packet, CommonHeader.Length);
        WriteSack(ref writer);
        if (writer.Remaining < 4)
        {
            // Not all gaps have room here: what is further ahead only a whole packet tells of.
            _sack = SackState.Now;
            _snapshotsOwed = 0;
            return;
        }

        WriteHeader(packet, writer.Position, _peerTag, IsZeroChecksumUsed);
        _snapshots.Commit(writer.Position);
        _snapshotsOwed--;
    }

    private bool WriteSack(ref ChunkWriter writer)
    {
        var room = writer.Remaining - ChunkReader.HeaderLength - SackChunk.FixedLength;
        if (room < 0)
        {
            return false;
        }

        // The blocks' number is known once they are written: first into the room, then the header.
        var isPlain = !_received.HasGaps && _received.DuplicateCount == 0;
        Span<byte> blocks = isPlain ? default : stackalloc byte[Math.Min(room & ~3, 2048)];
        var gaps = _received.HasGaps ? _received.WriteGaps(blocks) : 0;
        var duplicates = _received.TakeDuplicates(blocks[(4 * gaps)..]);
        var value = writer.Begin(ChunkType.Sack, 0, SackChunk.FixedLength + 4 * (gaps + duplicates));
        _offeredWindow = Math.Min(_reassembly.Window, uint.MaxValue);
        _promised = Math.Max(_promised, _payloadReceived + _offeredWindow);
        BinaryPrimitives.WriteUInt32BigEndian(value, _received.Cumulative.Value);
        BinaryPrimitives.WriteUInt32BigEndian(value[4..], (uint)_offeredWindow);
        BinaryPrimitives.WriteUInt16BigEndian(value[8..], (ushort)gaps);
        BinaryPrimitives.WriteUInt16BigEndian(value[10..], (ushort)duplicates);
        blocks[..(4 * (gaps + duplicates))].CopyTo(value[SackChunk.FixedLength..]);
        _sack = SackState.None;
        _sackTimer.Stop();
        return true;
    }
}
