namespace Parley.Sctp;

/// <summary>What became of a call to <see cref="SctpAssociation.Send"/>.</summary>
public enum SctpSendStatus
{
    /// <summary>The message is queued.</summary>
    Queued,

    /// <summary>The association is not up, or is being shut down.</summary>
    NotConnected,

    /// <summary>The message is empty, which SCTP cannot carry (RFC 9260 §6.2).</summary>
    Empty,

    /// <summary>The message is larger than the peer takes.</summary>
    TooLarge,

    /// <summary>Too much is queued already; try again after <see cref="SctpEventKind.BufferedAmountDecreased"/>.</summary>
    BufferFull,

    /// <summary>The stream does not exist, or is being reset.</summary>
    StreamClosed,
}
