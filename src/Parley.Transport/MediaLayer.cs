using Microsoft.Extensions.Logging;
using Parley.Dtls;
using Parley.Net;
using Parley.Rtp;
using Parley.Srtp;

namespace Parley.Transport;

/// <summary>SRTP and RTP of one transport: what its sections send and receive.</summary>
internal sealed class MediaLayer
{
    private const int MaxKeyingMaterial = 128;
    private const int MinSrtpPacket = 8;

    /// <summary>In the order of preference: the authenticated cipher is the faster one too.</summary>
    public static readonly IReadOnlyList<SrtpProfile> SupportedProfiles =
        [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmHmacSha1With80BitTag];

    private readonly RtpSession _rtp;
    private readonly List<TransportSection> _sections = [];
    private readonly Dictionary<uint, (RtpOutbound Stream, TransportSection Section)> _outbounds = [];
    private readonly Dictionary<RtpInbound, TransportSection> _inbounds = [];
    private SrtpContext? _srtpOut, _srtpIn;

    /// <summary>The association whose keys protect; null before there is one.</summary>
    private DtlsEndpoint? _keys;

    /// <summary>Packets of the batch that is being received or filled; made with the first.</summary>
    private SrtpPacket[]? _packets;
    private int _gathered;

    /// <summary>The datagrams of the packets, which of the packets is next, and the datagram behind all of them.</summary>
    private int[]? _datagrams;
    private int _opened, _behind;

    /// <summary>The batch that the opened packets lie in, and the datagram to go on with.</summary>
    private (DatagramBatch? Batch, int Datagram) _next;

    public MediaLayer(TransportOptions options, RandomSource random, ILogger logger) => _rtp = new RtpSession(
        new RtpSessionOptions { CanonicalName = options.CanonicalName, NtpTimeAtZero = options.NtpTimeAtZero }, random, logger);

    /// <summary>Whether packets have come since <see cref="TryRead"/> said no.</summary>
    public bool IsUnread { get; private set; }

    /// <summary>When to call <see cref="Advance"/> at the latest; null while there are no keys to send with.</summary>
    public Instant? Deadline => _srtpOut is null ? null : _rtp.Deadline;

    /// <summary>The sections, with their streams.</summary>
    public IReadOnlyList<TransportSection> Sections => _sections;

    /// <summary>Whether feedback goes without a report before it (RFC 5506).</summary>
    public bool UsesReducedSizeRtcp => _rtp.ReducedSizeRtcp;

    /// <summary>What the peer believes that the selected pair carries, in bits per second (REMB); null: it has not said.</summary>
    public double? EstimatedBitrate { get; set; }

    /// <summary>Sends a frame; its bytes are copied.</summary>
    /// <param name="ssrc">The stream.</param>
    /// <param name="frame">The frame.</param>
    /// <param name="now">The present.</param>
    /// <returns>False: dropped. There is no such stream any more, its payload type is not negotiated any more, or the stream does not take
    /// it now.</returns>
    public bool SendFrame(Ssrc ssrc, in RtpFrame frame, Instant now) =>
        _outbounds.TryGetValue(ssrc.Value, out var outbound)
        && outbound.Stream.Supports(frame.PayloadType)
        && outbound.Stream.Send(frame, now);

    /// <summary>Sends a dial tone in the place of the sound (RFC 4733). Of a stream that is not there any more nothing is sent.</summary>
    public void SendTone(Ssrc ssrc, in RtpTelephoneEvent tone, Instant now)
    {
        if (_outbounds.TryGetValue(ssrc.Value, out var outbound))
        {
            outbound.Stream.SendEvent(tone, now);
        }
    }

    /// <summary>Asks the peer for a key frame.</summary>
    /// <param name="section">The section's id.</param>
    /// <param name="rid">The encoding; null: of all.</param>
    /// <param name="now">The present.</param>
    public void RequestKeyFrame(int section, string? rid, Instant now)
    {
        foreach (var stream in _sections.Find(candidate => candidate.Id == section)?.Inbound?.Streams ?? [])
        {
            if (rid is null || stream.Rid == rid)
            {
                _rtp.RequestKeyFrame(stream, now);
            }
        }
    }

    /// <summary>Brings the sections in line with a plan.</summary>
    public void Apply(IReadOnlyList<SectionPlan> plans, bool reducedSizeRtcp, Instant now)
    {
        _rtp.ReducedSizeRtcp = reducedSizeRtcp;
        for (var i = _sections.Count - 1; i >= 0; i--)
        {
            var section = _sections[i];
            if (!plans.Any(plan => plan.Id == section.Id))
            {
                End(section, keepsFigures: false, now);
                _sections.RemoveAt(i);
            }
        }

        foreach (var plan in plans)
        {
            ApplySection(plan, now);
        }
    }

    /// <summary>DTLS is up: its keys protect from now on, once there is media to carry.</summary>
    public void UseKeysOf(DtlsEndpoint dtls)
    {
        _keys = dtls;
        CreateContexts();
    }

    /// <summary>The DTLS association is gone, and its keys with it.</summary>
    public void ForgetKeys()
    {
        _srtpIn?.Dispose();
        _srtpOut?.Dispose();
        (_keys, _srtpIn, _srtpOut) = (null, null, null);
    }

    /// <summary>Does what is due by time.</summary>
    public void Advance(Instant now)
    {
        if (_rtp.Deadline <= now)
        {
            _rtp.Advance(now);
        }
    }

    /// <summary>Reads what happened next.</summary>
    public bool TryRead(out TransportEvent happened)
    {
        while (_rtp.TryRead(out var below))
        {
            if (TryTranslate(below, out happened))
            {
                return true;
            }
        }

        happened = default;
        IsUnread = false;
        return false;
    }

    private void ApplySection(SectionPlan plan, Instant now)
    {
        var section = _sections.Find(known => known.Id == plan.Id);
        if (section is null)
        {
            section = new TransportSection(plan with { Sent = null, Received = null, HasEnded = false });
            _sections.Add(section);
        }

        if (plan == section.Plan)
        {
            return;
        }

        section.Plan = plan;
        if (plan.HasEnded)
        {
            End(section, keepsFigures: true, now);
            return;
        }

        ApplySent(section, plan.Sent, now);
        ApplyReceived(section, plan.Received);
        CreateContexts();
    }

    private void ApplySent(TransportSection section, IReadOnlyList<SentEncoding>? encodings, Instant now)
    {
        if (encodings is null)
        {
            section.OutboundList.ForEach(static outbound => outbound.Active = false);
            return;
        }

        for (var i = section.OutboundList.Count - 1; i >= 0; i--)
        {
            var outbound = section.OutboundList[i];
            if (!encodings.Any(encoding => encoding.Options.Ssrc == outbound.Ssrc))
            {
                Remove(section, outbound, now);
            }
        }

        foreach (var encoding in encodings)
        {
            if (section.OutboundList.Find(known => known.Ssrc == encoding.Options.Ssrc) is { } outbound)
            {
                outbound.Update(encoding.Options);
            }
            else
            {
                outbound = _rtp.AddOutbound(encoding.Options);
                section.OutboundList.Add(outbound);
                _outbounds[outbound.Ssrc.Value] = (outbound, section);
            }

            outbound.Active = encoding.IsActive;
        }
    }

    private void ApplyReceived(TransportSection section, RtpInboundOptions? options)
    {
        if (options is null)
        {
            return;
        }

        if (section.Inbound is { } known)
        {
            known.Update(options);
        }
        else
        {
            section.Inbound = _rtp.AddInbound(options);
            _inbounds[section.Inbound] = section;
        }

        ReserveSources(options);
    }

    /// <summary>Ends what a section sends and receives, with a BYE for each stream (RFC 3550 §6.6).</summary>
    private void End(TransportSection section, bool keepsFigures, Instant now)
    {
        section.EndedOutbounds = keepsFigures ? [.. section.EndedOutbounds, .. section.OutboundList] : [];
        foreach (var outbound in section.OutboundList.ToArray())
        {
            Remove(section, outbound, now);
        }

        if (section.Inbound is { } inbound)
        {
            section.EndedStreams = keepsFigures ? [.. section.EndedStreams, .. inbound.Streams] : [];
            section.Inbound = null;
            _inbounds.Remove(inbound);
            _rtp.Remove(inbound);
        }
    }

    private void Remove(TransportSection section, RtpOutbound outbound, Instant now)
    {
        section.OutboundList.Remove(outbound);
        _outbounds.Remove(outbound.Ssrc.Value);
        _rtp.Remove(outbound, now);
    }

    /// <summary>The transport is closed: a BYE for each stream.</summary>
    public void EndStreams(Instant now)
    {
        foreach (var (outbound, _) in _outbounds.Values)
        {
            _rtp.Remove(outbound, now);
        }

        _outbounds.Clear();
        _inbounds.Clear();
    }

    /// <summary>Once DTLS is up and there is media to carry: a connection of data channels alone holds no keys for it.</summary>
    private void CreateContexts()
    {
        if (_srtpOut is not null || _outbounds.Count + _inbounds.Count == 0
            || _keys is not { State: DtlsState.Connected, SelectedSrtpProfile: { } selected })
        {
            return;
        }

        var profile = (SrtpProfile)selected;
        Span<byte> material = stackalloc byte[MaxKeyingMaterial];
        material = material[..profile.KeyingMaterialLength];

        // RFC 5764 §4.2: the label, and no context.
        _keys.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", material);
        (_srtpOut, _srtpIn) = SrtpContext.FromKeyingMaterial(profile, material, _keys.Role == DtlsRole.Client);
        material.Clear();
        _srtpIn.IsInUse = _rtp.IsKnown;
        foreach (var inbound in _inbounds.Keys)
        {
            ReserveSources(inbound.Options);
        }
    }

    /// <summary>What a description names has its place among the sources of SRTP, whatever else the peer sends.</summary>
    private void ReserveSources(RtpInboundOptions options)
    {
        foreach (var source in _srtpIn is null ? [] : options.Sources)
        {
            _srtpIn!.Reserve(source.Ssrc.Value);
            if (source.RtxSsrc is { } rtx)
            {
                _srtpIn.Reserve(rtx.Value);
            }
        }
    }

    /// <summary>How many packets of the batch are gathered.</summary>
    public int Gathered => _gathered;

    /// <summary>Takes a packet of a batch, to be opened together with others.</summary>
    public void Gather(DatagramBatch batch, int datagram)
    {
        if (_srtpIn is not null && batch.Length(datagram) >= MinSrtpPacket)
        {
            _packets ??= new SrtpPacket[DatagramBatch.DefaultCapacity];
            _datagrams ??= new int[DatagramBatch.DefaultCapacity];
            _datagrams[_gathered] = datagram;
            _packets[_gathered++] = new SrtpPacket { Offset = batch.Offset(datagram), Length = batch.Length(datagram) };
        }
    }

    /// <summary>Opens what was gathered of a batch.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="behind">The datagram behind the last that was gathered.</param>
    /// <param name="roundTripTime">That of the path; null: not known.</param>
    /// <param name="now">The present.</param>
    public void Open(DatagramBatch batch, int behind, TimeSpan? roundTripTime, Instant now)
    {
        (_opened, _behind) = (0, behind);
        if (_gathered > 0)
        {
            _rtp.PathRoundTripTime = roundTripTime;
            _srtpIn!.Now = now;
            _srtpIn.Unprotect(batch.Buffer, _packets.AsSpan(0, _gathered));
        }
    }

    /// <summary>
    /// Hands the session the next packet that was opened: what it brings is read before the next is put together, so that the frames in use
    /// are few and warm.
    /// </summary>
    /// <returns>The datagram to go on with.</returns>
    public int ReceiveOpened(DatagramBatch batch, Instant now)
    {
        _next = (batch, ReceiveNext(batch, now));
        return _next.Datagram;
    }

    /// <summary>Whoever gives a batch up, and comes with another, has lost what was opened: its bytes are not where they were.</summary>
    public void DropOpenedUnless(DatagramBatch batch, int datagram)
    {
        if (_next != (batch, datagram))
        {
            _gathered = 0;
        }
    }

    private int ReceiveNext(DatagramBatch batch, Instant now)
    {
        while (_opened < _gathered)
        {
            var at = _opened++;
            ref readonly var packet = ref _packets![at];
            if (packet.Length > 0)
            {
                _rtp.Receive(batch.Buffer.AsSpan(packet.Offset, packet.Length), now);
                IsUnread = true;
                if (_opened < _gathered)
                {
                    return _datagrams![at] + 1;
                }
            }
        }

        _gathered = 0;
        return _behind;
    }

    /// <summary>
    /// Writes what the session has to send one behind the other into the batch, each with room for its protection, and protects all of it
    /// together.
    /// </summary>
    public void Fill(DatagramBatch batch, in Path path, Instant now)
    {
        if (_srtpOut is null || batch.RemainingCapacity == 0)
        {
            return;
        }

        _packets ??= new SrtpPacket[DatagramBatch.DefaultCapacity];
        var headroom = path.Local.Headroom;
        var room = batch.Reserve(batch.RemainingBytes);
        var (count, used) = (0, headroom);
        var most = Math.Min(batch.RemainingCapacity, _packets.Length);
        while (count < most && room.Length - used >= BundleTransport.MaxPacket)
        {
            var length = _rtp.Transmit(room[used..], now);
            if (length == 0)
            {
                break;
            }

            _packets[count++] = new SrtpPacket { Offset = used, Length = length };
            used += length + (IsRtcp(room[used..]) ? _srtpOut.MaxOverhead : _srtpOut.Profile.RtpTagLength) + headroom;
        }

        if (count > 0)
        {
            _srtpOut.Protect(room, _packets.AsSpan(0, count));
            Commit(batch, room, _packets.AsSpan(0, count), path);
        }
    }

    private static void Commit(DatagramBatch batch, Span<byte> room, ReadOnlySpan<SrtpPacket> packets, in Path path)
    {
        var (at, headroom) = (0, path.Local.Headroom);
        foreach (ref readonly var packet in packets)
        {
            if (packet.Length == 0)
            {
                continue;
            }

            if (packet.Offset != at + headroom)
            {
                // One before it was refused: the batch has no gaps.
                room.Slice(packet.Offset, packet.Length).CopyTo(room[(at + headroom)..]);
            }

            batch.Commit(headroom + packet.Length, path.Remote);
            at += headroom + packet.Length;
        }
    }

    private bool TryTranslate(in RtpEvent below, out TransportEvent happened)
    {
        happened = default;
        if (below.Kind == RtpEventKind.BitrateEstimated)
        {
            EstimatedBitrate = below.BitsPerSecond;
        }
        else if (below.Kind == RtpEventKind.KeyFrameRequested)
        {
            if (_outbounds.TryGetValue(below.Outbound!.Ssrc.Value, out var outbound))
            {
                happened = TransportEvent.KeyFrameWanted(outbound.Stream, outbound.Section.Id);
            }
        }
        else if (KindOf(below.Kind) is not TransportEventKind.None and var kind && _inbounds.TryGetValue(below.Inbound!, out var section))
        {
            happened = TransportEvent.OfStream(kind, below, section.Id);
        }

        return happened.Kind != TransportEventKind.None;
    }

    private static TransportEventKind KindOf(RtpEventKind kind) => kind switch
    {
        RtpEventKind.FrameReceived => TransportEventKind.FrameReceived,
        RtpEventKind.Bye => TransportEventKind.StreamEnded,
        RtpEventKind.ToneStarted => TransportEventKind.ToneStarted,
        RtpEventKind.ToneEnded => TransportEventKind.ToneEnded,
        _ => TransportEventKind.None,
    };

    /// <summary>RFC 5761 §4: the payload types 64 to 95, with the marker bit 192 to 223, are RTCP's.</summary>
    private static bool IsRtcp(ReadOnlySpan<byte> packet) => packet[1] is >= 192 and <= 223;
}
