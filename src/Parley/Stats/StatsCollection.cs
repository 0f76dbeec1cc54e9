using Parley.Dtls;
using Parley.Media;
using Parley.Net;
using Parley.Rtp;

namespace Parley;

/// <summary>A report being gathered: first with the connection's gate held, then in the driver's turns, never by both at once.</summary>
internal sealed class StatsCollection
{
    private readonly Dictionary<string, Stats> _stats = [];
    private readonly HashSet<RtpTransceiver> _transceivers = [];
    private readonly Dictionary<RtpSender, string> _sources = [];
    private readonly StatsIds _ids;
    private readonly Instant _now;
    private readonly Dictionary<string, object> _owners = [];
    private readonly HashSet<string> _signaledAddresses = [];
    private readonly HashSet<(string? Address, int? Port)> _surfacedAddresses = [];

    public StatsCollection(TimeProvider clock, StatsIds ids, IEnumerable<RtpTransceiver> transceivers)
    {
        _ids = ids;
        Timestamp = clock.GetUtcNow();
        _now = Instant.Now(clock);
        foreach (var transceiver in transceivers.Where(transceiver => !transceiver.IsStopped))
        {
            _transceivers.Add(transceiver);
            AddSource(transceiver.Sender);
        }
    }

    public DateTimeOffset Timestamp { get; }

    public void Add(Stats stats) => _stats[stats.Id] = stats;

    /// <summary>A chain, the leaf first; each certificate refers to the one that issued it.</summary>
    /// <returns>The leaf's id; null for an empty chain.</returns>
    public string? AddChain(IReadOnlyList<ReadOnlyMemory<byte>> chain)
    {
        string? issuer = null;
        foreach (var certificate in chain.Reverse())
        {
            issuer = AddCertificate(certificate.Span, issuer);
        }

        return issuer;
    }

    public string AddCertificate(ReadOnlySpan<byte> der, string? issuer = null)
    {
        var fingerprint = CertificateFingerprint.Of(der);
        var digits = fingerprint.ToString()[(fingerprint.HashFunction.Length + 1)..];
        var id = $"CF{digits}";
        Add(new CertificateStats
        {
            Id = id,
            Timestamp = Timestamp,
            Fingerprint = digits,
            FingerprintAlgorithm = fingerprint.HashFunction,
            Base64Certificate = Convert.ToBase64String(der),
            IssuerCertificateId = issuer,
        });
        return id;
    }

    public void AddDataChannel(DataChannel channel) => Add(StatsOf(channel, Timestamp));

    public static DataChannelStats StatsOf(DataChannel channel, DateTimeOffset timestamp) => new()
    {
        Id = $"D{channel.StatsId}",
        Timestamp = timestamp,
        Label = channel.Label,
        Protocol = channel.Protocol,
        DataChannelIdentifier = channel.Id,
        State = channel.ReadyState,
        MessagesSent = channel.MessagesSent,
        BytesSent = channel.BytesSent,
        MessagesReceived = channel.MessagesReceived,
        BytesReceived = channel.BytesReceived,
    };

    /// <summary>The wall clock's time of an instant.</summary>
    public DateTimeOffset? TimeOf(Instant? at) => at is { } instant ? Timestamp - (_now - instant) : null;

    /// <summary>
    /// Whether the application has signaled an address. "By default, the user agent MUST leave the address member as null in the [...]
    /// dictionary of any remote candidate. Once [it] learns on an address by the web application [...] the user agent can expose [it]"
    /// (webrtc-stats).
    /// </summary>
    public bool IsKnown(System.Net.IPAddress address) => _signaledAddresses.Contains(address.ToString());

    /// <summary>Whether the application has been told of a local candidate: not of those that its policy rules out.</summary>
    public bool IsSurfaced(TransportAddress address) => _surfacedAddresses.Contains((address.Address.ToString(), address.Port));

    /// <summary>What negotiation knows of a transport; the loop adds what it counts.</summary>
    public void AddTransport(PeerTransport transport)
    {
        _surfacedAddresses.UnionWith(transport.Ice.GetLocalCandidates().Select(candidate => (candidate.Address, (int?)candidate.Port)));
        _signaledAddresses.UnionWith(transport.Ice.GetRemoteCandidates().Select(candidate => candidate.Address).OfType<string>());
        Add(new TransportStats
        {
            Id = transport.StatsId,
            Timestamp = Timestamp,
            IceRole = transport.Ice.Role,
            IceState = transport.Ice.State,
            DtlsState = transport.Dtls.State,
            IceLocalUsernameFragment = transport.LocalCredentials.UsernameFragment,
            DtlsRole = transport.DtlsRole switch { Dtls.DtlsRole.Client => "client", Dtls.DtlsRole.Server => "server", _ => "unknown" },
        });
    }

    /// <summary>Completes a transport's entry with what it has counted.</summary>
    public void Complete(PeerTransport transport, Func<TransportStats, TransportStats> complete)
    {
        if (_stats[transport.StatsId] is TransportStats stats)
        {
            Add(complete(stats));
        }
    }

    /// <summary>
    /// The connection has closed: its transports are so too. Its transceivers are stopped, and with that their streams are deleted, and the
    /// codecs that only streams refer to (webrtc-stats §8.1, §8.3).
    /// </summary>
    public void MarkClosed()
    {
        foreach (var ended in _stats.Values.Where(stats => stats is RtpStreamStats or CodecStats).ToArray())
        {
            _stats.Remove(ended.Id);
        }

        foreach (var transport in _stats.Values.OfType<TransportStats>().ToArray())
        {
            Add(transport with { IceState = IceTransportState.Closed, DtlsState = DtlsTransportState.Closed });
        }
    }

    /// <summary>Adds a stream that is sent, or was until its transceiver was stopped.</summary>
    public void AddOutbound(PeerTransport transport, RtpTransceiver transceiver, RtpOutbound outbound)
    {
        if (!_transceivers.Contains(transceiver))
        {
            return;
        }

        var figures = outbound.Statistics;
        var kind = KindOf(transceiver);
        var id = $"OT{kind[0]}{outbound.Ssrc}";
        var encoding = transceiver.Sender.Flow.EncodingOf(outbound.Ssrc);
        var tally = encoding?.Sent;
        var encodings = transceiver.Sender.SendEncodings;
        var index = encoding is null || kind == "audio" ? null : PlaceOf(encoding.Rid, encodings);
        _owners[id] = _owners[$"R{id}"] = transceiver.Sender;
        var codec = AddCodec(transport, kind, outbound.Codec ?? (outbound.Options.Codecs.Count > 0 ? outbound.Options.Codecs[0] : null));
        var isVideo = kind == "video";
        var hasRemote = figures.ReportsReceived > 0;
        Add(new OutboundRtpStreamStats
        {
            Id = id,
            Timestamp = Timestamp,
            Ssrc = outbound.Ssrc.Value,
            Kind = kind,
            TransportId = transport.StatsId,
            CodecId = codec,
            Mid = outbound.Options.Mid,
            Rid = index is { } place ? encodings[place].Rid : null,
            EncodingIndex = index,
            RtxSsrc = outbound.RtxSsrc?.Value,
            MediaSourceId = _sources.GetValueOrDefault(transceiver.Sender),
            RemoteId = hasRemote ? $"R{id}" : null,
            PacketsSent = figures.PacketsSent,
            BytesSent = figures.BytesSent,
            HeaderBytesSent = figures.HeaderBytesSent,
            RetransmittedPacketsSent = figures.RetransmittedPacketsSent,
            RetransmittedBytesSent = figures.RetransmittedBytesSent,
            FramesSent = isVideo ? figures.FramesSent : null,
            FramesEncoded = isVideo ? figures.FramesSent : null,
            KeyFramesEncoded = isVideo ? figures.KeyFramesSent : null,
            TotalPacketSendDelay = figures.TotalSendDelay.TotalSeconds,
            QualityLimitationReason = isVideo ? encoding?.Limitation.Reason : null,
            QualityLimitationDurations = isVideo ? encoding?.Limitation.DurationsAt(_now) : null,
            QualityLimitationResolutionChanges = isVideo ? 0 : null,
            KeyFramesSent = figures.KeyFramesSent,
            FrameWidth = tally?.Width,
            FrameHeight = tally?.Height,
            FramesPerSecond = tally?.FramesPerSecond(_now),
            NackCount = figures.NackCount,
            PliCount = isVideo ? figures.PliCount : null,
            FirCount = isVideo ? figures.FirCount : null,
            Active = outbound.Active,
        });
        if (hasRemote)
        {
            Add(new RemoteInboundRtpStreamStats
            {
                Id = $"R{id}",
                Timestamp = TimeOf(figures.LastReportReceivedAt) ?? Timestamp,
                Ssrc = outbound.Ssrc.Value,
                Kind = kind,
                TransportId = transport.StatsId,
                CodecId = codec,
                LocalId = id,
                PacketsReceived = figures.RemotePacketsReceived,
                PacketsLost = figures.RemotePacketsLost,
                FractionLost = figures.RemoteFractionLost,
                Jitter = figures.RemoteJitter,
                RoundTripTime = figures.RoundTripTime?.TotalSeconds,
                TotalRoundTripTime = figures.TotalRoundTripTime.TotalSeconds,
                RoundTripTimeMeasurements = figures.RoundTripTimeMeasurements,
            });
        }
    }

    /// <summary>Adds a stream that is received, or was until its transceiver was stopped.</summary>
    public void AddInbound(PeerTransport transport, RtpTransceiver transceiver, RtpInboundStream stream, FrameTally? tally)
    {
        if (!_transceivers.Contains(transceiver))
        {
            return;
        }

        var figures = stream.Statistics;
        var kind = KindOf(transceiver);
        var id = $"IT{kind[0]}{stream.Ssrc}";
        _owners[id] = _owners[$"R{id}"] = transceiver.Receiver;
        var codec = AddCodec(transport, kind, stream.Codec);
        var isVideo = kind == "video";
        var hasRemote = figures.ReportsReceived > 0;

        // "If RTX is not negotiated, retransmitted packets can not be identified and this member MUST NOT exist."
        var hasRtx = stream.Inbound.Options.Codecs.Any(known => known.RtxPayloadType is not null);
        tally ??= new FrameTally();
        Add(new InboundRtpStreamStats
        {
            Id = id,
            Timestamp = Timestamp,
            Ssrc = stream.Ssrc.Value,
            Kind = kind,
            TransportId = transport.StatsId,
            CodecId = codec,
            TrackIdentifier = transceiver.Receiver.Track.Id,
            Mid = stream.Inbound.Mid,
            Rid = stream.Rid,
            RtxSsrc = stream.RtxSsrc?.Value,
            RemoteId = hasRemote ? $"R{id}" : null,
            PacketsReceived = figures.PacketsReceived,
            PacketsLost = figures.PacketsLost,
            Jitter = figures.Jitter,
            BytesReceived = figures.BytesReceived,
            HeaderBytesReceived = figures.HeaderBytesReceived,
            PacketsDiscarded = figures.PacketsDiscarded,
            RetransmittedPacketsReceived = hasRtx ? figures.RetransmittedPacketsReceived : null,
            RetransmittedBytesReceived = hasRtx ? figures.RetransmittedBytesReceived : null,
            FramesReceived = isVideo ? figures.FramesReceived : null,
            FramesDecoded = isVideo ? figures.FramesReceived : null,
            KeyFramesDecoded = isVideo ? figures.KeyFramesReceived : null,
            KeyFramesReceived = figures.KeyFramesReceived,
            FramesDropped = isVideo ? figures.FramesDropped : null,
            FramesAssembledFromMultiplePackets = isVideo ? tally.Assembled : null,
            TotalAssemblyTime = isVideo ? tally.AssemblyTime.TotalSeconds : null,
            JitterBufferDelay = tally.Delay,
            JitterBufferEmittedCount = tally.Emitted,
            TotalSamplesReceived = isVideo ? null : tally.Emitted,
            EstimatedPlayoutTimestamp = tally.PlayoutAt(_now),
            FrameWidth = tally.Width,
            FrameHeight = tally.Height,
            FramesPerSecond = tally.FramesPerSecond(_now),
            AudioLevel = tally.Level,
            TotalAudioEnergy = isVideo ? null : tally.Energy,
            TotalSamplesDuration = isVideo ? null : tally.Duration,
            NackCount = figures.NackCount,
            PliCount = isVideo ? figures.PliCount : null,
            FirCount = isVideo ? figures.FirCount : null,
            LastPacketReceivedTimestamp = TimeOf(figures.LastPacketReceivedAt),
        });
        if (hasRemote)
        {
            Add(new RemoteOutboundRtpStreamStats
            {
                Id = $"R{id}",
                Timestamp = TimeOf(figures.LastReportReceivedAt) ?? Timestamp,
                Ssrc = stream.Ssrc.Value,
                Kind = kind,
                TransportId = transport.StatsId,
                CodecId = codec,
                LocalId = id,
                PacketsSent = figures.RemotePacketsSent,
                BytesSent = figures.RemoteBytesSent,
                RemoteTimestamp = figures.RemoteTimestamp?.ToDateTimeOffset(),
                ReportsSent = figures.ReportsReceived,
            });
        }
    }

    /// <summary>
    /// The report; of a sender or receiver, only its streams and what they refer to (webrtc-pc §8.5, the stats selection algorithm).
    /// </summary>
    public StatsReport ToReport(object? selected)
    {
        if (selected is null)
        {
            return new StatsReport(_stats.Values.Select(_ids.Hide));
        }

        var wanted = new HashSet<string>();
        foreach (var stream in _stats.Values.OfType<RtpStreamStats>().Where(stream => _owners[stream.Id] == selected))
        {
            Want(wanted, stream.Id);
            Want(wanted, stream.CodecId);
            Want(wanted, stream.TransportId);
            Want(wanted, (stream as OutboundRtpStreamStats)?.MediaSourceId);
        }

        return new StatsReport(_stats.Values.Where(stats => wanted.Contains(stats.Id)).Select(_ids.Hide));
    }

    private void Want(HashSet<string> wanted, string? id)
    {
        if (id is null || !wanted.Add(id) || !_stats.TryGetValue(id, out var stats))
        {
            return;
        }

        switch (stats)
        {
            case TransportStats transport:
                Want(wanted, transport.SelectedCandidatePairId);
                Want(wanted, transport.LocalCertificateId);
                Want(wanted, transport.RemoteCertificateId);
                break;
            case CertificateStats certificate:
                Want(wanted, certificate.IssuerCertificateId);
                break;
            case IceCandidatePairStats pair:
                Want(wanted, pair.LocalCandidateId);
                Want(wanted, pair.RemoteCandidateId);
                break;
        }
    }

    private void AddSource(RtpSender sender)
    {
        if (sender.Track is { } track)
        {
            var kind = track.Kind == MediaKind.Audio ? "audio" : "video";
            var id = $"S{kind[0]}{sender.SourceNumber}";
            MediaSourceStats stats = track.Kind == MediaKind.Audio
                ? new AudioSourceStats { Id = id, Timestamp = Timestamp, TrackIdentifier = track.Id, Kind = kind }
                : new VideoSourceStats { Id = id, Timestamp = Timestamp, TrackIdentifier = track.Id, Kind = kind };

            // A track that several senders have is one source: the sender that has had it longest tells of it.
            _sources[sender] = id;
            if (!_stats.ContainsKey(id))
            {
                Add(sender.Flow.Complete(stats, _now));
            }
        }
    }

    private string? AddCodec(PeerTransport transport, string kind, Rtp.RtpCodec? codec)
    {
        if (codec is null)
        {
            return null;
        }

        var id = $"C{transport.StatsId}_{codec.PayloadType}_{codec.Fmtp}";
        Add(new CodecStats
        {
            Id = id,
            Timestamp = Timestamp,
            PayloadType = codec.PayloadType.Value,
            TransportId = transport.StatsId,
            MimeType = $"{kind}/{codec.Name}",
            ClockRate = codec.ClockRate,
            Channels = codec.Channels == 0 ? null : codec.Channels,
            SdpFmtpLine = codec.Fmtp.Length == 0 ? null : codec.Fmtp,
        });
        return id;
    }

    private static int? PlaceOf(string? rid, IReadOnlyList<RtpEncodingParameters> encodings)
    {
        for (var i = 0; i < encodings.Count; i++)
        {
            if (encodings.Count == 1 || encodings[i].Rid == rid)
            {
                return i;
            }
        }

        return null;
    }

    private static string KindOf(RtpTransceiver transceiver) => transceiver.Kind == MediaKind.Audio ? "audio" : "video";
}
