using Parley.Net;

namespace Parley.Sctp;

/// <summary>Decides how many bytes may be on their way (RFC 9260 §7.2). Bytes count chunks with their headers.</summary>
public interface ICongestionController
{
    /// <summary>How many bytes may be on their way.</summary>
    long Window { get; }

    /// <summary>
    /// Bytes that may leave in a second; null: as the window lets them. What is paced is not held back by bursts' bounds or proportional
    /// rate reduction.
    /// </summary>
    double? PacingRate => null;

    /// <summary>Bytes that leave together when they are paced.</summary>
    long SendQuantum => 0;

    /// <summary>
    /// Whether the controller wants <see cref="Acknowledgement.Delivery"/> and <see cref="OnPacketLost"/>: they cost a little for each
    /// packet.
    /// </summary>
    bool MeasuresDelivery => false;

    /// <summary>Bytes have left.</summary>
    /// <param name="bytes">How many, in new and repeated chunks.</param>
    /// <param name="bytesInFlight">How many are on their way now.</param>
    /// <param name="now">The present instant.</param>
    void OnSent(int bytes, long bytesInFlight, Instant now);

    /// <summary>The peer acknowledged.</summary>
    /// <param name="acknowledged">What it told.</param>
    /// <param name="now">The present instant.</param>
    void OnAcknowledged(in Acknowledgement acknowledged, Instant now);

    /// <summary>
    /// A chunk is found lost; before <see cref="OnAcknowledged"/> of the SACK that told so. Only where <see cref="MeasuresDelivery"/>.
    /// </summary>
    /// <param name="loss">What was lost.</param>
    /// <param name="now">The present instant.</param>
    void OnPacketLost(in PacketLoss loss, Instant now)
    {
    }

    /// <summary>Loss was detected by later acknowledgements; called once for each window that lost (RFC 9260 §7.2.4).</summary>
    /// <param name="bytesInFlight">What was on its way before the loss.</param>
    /// <param name="now">The present instant.</param>
    void OnLoss(long bytesInFlight, Instant now);

    /// <summary>The retransmission timer expired (RFC 9260 §7.2.3).</summary>
    void OnRetransmissionTimeout(long bytesInFlight, Instant now);

    /// <summary>The path carries packets of another size than before.</summary>
    /// <param name="packetSize">The largest packet, in bytes.</param>
    void OnPacketSizeChanged(int packetSize);

    /// <summary>Nothing was sent for a retransmission timeout (RFC 9260 §7.2.1).</summary>
    void OnIdle();
}
