using Microsoft.Extensions.Logging;
using Parley.Net;

namespace Parley.Rtp;

/// <content>Which m-section and which stream a packet belongs to (RFC 8843 §9.2).</content>
public sealed partial class RtpSession
{
    private const int MaxRidLength = 255;

    /// <summary>Twice what the largest extensions of browsers take together. Each is searched for several times.</summary>
    private const int MaxExtensionLength = 512;
    private const int MaxDeparted = 64;
    private static readonly TimeSpan IdleBeforeForgotten = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StragglersExpected = TimeSpan.FromSeconds(5);

    private readonly List<byte> _midIds = [];
    private readonly RtpInbound?[] _byPayloadType = new RtpInbound?[128];
    private readonly bool[] _ambiguous = new bool[128];
    private readonly Dictionary<uint, Instant> _departed = [];

    /// <summary>Takes a decrypted packet, RTP or RTCP (RFC 5761 §4). Its bytes may be changed.</summary>
    public void Receive(Span<byte> packet, Instant now)
    {
        if (RtpPacketView.IsRtcp(packet))
        {
            ReceiveRtcp(packet, now);
            return;
        }

        if (!RtpPacketView.TryParse(packet, out var view, out _) || view.ExtensionData.Length > MaxExtensionLength)
        {
            MalformedPackets++;
            return;
        }

        if (!TryRoute(view, now, out var source) || source.Inbound.Codec(view.PayloadType, out var isRtx) is not { } codec)
        {
            UnroutedPackets++;
            return;
        }

        source.LastPacketAt = now;
        StartReporting(now);
        if (!isRtx)
        {
            StreamOf(source, view).Receive(view, codec, now);
        }
        else if (Repaired(source, view) is { } stream)
        {
            stream.ReceiveRetransmission(view, packet, codec, now);
        }
        else
        {
            UnroutedPackets++;
        }
    }

    /// <summary>Whether a source is known to belong to an m-section, by a description or by its packets.</summary>
    public bool IsKnown(uint ssrc) => _sources.ContainsKey(ssrc);

    internal void OnInboundChanged(RtpInbound inbound)
    {
        RebuildRoutes();
        foreach (var signaled in inbound.Options.Sources)
        {
            Announce(signaled.Ssrc, inbound);
            if (signaled.RtxSsrc is { } rtx)
            {
                Announce(rtx, inbound).RepairsSsrc = signaled.Ssrc;
            }
        }
    }

    private RtpSource Announce(Ssrc ssrc, RtpInbound inbound)
    {
        if (_sources.TryGetValue(ssrc.Value, out var known))
        {
            known.IsSignaled = true;
            Move(known, inbound);
            return known;
        }

        var source = new RtpSource(inbound, isSignaled: true);
        _departed.Remove(ssrc.Value);
        _sources.Add(ssrc.Value, source);
        return source;
    }

    private void RebuildRoutes()
    {
        _midIds.Clear();
        Array.Clear(_byPayloadType);
        Array.Clear(_ambiguous);
        foreach (var inbound in _inbounds)
        {
            var id = inbound.Options.Extensions.Mid;
            if (id != 0 && !_midIds.Contains(id))
            {
                _midIds.Add(id);
            }

            for (byte type = 0; type < 128; type++)
            {
                if (inbound.Accepts(new PayloadType(type)))
                {
                    _ambiguous[type] |= _byPayloadType[type] is not null;
                    _byPayloadType[type] = inbound;
                }
            }
        }
    }

    private bool TryRoute(in RtpPacketView packet, Instant now, out RtpSource source)
    {
        _sources.TryGetValue(packet.Ssrc.Value, out source!);
        if (TryReadMid(packet, out var mid))
        {
            // §9.2: a packet whose MID is not known is dropped; one whose MID is known binds its SSRC to that m-section.
            if (InboundOf(mid) is not { } named)
            {
                return false;
            }

            if (source is not null)
            {
                Move(source, named);
                return true;
            }

            return TryBind(packet, named, now, out source);
        }

        if (source is not null)
        {
            return true;
        }

        var type = packet.PayloadType.Value;
        return !IsStraggler(packet.Ssrc.Value, now)
            && !_ambiguous[type]
            && _byPayloadType[type] is { } only
            && TryBind(packet, only, now, out source);
    }

    // Packets of a section that has ended are under way for a while. Bound by their payload type alone they would be taken for another
    // section's.
    private void Depart(uint ssrc, Instant lastPacketAt)
    {
        if (_departed.Count >= MaxDeparted)
        {
            _departed.Remove(_departed.MinBy(static each => each.Value).Key);
        }

        _departed[ssrc] = lastPacketAt + StragglersExpected;
    }

    private bool IsStraggler(uint ssrc, Instant now) =>
        _departed.TryGetValue(ssrc, out var until) && (now < until || !_departed.Remove(ssrc));

    private bool TryReadMid(in RtpPacketView packet, out ReadOnlySpan<byte> mid)
    {
        mid = default;
        if (!packet.HasExtension)
        {
            return false;
        }

        foreach (var id in _midIds)
        {
            if (packet.Extensions.TryFind(id, out mid))
            {
                return true;
            }
        }

        return false;
    }

    private RtpInbound? InboundOf(ReadOnlySpan<byte> mid)
    {
        foreach (var inbound in _inbounds)
        {
            if (inbound.MidBytes.Length > 0 && inbound.MidBytes.SequenceEqual(mid))
            {
                return inbound;
            }
        }

        return null;
    }

    private bool TryBind(in RtpPacketView packet, RtpInbound inbound, Instant now, out RtpSource source)
    {
        source = null!;

        // One of our own SSRCs coming back is a loop or a collision (RFC 3550 §8.2).
        if (!inbound.Accepts(packet.PayloadType) || _outboundBySsrc.ContainsKey(packet.Ssrc.Value) || !AllowsRid(packet, inbound)
            || (_sources.Count >= Options.MaxSources && !TryForgetIdle(now)))
        {
            return false;
        }

        source = new RtpSource(inbound, isSignaled: false);
        _sources.Add(packet.Ssrc.Value, source);
        return true;
    }

    private static bool AllowsRid(in RtpPacketView packet, RtpInbound inbound)
    {
        var rids = inbound.Options.Rids;
        if (rids.Count == 0 || !TryReadRid(packet, inbound, out var rid))
        {
            return true;
        }

        for (var i = 0; i < rids.Count; i++)
        {
            if (Matches(rids[i], rid))
            {
                return true;
            }
        }

        return false;
    }

    private static bool TryReadRid(in RtpPacketView packet, RtpInbound inbound, out ReadOnlySpan<byte> rid)
    {
        var ids = inbound.Options.Extensions;
        return (packet.Extensions.TryFind(ids.Rid, out rid) || packet.Extensions.TryFind(ids.RepairedRid, out rid))
            && rid.Length is > 0 and <= MaxRidLength;
    }

    private static bool Matches(string text, ReadOnlySpan<byte> bytes)
    {
        Span<char> characters = stackalloc char[MaxRidLength];
        return bytes.Length <= MaxRidLength
            && text.AsSpan().SequenceEqual(characters[..System.Text.Encoding.UTF8.GetChars(bytes, characters)]);
    }

    /// <summary>Forgets the source that has been silent longest, if any has been for some time and was not signaled.</summary>
    private bool TryForgetIdle(Instant now)
    {
        var (idle, since) = (default(uint?), now - IdleBeforeForgotten);
        foreach (var (ssrc, source) in _sources)
        {
            if (!source.IsSignaled && source.LastPacketAt < since)
            {
                (idle, since) = (ssrc, source.LastPacketAt);
            }
        }

        if (idle is not { } forgotten)
        {
            LogSourcesFull(_logger, Options.MaxSources);
            return false;
        }

        Detach(_sources[forgotten]);
        _sources.Remove(forgotten);
        return true;
    }

    private static void Move(RtpSource source, RtpInbound inbound)
    {
        if (source.Inbound != inbound)
        {
            Detach(source);
            source.Inbound = inbound;
        }
    }

    private static void Detach(RtpSource source)
    {
        if (source.Stream is { } stream)
        {
            stream.Release();
            source.Inbound.StreamList.Remove(stream);
        }

        source.Stream = source.Repairs = null;
    }

    private RtpInboundStream StreamOf(RtpSource source, in RtpPacketView packet)
    {
        if (source.Stream is { } stream)
        {
            if (stream.Rid is null && packet.HasExtension && TryReadRid(packet, source.Inbound, out var late))
            {
                // The first packets came without, or never came.
                stream.Rid = System.Text.Encoding.UTF8.GetString(late);
            }

            return stream;
        }

        stream = new RtpInboundStream(this, source.Inbound, packet.Ssrc);
        if (TryReadRid(packet, source.Inbound, out var rid))
        {
            stream.Rid = System.Text.Encoding.UTF8.GetString(rid);
        }

        foreach (var signaled in source.Inbound.Options.Sources)
        {
            if (signaled.Ssrc == packet.Ssrc)
            {
                stream.RtxSsrc = signaled.RtxSsrc;
            }
        }

        source.Stream = stream;
        source.Inbound.StreamList.Add(stream);
        LogStreamAdded(_logger, packet.Ssrc.Value, source.Inbound.Mid, packet.PayloadType.Value);
        Raise(new RtpEvent { Kind = RtpEventKind.StreamAdded, Stream = stream });
        return stream;
    }

    /// <summary>The stream whose packets a retransmission stream repeats: by FID, by repaired rid, or the only one there is.</summary>
    private RtpInboundStream? Repaired(RtpSource source, in RtpPacketView packet)
    {
        var streams = source.Inbound.StreamList;
        if (source.Repairs is { } known && streams.Contains(known))
        {
            return known;
        }

        source.Repairs = null;
        var hasRid = TryReadRid(packet, source.Inbound, out var rid);
        foreach (var stream in streams)
        {
            if (source.RepairsSsrc is { } signaled ? stream.Ssrc == signaled : hasRid ? Matches(stream.Rid ?? "", rid) : streams.Count == 1)
            {
                source.Repairs = stream;
                stream.RtxSsrc = packet.Ssrc;
            }
        }

        return source.Repairs;
    }

    [LoggerMessage(600, LogLevel.Debug, "RTP stream {Ssrc} added to m-section {Mid}, payload type {PayloadType}")]
    private static partial void LogStreamAdded(ILogger logger, uint ssrc, string? mid, byte payloadType);

    [LoggerMessage(601, LogLevel.Debug, "RTP packet of a new source dropped: {Count} sources are known already")]
    private static partial void LogSourcesFull(ILogger logger, int count);
}
