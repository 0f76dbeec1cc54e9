namespace Parley.Sctp;

/// <summary>How a message shall be delivered. The default is ordered and reliable.</summary>
public readonly record struct SctpSendOptions
{
    /// <summary>Whether the message may overtake others of its stream.</summary>
    public bool Unordered { get; init; }

    /// <summary>How often the message may be sent again before it is given up (RFC 7496 §3.2); null: as often as it takes.</summary>
    public ushort? MaxRetransmits { get; init; }

    /// <summary>For how long the message is sent and sent again (RFC 3758 §4.1); null: as long as it takes.</summary>
    public TimeSpan? Lifetime { get; init; }
}
