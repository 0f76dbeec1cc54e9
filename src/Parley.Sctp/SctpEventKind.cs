namespace Parley.Sctp;

/// <summary>What an <see cref="SctpEvent"/> tells.</summary>
public enum SctpEventKind
{
    /// <summary>The association is up; messages may be sent.</summary>
    Connected,

    /// <summary>A whole message came.</summary>
    MessageReceived,

    /// <summary>A message was larger than <see cref="SctpOptions.MaxMessageSize"/> and has been dropped.</summary>
    MessageDropped,

    /// <summary>Bytes queued on a stream have left for the network, or were given up; one event gathers what left since the last.</summary>
    BufferedAmountDecreased,

    /// <summary>The peer reset its outgoing side of a stream (RFC 6525 §5.2.2): everything it sent before has been delivered.</summary>
    IncomingStreamReset,

    /// <summary>The peer has performed this side's reset of a stream, which starts anew from 0.</summary>
    OutgoingStreamReset,

    /// <summary>The peer refused this side's reset of a stream.</summary>
    OutgoingStreamResetFailed,

    /// <summary>The peer started anew (RFC 9260 §5.2.4.1): what was on its way is lost, and all streams begin from 0.</summary>
    Restarted,

    /// <summary>The association ended in order (RFC 9260 §9.2).</summary>
    Closed,

    /// <summary>The association ended without order.</summary>
    Failed,
}
