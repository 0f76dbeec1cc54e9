using System.Text.Json;

namespace Parley;

/// <summary>The dictionaries of webrtc-stats in JSON, member by member in the order of the text.</summary>
internal static class StatsJson
{
    /// <summary>From the epoch of NTP (1900) to that of Unix (1970), in milliseconds.</summary>
    private const double NtpEpoch = 2_208_988_800_000;

    public static void Write(Utf8JsonWriter json, Stats stats)
    {
        json.WriteStartObject();
        Time(json, "timestamp", stats.Timestamp);
        Text(json, "type", stats.Type);
        Text(json, "id", stats.Id);
        switch (stats)
        {
            case RtpStreamStats stream:
                WriteStream(json, stream);
                break;
            case CodecStats codec:
                WriteCodec(json, codec);
                break;
            case MediaSourceStats source:
                WriteSource(json, source);
                break;
            case PeerConnectionStats connection:
                Number(json, "dataChannelsOpened", connection.DataChannelsOpened);
                Number(json, "dataChannelsClosed", connection.DataChannelsClosed);
                break;
            case DataChannelStats channel:
                WriteChannel(json, channel);
                break;
            case TransportStats transport:
                WriteTransport(json, transport);
                break;
            case IceCandidateStats candidate:
                WriteCandidate(json, candidate);
                break;
            case IceCandidatePairStats pair:
                WritePair(json, pair);
                break;
            case CertificateStats certificate:
                Text(json, "fingerprint", certificate.Fingerprint);
                Text(json, "fingerprintAlgorithm", certificate.FingerprintAlgorithm);
                Text(json, "base64Certificate", certificate.Base64Certificate);
                Text(json, "issuerCertificateId", certificate.IssuerCertificateId);
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteStream(Utf8JsonWriter json, RtpStreamStats stream)
    {
        Number(json, "ssrc", stream.Ssrc);
        Text(json, "kind", stream.Kind);
        Text(json, "transportId", stream.TransportId);
        Text(json, "codecId", stream.CodecId);
        if (stream is ReceivedRtpStreamStats received)
        {
            Number(json, "packetsReceived", received.PacketsReceived);
            Number(json, "packetsLost", received.PacketsLost);
            Fraction(json, "jitter", received.Jitter);
        }

        if (stream is SentRtpStreamStats sent)
        {
            Number(json, "packetsSent", sent.PacketsSent);
            Number(json, "bytesSent", sent.BytesSent);
        }

        switch (stream)
        {
            case InboundRtpStreamStats inbound:
                WriteInbound(json, inbound);
                break;
            case OutboundRtpStreamStats outbound:
                WriteOutbound(json, outbound);
                break;
            case RemoteInboundRtpStreamStats remote:
                Text(json, "localId", remote.LocalId);
                Fraction(json, "roundTripTime", remote.RoundTripTime);
                Fraction(json, "totalRoundTripTime", remote.TotalRoundTripTime);
                Fraction(json, "fractionLost", remote.FractionLost);
                Number(json, "roundTripTimeMeasurements", remote.RoundTripTimeMeasurements);
                break;
            case RemoteOutboundRtpStreamStats remote:
                Text(json, "localId", remote.LocalId);
                Time(json, "remoteTimestamp", remote.RemoteTimestamp);
                Number(json, "reportsSent", remote.ReportsSent);
                break;
        }
    }

    private static void WriteInbound(Utf8JsonWriter json, InboundRtpStreamStats inbound)
    {
        Text(json, "trackIdentifier", inbound.TrackIdentifier);
        Text(json, "mid", inbound.Mid);
        Text(json, "remoteId", inbound.RemoteId);
        Number(json, "framesDecoded", inbound.FramesDecoded);
        Number(json, "keyFramesDecoded", inbound.KeyFramesDecoded);
        Number(json, "framesDropped", inbound.FramesDropped);
        Number(json, "frameWidth", inbound.FrameWidth);
        Number(json, "frameHeight", inbound.FrameHeight);
        Fraction(json, "framesPerSecond", inbound.FramesPerSecond);
        Time(json, "lastPacketReceivedTimestamp", inbound.LastPacketReceivedTimestamp);
        Number(json, "headerBytesReceived", inbound.HeaderBytesReceived);
        Number(json, "packetsDiscarded", inbound.PacketsDiscarded);
        Number(json, "bytesReceived", inbound.BytesReceived);
        Number(json, "nackCount", inbound.NackCount);
        Number(json, "firCount", inbound.FirCount);
        Number(json, "pliCount", inbound.PliCount);
        Fraction(
            json, "estimatedPlayoutTimestamp", inbound.EstimatedPlayoutTimestamp is { } playout ? Milliseconds(playout) + NtpEpoch : null);
        Fraction(json, "jitterBufferDelay", inbound.JitterBufferDelay);
        Number(json, "jitterBufferEmittedCount", inbound.JitterBufferEmittedCount);
        Number(json, "totalSamplesReceived", inbound.TotalSamplesReceived);
        Fraction(json, "audioLevel", inbound.AudioLevel);
        Fraction(json, "totalAudioEnergy", inbound.TotalAudioEnergy);
        Fraction(json, "totalSamplesDuration", inbound.TotalSamplesDuration);
        Number(json, "framesReceived", inbound.FramesReceived);
        Number(json, "framesAssembledFromMultiplePackets", inbound.FramesAssembledFromMultiplePackets);
        Fraction(json, "totalAssemblyTime", inbound.TotalAssemblyTime);
        Number(json, "retransmittedPacketsReceived", inbound.RetransmittedPacketsReceived);
        Number(json, "retransmittedBytesReceived", inbound.RetransmittedBytesReceived);
        Number(json, "rtxSsrc", inbound.RtxSsrc);
    }

    private static void WriteOutbound(Utf8JsonWriter json, OutboundRtpStreamStats outbound)
    {
        Text(json, "mid", outbound.Mid);
        Text(json, "mediaSourceId", outbound.MediaSourceId);
        Text(json, "remoteId", outbound.RemoteId);
        Text(json, "rid", outbound.Rid);
        Number(json, "encodingIndex", outbound.EncodingIndex);
        Number(json, "headerBytesSent", outbound.HeaderBytesSent);
        Number(json, "retransmittedPacketsSent", outbound.RetransmittedPacketsSent);
        Number(json, "retransmittedBytesSent", outbound.RetransmittedBytesSent);
        Number(json, "rtxSsrc", outbound.RtxSsrc);
        Number(json, "frameWidth", outbound.FrameWidth);
        Number(json, "frameHeight", outbound.FrameHeight);
        Fraction(json, "framesPerSecond", outbound.FramesPerSecond);
        Number(json, "framesSent", outbound.FramesSent);
        Number(json, "framesEncoded", outbound.FramesEncoded);
        Number(json, "keyFramesEncoded", outbound.KeyFramesEncoded);
        Fraction(json, "totalPacketSendDelay", outbound.TotalPacketSendDelay);
        Text(json, "qualityLimitationReason", outbound.QualityLimitationReason?.ToW3CName());
        if (outbound.QualityLimitationDurations is { } durations)
        {
            json.WriteStartObject("qualityLimitationDurations");
            foreach (var (reason, seconds) in durations.OrderBy(entry => entry.Key))
            {
                json.WriteNumber(reason.ToW3CName(), seconds);
            }

            json.WriteEndObject();
        }

        Number(json, "qualityLimitationResolutionChanges", outbound.QualityLimitationResolutionChanges);
        Number(json, "nackCount", outbound.NackCount);
        Number(json, "firCount", outbound.FirCount);
        Number(json, "pliCount", outbound.PliCount);
        json.WriteBoolean("active", outbound.Active);
    }

    private static void WriteCodec(Utf8JsonWriter json, CodecStats codec)
    {
        Number(json, "payloadType", codec.PayloadType);
        Text(json, "transportId", codec.TransportId);
        Text(json, "mimeType", codec.MimeType);
        Number(json, "clockRate", codec.ClockRate);
        Number(json, "channels", codec.Channels);
        Text(json, "sdpFmtpLine", codec.SdpFmtpLine);
    }

    private static void WriteSource(Utf8JsonWriter json, MediaSourceStats source)
    {
        Text(json, "trackIdentifier", source.TrackIdentifier);
        Text(json, "kind", source.Kind);
        if (source is AudioSourceStats audio)
        {
            Fraction(json, "audioLevel", audio.AudioLevel);
            Fraction(json, "totalAudioEnergy", audio.TotalAudioEnergy);
            Fraction(json, "totalSamplesDuration", audio.TotalSamplesDuration);
        }
        else if (source is VideoSourceStats video)
        {
            Number(json, "width", video.Width);
            Number(json, "height", video.Height);
            Number(json, "frames", video.Frames);
            Fraction(json, "framesPerSecond", video.FramesPerSecond);
        }
    }

    private static void WriteChannel(Utf8JsonWriter json, DataChannelStats channel)
    {
        Text(json, "label", channel.Label);
        Text(json, "protocol", channel.Protocol);
        Number(json, "dataChannelIdentifier", channel.DataChannelIdentifier);
        Text(json, "state", channel.State.ToW3CName());
        Number(json, "messagesSent", channel.MessagesSent);
        Number(json, "bytesSent", channel.BytesSent);
        Number(json, "messagesReceived", channel.MessagesReceived);
        Number(json, "bytesReceived", channel.BytesReceived);
    }

    private static void WriteTransport(Utf8JsonWriter json, TransportStats transport)
    {
        Number(json, "packetsSent", transport.PacketsSent);
        Number(json, "packetsReceived", transport.PacketsReceived);
        Number(json, "bytesSent", transport.BytesSent);
        Number(json, "bytesReceived", transport.BytesReceived);
        Text(json, "iceRole", transport.IceRole.ToW3CName());
        Text(json, "iceLocalUsernameFragment", transport.IceLocalUsernameFragment);
        Text(json, "dtlsState", transport.DtlsState.ToW3CName());
        Text(json, "iceState", transport.IceState.ToW3CName());
        Text(json, "selectedCandidatePairId", transport.SelectedCandidatePairId);
        Text(json, "localCertificateId", transport.LocalCertificateId);
        Text(json, "remoteCertificateId", transport.RemoteCertificateId);
        Text(json, "tlsVersion", transport.TlsVersion);
        Text(json, "dtlsCipher", transport.DtlsCipher);
        Text(json, "dtlsRole", transport.DtlsRole);
        Text(json, "srtpCipher", transport.SrtpCipher);
        Number(json, "selectedCandidatePairChanges", transport.SelectedCandidatePairChanges);
    }

    private static void WriteCandidate(Utf8JsonWriter json, IceCandidateStats candidate)
    {
        Text(json, "transportId", candidate.TransportId);

        // The only member of the dictionaries that may be null: it is there, and hidden.
        json.WriteString("address", candidate.Address);
        Number(json, "port", candidate.Port);
        Text(json, "protocol", candidate.Protocol);
        Text(json, "candidateType", candidate.CandidateType.ToW3CName());
        Number(json, "priority", candidate.Priority);
        Text(json, "url", candidate.Url);
        Text(json, "foundation", candidate.Foundation);
        Text(json, "relatedAddress", candidate.RelatedAddress);
        Number(json, "relatedPort", candidate.RelatedPort);
        Text(json, "usernameFragment", candidate.UsernameFragment);
    }

    private static void WritePair(Utf8JsonWriter json, IceCandidatePairStats pair)
    {
        Text(json, "transportId", pair.TransportId);
        Text(json, "localCandidateId", pair.LocalCandidateId);
        Text(json, "remoteCandidateId", pair.RemoteCandidateId);
        Text(json, "state", pair.State);
        json.WriteBoolean("nominated", pair.Nominated);
        Number(json, "packetsSent", pair.PacketsSent);
        Number(json, "packetsReceived", pair.PacketsReceived);
        Number(json, "bytesSent", pair.BytesSent);
        Number(json, "bytesReceived", pair.BytesReceived);
        Time(json, "lastPacketSentTimestamp", pair.LastPacketSentTimestamp);
        Time(json, "lastPacketReceivedTimestamp", pair.LastPacketReceivedTimestamp);
        Fraction(json, "totalRoundTripTime", pair.TotalRoundTripTime);
        Fraction(json, "currentRoundTripTime", pair.CurrentRoundTripTime);
        Fraction(json, "availableOutgoingBitrate", pair.AvailableOutgoingBitrate);
        Number(json, "requestsReceived", pair.RequestsReceived);
        Number(json, "requestsSent", pair.RequestsSent);
        Number(json, "responsesReceived", pair.ResponsesReceived);
        Number(json, "responsesSent", pair.ResponsesSent);
        Number(json, "consentRequestsSent", pair.ConsentRequestsSent);
    }

    private static double Milliseconds(DateTimeOffset time) => (time - DateTimeOffset.UnixEpoch).TotalMilliseconds;

    private static void Text(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
        {
            json.WriteString(name, value);
        }
    }

    private static void Number(Utf8JsonWriter json, string name, long? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Fraction(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
    }

    private static void Time(Utf8JsonWriter json, string name, DateTimeOffset? value) =>
        Fraction(json, name, value is { } time ? Milliseconds(time) : null);
}
