using Microsoft.Extensions.Logging;
using Parley.Dtls;
using Parley.Media;
using Parley.Net;
using Parley.Rtp;
using Parley.Srtp;

namespace Parley;

// SRTP and RTP.
internal sealed partial class TransportStack
{
    private const int MaxKeyingMaterial = 128;
    private const int MinSrtpPacket = 8;

    /// <summary>In the order of preference: the authenticated cipher is the faster one too.</summary>
    private static readonly SrtpProfile[] SupportedProfiles = [SrtpProfile.AeadAes128Gcm, SrtpProfile.Aes128CmHmacSha1With80BitTag];

    private readonly RtpSession _rtp;

    /// <summary>Packets of the batch that is being received or filled; made with the first.</summary>
    private SrtpPacket[]? _packets;
    private int _gathered;

    private readonly Dictionary<RtpOutbound, SenderFlow> _senders = [];
    private readonly Dictionary<RtpInbound, ReceiverFlow> _receivers = [];

    /// <summary>Whether feedback goes without a report before it (RFC 5506).</summary>
    public bool UsesReducedSizeRtcp => _rtp.ReducedSizeRtcp;

    /// <summary>Begins, changes or ends what a transceiver sends and receives here.</summary>
    public void Configure(MediaFlowPlan plan, Instant now)
    {
        _rtp.ReducedSizeRtcp = plan.ReducedSizeRtcp;
        ConfigureSender(plan, now);
        ConfigureReceiver(plan);
        CreateSrtpContexts();
    }

    /// <summary>Ends what a transceiver sends and receives here, with a BYE for each stream (RFC 3550 §6.6).</summary>
    /// <param name="sender">What it sends.</param>
    /// <param name="receiver">What it receives.</param>
    /// <param name="keepFigures">Statistics keep the streams as they are: until the stop has been negotiated (webrtc-stats §8.1).</param>
    /// <param name="now">The present.</param>
    public void Remove(SenderFlow sender, ReceiverFlow receiver, bool keepFigures, Instant now)
    {
        foreach (var encoding in sender.Running.ToArray())
        {
            if (keepFigures && encoding.Outbound is { } outbound && _senders.ContainsKey(outbound))
            {
                sender.Ended.Add((this, outbound, encoding));
            }

            Remove(sender, encoding, now);
        }

        if (receiver.Inbound is { } inbound && _receivers.Remove(inbound))
        {
            if (keepFigures)
            {
                receiver.Ended.AddRange(inbound.Streams.Select(stream => (this, stream)));
            }

            _rtp.Remove(inbound);
            receiver.Inbound = null;
        }
    }

    /// <summary>Asks the peer for a key frame of one encoding, or of all.</summary>
    public void RequestKeyFrame(ReceiverFlow receiver, string? rid, Instant now)
    {
        foreach (var stream in receiver.Inbound?.Streams ?? [])
        {
            if (rid is null || stream.Rid == rid)
            {
                _rtp.RequestKeyFrame(stream, now);
            }
        }
    }

    private RtpSession CreateRtpSession()
    {
        var now = _connection.Loop.Now;
        var options = new RtpSessionOptions
        {
            CanonicalName = _connection.Cname,
            NtpTimeAtZero = NtpTimestamp.From(_platform.TimeProvider.GetUtcNow()).AddNanoseconds(-now.Nanoseconds),
        };
        return new RtpSession(options, _platform.Random, _connection.LoggerFactory.CreateLogger<RtpSession>());
    }

    private void ConfigureSender(MediaFlowPlan plan, Instant now)
    {
        var running = plan.Sender.Running;
        if (plan.Encodings is not { } encodings)
        {
            running.ForEach(encoding => encoding.Outbound!.Active = false);
            return;
        }

        foreach (var gone in running.Where(encoding => !encodings.Any(wanted => wanted.Flow == encoding)).ToArray())
        {
            Remove(plan.Sender, gone, now);
        }

        foreach (var (flow, parameters, options) in encodings)
        {
            if (flow.Outbound is null)
            {
                flow.Outbound = _rtp.AddOutbound(options);
                _senders[flow.Outbound] = plan.Sender;
                running.Add(flow);
            }
            else
            {
                flow.Outbound.Update(options);
            }

            flow.Outbound.Active = parameters.Active;
        }
    }

    private void Remove(SenderFlow sender, EncodingFlow encoding, Instant now)
    {
        if (encoding.Outbound is { } outbound && _senders.Remove(outbound))
        {
            _rtp.Remove(outbound, now);
            encoding.Outbound = null;
            sender.Running.Remove(encoding);
        }
    }

    private void ConfigureReceiver(MediaFlowPlan plan)
    {
        var flow = plan.Receiver;
        if (plan.Inbound is not { } options)
        {
            return;
        }

        if (flow.Inbound is null)
        {
            flow.Inbound = _rtp.AddInbound(options);
            _receivers[flow.Inbound] = flow;
        }
        else
        {
            flow.Inbound.Update(options);
        }

        ReserveSources(options);
    }

    /// <summary>Once DTLS is up and there is media to carry: a connection of data channels alone holds no keys for it.</summary>
    private void CreateSrtpContexts()
    {
        if (_srtpOut is not null
            || _senders.Count + _receivers.Count == 0
            || _dtls is not { State: DtlsState.Connected, SelectedSrtpProfile: { } selected })
        {
            return;
        }

        var profile = (SrtpProfile)selected;
        Span<byte> material = stackalloc byte[MaxKeyingMaterial];
        material = material[..profile.KeyingMaterialLength];

        // RFC 5764 §4.2: the label, and no context.
        _dtls.ExportKeyingMaterial("EXTRACTOR-dtls_srtp", material);
        (_srtpOut, _srtpIn) = SrtpContext.FromKeyingMaterial(profile, material, _dtls.Role == Dtls.DtlsRole.Client);
        material.Clear();
        _srtpIn.IsInUse = _rtp.IsKnown;
        foreach (var inbound in _receivers.Keys)
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

    private void GatherSrtp(int offset, int length)
    {
        if (_srtpIn is not null && length >= MinSrtpPacket)
        {
            _packets ??= new SrtpPacket[DatagramBatch.DefaultCapacity];
            _packets[_gathered++] = new SrtpPacket { Offset = offset, Length = length };
        }
    }

    /// <summary>
    /// Opens what was gathered, and hands it to the session packet by packet: a frame is delivered before the next is put together.
    /// </summary>
    private void ReceiveGathered(DatagramBatch batch, Instant now)
    {
        if (_gathered == 0)
        {
            return;
        }

        var packets = _packets.AsSpan(0, _gathered);
        _gathered = 0;
        _rtp.PathRoundTripTime = _ice.SelectedPair?.CurrentRoundTripTime;
        if (_srtpIn is not null)
        {
            _srtpIn.Now = now;
            _srtpIn.Unprotect(batch.Buffer, packets);
        }

        foreach (ref readonly var packet in packets)
        {
            if (packet.Length > 0)
            {
                _rtp.Receive(batch.Buffer.AsSpan(packet.Offset, packet.Length), now);
                PumpRtp(now);
            }
        }

        PumpEvents(now);
    }

    /// <summary>
    /// Writes what the session has to send one behind the other into the batch, each with room for its protection, and protects all of it
    /// together.
    /// </summary>
    private void FillWithRtp(DatagramBatch batch, TransportAddress remote, Instant now)
    {
        if (_srtpOut is null || batch.RemainingCapacity == 0)
        {
            return;
        }

        _packets ??= new SrtpPacket[DatagramBatch.DefaultCapacity];
        var room = batch.Reserve(batch.RemainingBytes);
        var (count, used) = (0, 0);
        var most = Math.Min(batch.RemainingCapacity, _packets.Length);
        while (count < most && room.Length - used >= MaxDatagram)
        {
            var length = _rtp.Transmit(room[used..], now);
            if (length == 0)
            {
                break;
            }

            _packets[count++] = new SrtpPacket { Offset = used, Length = length };
            used += length + (IsRtcp(room[used..]) ? _srtpOut.MaxOverhead : _srtpOut.Profile.RtpTagLength);
        }

        if (count > 0)
        {
            _srtpOut.Protect(room, _packets.AsSpan(0, count));
            Commit(batch, room, _packets.AsSpan(0, count), remote);
        }
    }

    private static void Commit(DatagramBatch batch, Span<byte> room, ReadOnlySpan<SrtpPacket> packets, TransportAddress remote)
    {
        var at = 0;
        foreach (ref readonly var packet in packets)
        {
            if (packet.Length == 0)
            {
                continue;
            }

            if (packet.Offset != at)
            {
                // One before it was refused: the batch has no gaps.
                room.Slice(packet.Offset, packet.Length).CopyTo(room[at..]);
            }

            batch.Commit(packet.Length, remote);
            at += packet.Length;
        }
    }

    private void PumpRtp(Instant now)
    {
        while (_rtp.TryRead(out var happened))
        {
            switch (happened.Kind)
            {
                case RtpEventKind.FrameReceived when _receivers.TryGetValue(happened.Inbound!, out var receiver):
                    CountFrame(happened.Stream!, happened.Frame!, now);
                    receiver.Deliver(happened.Stream!, happened.Frame!, now);
                    break;
                case RtpEventKind.Bye when _receivers.TryGetValue(happened.Inbound!, out var receiver):
                    receiver.OnGoodbye(happened.Stream!);
                    break;
                case RtpEventKind.ToneStarted when _receivers.TryGetValue(happened.Inbound!, out var receiver):
                    receiver.OnTone(happened.ToneCode, null);
                    break;
                case RtpEventKind.ToneEnded when _receivers.TryGetValue(happened.Inbound!, out var receiver):
                    receiver.OnTone(happened.ToneCode, happened.ToneDuration);
                    break;
                case RtpEventKind.BitrateEstimated:
                    _estimatedBitrate = happened.BitsPerSecond;
                    break;
                case RtpEventKind.KeyFrameRequested when _senders.TryGetValue(happened.Outbound!, out var sender):
                    RequestKeyFrame(sender, happened.Outbound!);
                    break;
            }
        }
    }

    private void RequestKeyFrame(SenderFlow sender, RtpOutbound outbound)
    {
        if (sender.Running.Find(encoding => encoding.Outbound == outbound) is { } wanted)
        {
            _connection.Queue.Enqueue(() => sender.RequestKeyFrame(wanted));
        }
    }

    private void CloseRtp(Instant now)
    {
        foreach (var outbound in _senders.Keys)
        {
            _rtp.Remove(outbound, now);
        }

        _senders.Clear();
        _receivers.Clear();
    }

    /// <summary>RFC 5761 §4: the payload types 64 to 95, with the marker bit 192 to 223, are RTCP's.</summary>
    private static bool IsRtcp(ReadOnlySpan<byte> packet) => packet[1] is >= 192 and <= 223;
}
