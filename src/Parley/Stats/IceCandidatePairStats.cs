namespace Parley;

/// <summary>A candidate pair (webrtc-stats §8.17).</summary>
/// <remarks>RTCIceCandidatePairStats.</remarks>
public sealed record IceCandidatePairStats : Stats
{
    /// <inheritdoc/>
    public override string Type => "candidate-pair";

    /// <summary>The transport.</summary>
    public string TransportId { get; init; } = "";

    /// <summary>The local candidate.</summary>
    public string LocalCandidateId { get; init; } = "";

    /// <summary>The remote candidate.</summary>
    public string RemoteCandidateId { get; init; } = "";

    /// <summary>"frozen", "waiting", "in-progress", "failed" or "succeeded".</summary>
    public string State { get; init; } = "";

    /// <summary>Whether it was nominated.</summary>
    public bool Nominated { get; init; }

    /// <summary>Datagrams sent, without checks.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Datagrams received, without checks.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Their bytes.</summary>
    public long BytesSent { get; init; }

    /// <summary>Their bytes.</summary>
    public long BytesReceived { get; init; }

    /// <summary>When the last datagram was sent, checks not counted; null before one.</summary>
    public DateTimeOffset? LastPacketSentTimestamp { get; init; }

    /// <summary>When the last datagram was received, checks not counted; null before one.</summary>
    public DateTimeOffset? LastPacketReceivedTimestamp { get; init; }

    /// <summary>
    /// Of the pair in use, what the peer believes that the path carries, in bits per second (REMB); null when it does not tell.
    /// </summary>
    public double? AvailableOutgoingBitrate { get; init; }

    /// <summary>The sum of the checks' round-trip times, in seconds.</summary>
    public double TotalRoundTripTime { get; init; }

    /// <summary>The last one, in seconds.</summary>
    public double? CurrentRoundTripTime { get; init; }

    /// <summary>Checks received, retransmissions and requests for consent too: they cannot be told apart.</summary>
    public long RequestsReceived { get; init; }

    /// <summary>Checks sent, without retransmissions and without requests for consent (<see cref="ConsentRequestsSent"/>).</summary>
    public long RequestsSent { get; init; }

    /// <summary>Answers received, to checks and to requests for consent: at most the sum of both.</summary>
    public long ResponsesReceived { get; init; }

    /// <summary>Answers sent, to checks and to requests for consent.</summary>
    public long ResponsesSent { get; init; }

    /// <summary>Requests for consent sent (RFC 7675).</summary>
    public long ConsentRequestsSent { get; init; }
}
