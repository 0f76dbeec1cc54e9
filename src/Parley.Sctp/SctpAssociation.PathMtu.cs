using System.Buffers.Binary;
using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// RFC 9260 §7.3 and RFC 8899 §6.2: a probe is a HEARTBEAT with a PAD chunk (RFC 4820) behind it, alone in its packet. That it is lost says
// nothing of congestion, nor of the peer.
public sealed partial class SctpAssociation
{
    /// <summary>
    /// The largest packet that is looked for, in bytes: less than a DTLS record's 16,384, so that four records of them fill a segmented
    /// message of 64 KiB.
    /// </summary>
    public const int LargestPacket = 16_320;

    // Bytes sent before the search begins: a connection with little to say would gain nothing from it.
    private const int WorthSearching = 64 * 1024;

    // What a peer that has not said more may take: libwebrtc ends a connection, "Closed by remote with DTLS transport error", when a
    // record's content is larger than the 2,048 bytes of its buffer.
    private const int LargestUnannounced = 1432;

    private PathMtuSearch _path;

    /// <summary>
    /// The largest packet that the next <see cref="Transmit"/> may write, in bytes; it changes as the path becomes known.
    /// </summary>
    public int NextPacketLimit => Math.Max(_path.Size, _path.Wanted);

    /// <summary>
    /// Packets take another path from now on: what the one before carried says nothing of it, nor does how long it has been silent. What
    /// waits for an answer is sent again after one retransmission timeout at the latest.
    /// </summary>
    /// <param name="now">The present instant.</param>
    public void ChangePath(Instant now)
    {
        var before = _path.Size;
        _path.Reset();
        TakePacketSize(before);
        if (_t3.IsRunning)
        {
            _t3.Stop();
            _t3.Start(now + _roundTrip.Rto);
        }
    }

    /// <summary>
    /// The system refused a packet as too large for the way it was to take (RFC 8899 §4.6.1: what the local system tells may be believed).
    /// A probe is not waited for; when data was refused, packets are small until a probe has proved their size again.
    /// </summary>
    /// <param name="size">The smallest packet refused, in bytes.</param>
    /// <param name="now">The present instant.</param>
    public void OnPacketTooLarge(int size, Instant now)
    {
        if (size <= _path.Size)
        {
            SuspectPath();
        }
        else if (size <= _path.Awaited)
        {
            _path.OnRefused(now);
        }
    }

    private PathMtuSearch NewSearch() => new(
        _options.MaxPacketSize,
        (_peer & PeerCapabilities.LargePackets) != 0
            ? _options.MaxDiscoveredPacketSize
            : Math.Min(LargestUnannounced, _options.MaxDiscoveredPacketSize));

    private void SearchPath()
    {
        if (_bytesSent >= WorthSearching && State == SctpState.Established)
        {
            _path.Begin();
        }
    }

    private int TransmitPathProbe(Span<byte> destination, Instant now)
    {
        var packet = destination[.._path.Wanted];
        var nonce = _random.NextUInt64() | 1;
        var writer = new ChunkWriter(packet, CommonHeader.Length);
        WriteHeartbeat(ref writer, nonce);
        writer.Begin(ChunkType.Pad, 0, writer.Remaining - ChunkReader.HeaderLength).Clear();
        _path.OnSent(nonce, _roundTrip.Rto, now);
        return Finish(packet, packet.Length, _peerTag, IsZeroChecksumUsed);
    }

    private void OnPathAnswer(Instant now)
    {
        var before = _path.Size;
        _path.OnAnswered(now);
        TakePacketSize(before);
    }

    // §6.3.3-E3's timer may have expired because the path has become narrower.
    private void SuspectPath()
    {
        var before = _path.Size;
        _path.Suspect();
        TakePacketSize(before);
    }

    private void TakePacketSize(int before)
    {
        if (_path.Size != before)
        {
            _logger.PacketSizeChanged(before, _path.Size);
            _congestion.OnPacketSizeChanged(_path.Size);
        }
    }

    // §3.3.5: one Heartbeat Info parameter (type 1), whose content is the sender's own.
    private static void WriteHeartbeat(ref ChunkWriter writer, ulong nonce)
    {
        var value = writer.Begin(ChunkType.Heartbeat, 0, 12);
        BinaryPrimitives.WriteUInt16BigEndian(value, 1);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], 12);
        BinaryPrimitives.WriteUInt64BigEndian(value[4..], nonce);
    }
}
