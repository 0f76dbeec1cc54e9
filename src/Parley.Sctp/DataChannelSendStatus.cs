namespace Parley.Sctp;

/// <summary>What became of a call to <see cref="DataChannelSession.Send"/>.</summary>
public enum DataChannelSendStatus
{
    /// <summary>The message is queued.</summary>
    Queued,

    /// <summary>The channel is not open.</summary>
    NotOpen,

    /// <summary>The message is larger than the peer takes.</summary>
    TooLarge,

    /// <summary>Too much is queued already; try again after <see cref="DataChannelEventKind.BufferedAmountDecreased"/>.</summary>
    BufferFull,
}
