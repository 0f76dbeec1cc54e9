using Parley.Net;
using Parley.Sctp.Wire;

namespace Parley.Sctp;

// How large packets are (RFC 9260 §7.3, RFC 8899).
internal sealed partial class DataSender
{
    // Bytes sent before the search begins: a connection with little to say would gain nothing from it.
    internal const int WorthSearching = 64 * 1024;

    // What a peer that has not said more may take: libwebrtc ends a connection, "Closed by remote with DTLS transport error", when a
    // record's content is larger than the 2,048 bytes of its buffer.
    private const int LargestUnannounced = 1432;

    /// <summary>Packets take another path: what the one before carried says nothing of it, nor does how long it has been silent.</summary>
    public void ChangePath(Instant now)
    {
        var before = Path.Size;
        Path.Reset();
        TakePacketSize(before);
        if (_t3.IsRunning)
        {
            _t3.Stop();
            _t3.Start(now + RoundTrip.Rto);
        }
    }

    /// <summary>The system refused a packet of a size as too large (RFC 8899 §4.6.1).</summary>
    public void OnPacketTooLarge(int size, Instant now)
    {
        if (size <= Path.Size)
        {
            SuspectPath();
        }
        else if (size <= Path.Awaited)
        {
            Path.OnRefused(now);
        }
    }

    /// <summary>The peer has answered a probe of the path.</summary>
    public void OnPathAnswer(Instant now)
    {
        var before = Path.Size;
        Path.OnAnswered(now);
        TakePacketSize(before);
    }

    private static int LargestPacketFor(SctpOptions options, PeerCapabilities peer) =>
        (peer & PeerCapabilities.LargePackets) != 0
            ? options.MaxDiscoveredPacketSize
            : Math.Min(LargestUnannounced, options.MaxDiscoveredPacketSize);

    // §6.3.3-E3's timer may have expired because the path has become narrower.
    private void SuspectPath()
    {
        var before = Path.Size;
        Path.Suspect();
        TakePacketSize(before);
    }

    private void TakePacketSize(int before)
    {
        if (Path.Size != before)
        {
            _logger.PacketSizeChanged(before, Path.Size);
            Congestion.OnPacketSizeChanged(Path.Size);
        }
    }
}
