namespace Parley.Sctp;

/// <summary>How far a channel has come.</summary>
internal enum DataChannelStage : byte
{
    /// <summary>It waits for the association, or for an id.</summary>
    Waiting,

    Open,

    /// <summary>Its streams are being reset (RFC 8831 §6.7).</summary>
    Closing,

    Closed,
}
