using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// RFC 9260 §6.8 (checksum), §8.4 (out of the blue), §8.5 (verification tag), §3.2 (unknown chunks).
public sealed partial class SctpAssociation
{
    // A packet has one or two of a kind, and no stack sends more than a few kinds together.
    private const int MaxControlChunksInPacket = 32;


    /// <summary>Takes a packet, which is the plaintext of one DTLS record. What is not this association's is dropped.</summary>
    public void Receive(ReadOnlySpan<byte> packet, Instant now)
    {
        _context.Tally.PacketsReceived++;
        _context.Tally.BytesReceived += packet.Length;
        if (_isDisposed)
        {
            return;
        }

        if (!CommonHeader.TryParse(packet, out var header, out _)
            || header.SourcePort != _options.RemotePort || header.DestinationPort != _options.LocalPort)
        {
            _context.Drop("not this association's");
            return;
        }

        // RFC 9653 §5.3: zero is accepted by who announced that it accepts it.
        if (!(header.Checksum == 0 && _options.ZeroChecksum) && header.Checksum != Crc32c.OfPacket(packet))
        {
            _context.Drop("false checksum");
            return;
        }

        var chunks = new ChunkReader(packet[CommonHeader.Length..]);
        if (!chunks.TryNext())
        {
            _context.Drop("no chunk");
            return;
        }

        if (!IsAddressedHere(header, chunks, packet.Length, now))
        {
            return;
        }

        _hasDataInPacket = false;
        var control = 0;
        do
        {
            if (chunks.Type is ChunkType.Data or ChunkType.InterleavedData || control++ < MaxControlChunksInPacket)
            {
                Dispatch(header, chunks, now);
            }
            else
            {
                _context.Tally.ChunksIgnored++;
            }
        }
        while (!_life.HasEnded && chunks.TryNext());

        if (chunks.Error != SctpParseError.None)
        {
            _context.Drop("malformed chunk");
        }

        AfterPacket(now);
    }

    // §8.5.1: the exceptions to the rule that the tag is this side's.
    private bool IsAddressedHere(in CommonHeader header, in ChunkReader first, int length, Instant now)
    {
        switch (first.Type)
        {
            case ChunkType.Init:
                // A: "the sender MUST set the Verification Tag to 0"; §3.3.2: INIT is alone in its packet.
                if (header.VerificationTag != 0 || length > CommonHeader.Length + Padding.RoundUp(first.Chunk.Length))
                {
                    _context.Drop("INIT not alone or with a tag");
                    return false;
                }

                return true;
            case ChunkType.Abort:
            case ChunkType.ShutdownComplete:
                // B and C: with the T bit the tag is the peer's own.
                var expected = (first.Flags & 1) != 0 ? _outbox.PeerTag : _handshake.LocalTag;
                if (State == SctpState.Closed || header.VerificationTag != expected)
                {
                    _context.Drop("tag");
                    return false;
                }

                return true;
            case ChunkType.CookieEcho:
                return true; // D: the tag is compared with the cookie's.
            case ChunkType.ShutdownAck when State is SctpState.Closed or SctpState.CookieWait or SctpState.CookieEchoed:
                // E, §8.4-5.
                _outbox.SendAlone(ChunkType.ShutdownComplete, 1, [], header.VerificationTag);
                return false;
            default:
                if (State == SctpState.Closed)
                {
                    AnswerOutOfTheBlue(header, first);
                    return false;
                }

                if (header.VerificationTag != _handshake.LocalTag)
                {
                    _context.Drop("tag");
                    return false;
                }

                return true;
        }
    }

    // §8.4: nobody is there. Nothing is sent before there ever was an association: the peer's packets may only be early.
    private void AnswerOutOfTheBlue(in CommonHeader header, in ChunkReader first)
    {
        _context.Drop("out of the blue");
        if (_life.HasEnded && first.Type is not (ChunkType.Error or ChunkType.CookieAck or ChunkType.HeartbeatAck))
        {
            _outbox.SendAlone(ChunkType.Abort, 1, [], header.VerificationTag);
        }
    }

    private void Dispatch(in CommonHeader header, in ChunkReader chunk, Instant now)
    {
        switch (chunk.Type)
        {
            case ChunkType.Data:
                OnData(false, chunk.Flags, chunk.Value);
                break;
            case ChunkType.InterleavedData when Receiver.IsInterleaving:
                OnData(true, chunk.Flags, chunk.Value);
                break;
            case ChunkType.Sack:
                OnSack(chunk.Value, now);
                break;
            case ChunkType.Init:
                _life.OnInit(chunk.Value, now);
                break;
            case ChunkType.InitAck:
                _life.OnInitAck(chunk.Value);
                break;
            case ChunkType.CookieEcho:
                _life.OnCookieEcho(header, chunk.Value, now);
                break;
            case ChunkType.CookieAck:
                _life.OnCookieAck(now);
                break;
            case ChunkType.Heartbeat:
                OnHeartbeat(chunk.Value);
                break;
            case ChunkType.HeartbeatAck:
                OnHeartbeatAck(chunk.Value, now);
                break;
            case ChunkType.ForwardTsn:
                OnForwardTsn(false, chunk.Value);
                break;
            case ChunkType.InterleavedForwardTsn when Receiver.IsInterleaving:
                OnForwardTsn(true, chunk.Value);
                break;
            case ChunkType.Reconfig:
                OnReconfig(chunk.Value, now);
                break;
            case ChunkType.Abort:
                _life.OnAbort(chunk.Value);
                break;
            case ChunkType.Error:
                OnError(chunk.Value);
                break;
            case ChunkType.Shutdown:
                _life.OnShutdown(chunk.Value, now);
                break;
            case ChunkType.ShutdownAck:
                _life.OnShutdownAck();
                break;
            case ChunkType.ShutdownComplete:
                _life.OnShutdownComplete();
                break;
            case ChunkType.Pad:
                break;
            default:
                OnUnknownChunk(chunk);
                break;
        }
    }

    // §3.2: the two high bits say what to do with a chunk nobody knows. To stop there is harmless over DTLS, and so is going on: the
    // report is what the bits decide.
    private void OnUnknownChunk(in ChunkReader chunk)
    {
        if (((byte)chunk.Type & 0x40) != 0 && chunk.Chunk.Length <= 256)
        {
            _outbox.QueueError(ErrorCauseCode.UnrecognizedChunkType, chunk.Chunk);
        }
    }

    // §3.3.10: for a log; a Stale Cookie alone changes what this side does.
    private void OnError(ReadOnlySpan<byte> causes)
    {
        if (_context.Logger.IsEnabled(Microsoft.Extensions.Logging.LogLevel.Debug))
        {
            _context.Logger.PeerError(ErrorCause.Describe(causes));
        }

        if (ErrorCause.Is(causes, ErrorCauseCode.StaleCookie))
        {
            _life.OnStaleCookie();
        }
    }
}
