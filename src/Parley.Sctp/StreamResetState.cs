namespace Parley.Sctp;

/// <summary>How far a reset of an outgoing stream has come (RFC 6525 §5.1.2).</summary>
internal enum StreamResetState : byte
{
    None,

    /// <summary>Asked for; what is queued and outstanding goes first.</summary>
    Wanted,

    /// <summary>In a request the peer has not answered.</summary>
    Requested,
}
