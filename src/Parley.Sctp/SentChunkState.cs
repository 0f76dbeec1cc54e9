namespace Parley.Sctp;

/// <summary>What the sender believes of a chunk.</summary>
internal enum SentChunkState : byte
{
    InFlight,

    /// <summary>Acknowledged by a gap block, which the peer may take back (RFC 9260 §6.2).</summary>
    Acknowledged,

    /// <summary>Believed lost; waits to be sent again.</summary>
    Lost,

    /// <summary>Its message is given up (RFC 3758 §3.5).</summary>
    Abandoned,
}
