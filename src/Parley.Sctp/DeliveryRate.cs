using Parley.Net;

namespace Parley.Sctp;

/// <summary>
/// Measures how fast the path delivers (draft-ietf-ccwg-bbr, "Delivery Rate Sampling Algorithm";
/// draft-cheng-iccrg-delivery-rate-estimation): each packet remembers what had been delivered when it left, in a ring by the packet's
/// number. Told of chunks, as they are what is acknowledged.
/// </summary>
internal sealed class DeliveryRate(ICongestionController controller)
{
    private Packet[] _ring = [];
    private long _first;
    private long _next;
    private long _delivered;
    private long _lost;
    private long _applicationLimitedUntil;
    private Instant _deliveredAt;
    private Instant _firstSentAt;
    private TimeSpan? _leastRoundTrip;
    private bool _hasSample;
    private long _sampledPacket;
    private Packet _sampled;

    /// <summary>A chunk leaves in a packet.</summary>
    /// <param name="packet">The packet's number.</param>
    /// <param name="size">The chunk's bytes.</param>
    /// <param name="inFlight">Bytes on their way without it.</param>
    /// <param name="now">The present instant.</param>
    public void OnSent(long packet, int size, long inFlight, Instant now)
    {
        if (packet != _next - 1 || _first == _next)
        {
            Append(packet, inFlight, now);
        }

        ref var sent = ref At(packet);
        sent.Chunks++;
        sent.InFlight = inFlight + size;
    }

    /// <summary>A chunk is acknowledged for the first time.</summary>
    /// <param name="packet">The packet that carried it last.</param>
    /// <param name="size">Its bytes.</param>
    /// <param name="roundTrip">How long ago it was sent, when it was sent once only; null otherwise.</param>
    /// <param name="now">The present instant.</param>
    public void OnDelivered(long packet, int size, TimeSpan? roundTrip, Instant now)
    {
        controller.OnPacketDelivered(new PacketDelivery { Packet = packet, Bytes = size, RoundTrip = roundTrip }, now);
        _delivered += size;
        _deliveredAt = now;
        if (roundTrip is { } sample && !(sample >= _leastRoundTrip))
        {
            _leastRoundTrip = sample;
        }

        if (packet < _first || packet >= _next)
        {
            return;
        }

        // "Update info using the newest packet".
        if (!_hasSample || packet > _sampledPacket)
        {
            _hasSample = true;
            _sampledPacket = packet;
            _sampled = At(packet);
            _sampled.SendElapsed = _sampled.SentAt - _sampled.FirstSentAt;
            _sampled.AcknowledgeElapsed = now - _sampled.DeliveredAt;
            _firstSentAt = _sampled.SentAt;
        }

        Release(packet);
    }

    /// <summary>A chunk is found lost.</summary>
    public void OnLost(long packet, int size, Instant now)
    {
        _lost += size;
        var sent = packet >= _first && packet < _next ? At(packet) : default;
        controller.OnPacketLost(
            new PacketLoss
            {
                Packet = packet,
                Bytes = size,
                Lost = sent.InFlight > 0 ? _lost - sent.Lost : 0,
                BytesInFlightWhenSent = sent.InFlight,
                DeliveredInAll = _delivered,
                IsApplicationLimited = sent.IsApplicationLimited,
            },
            now);
        Release(packet);
    }

    /// <summary>A chunk is not waited for any more: it is given up, neither delivered nor lost.</summary>
    public void Release(long packet)
    {
        if (packet < _first || packet >= _next)
        {
            return;
        }

        At(packet).Chunks--;
        while (_first < _next && At(_first).Chunks <= 0)
        {
            _first++;
        }
    }

    /// <summary>There is nothing more to send, and the window has room: "MarkConnectionAppLimited()".</summary>
    public void OnApplicationLimited(long inFlight) => _applicationLimitedUntil = Math.Max(_delivered + inFlight, 1);

    /// <summary>What a SACK told: "GenerateRateSample()".</summary>
    public DeliverySample TakeSample()
    {
        if (_applicationLimitedUntil != 0 && _delivered > _applicationLimitedUntil)
        {
            _applicationLimitedUntil = 0;
        }

        if (!_hasSample)
        {
            return new DeliverySample { DeliveredInAll = _delivered };
        }

        _hasSample = false;
        var interval = _sampled.SendElapsed > _sampled.AcknowledgeElapsed ? _sampled.SendElapsed : _sampled.AcknowledgeElapsed;
        var delivered = _delivered - _sampled.Delivered;
        return new DeliverySample
        {
            HasData = true,
            Rate = interval > TimeSpan.Zero && interval >= _leastRoundTrip ? delivered / interval.TotalSeconds : 0,
            Delivered = delivered,
            DeliveredBefore = _sampled.Delivered,
            DeliveredInAll = _delivered,
            BytesInFlightWhenSent = _sampled.InFlight,
            Lost = _lost - _sampled.Lost,
            IsApplicationLimited = _sampled.IsApplicationLimited,
        };
    }

    /// <summary>Gives memory back while nothing is on its way.</summary>
    public void Trim()
    {
        _ring = [];
        _first = _next;
    }

    private void Append(long packet, long inFlight, Instant now)
    {
        if (inFlight == 0)
        {
            _firstSentAt = _deliveredAt = now;
        }

        if (_first == _next)
        {
            _first = packet;
        }

        // Numbers between were of packets without chunks that count.
        for (_next = Math.Max(_next, _first); _next <= packet; _next++)
        {
            if (_next - _first == _ring.Length)
            {
                Grow();
            }

            At(_next) = default;
        }

        At(packet) = new Packet
        {
            SentAt = now,
            FirstSentAt = _firstSentAt,
            DeliveredAt = _deliveredAt,
            Delivered = _delivered,
            Lost = _lost,
            IsApplicationLimited = _applicationLimitedUntil != 0,
        };
    }

    private ref Packet At(long packet) => ref _ring[packet & (_ring.Length - 1)];

    private void Grow()
    {
        var old = _ring;
        _ring = new Packet[Math.Max(64, 2 * old.Length)];
        for (var packet = _first; packet < _next; packet++)
        {
            At(packet) = old[packet & (old.Length - 1)];
        }
    }

    private struct Packet
    {
        public Instant SentAt;
        public Instant FirstSentAt;
        public Instant DeliveredAt;
        public TimeSpan SendElapsed;
        public TimeSpan AcknowledgeElapsed;
        public long Delivered;
        public long Lost;
        public long InFlight;
        public int Chunks;
        public bool IsApplicationLimited;
    }
}
