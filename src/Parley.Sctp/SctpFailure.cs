namespace Parley.Sctp;

/// <summary>Why an association ended without order.</summary>
public enum SctpFailure
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>The peer never answered (RFC 9260 §5.1).</summary>
    ConnectTimeout,

    /// <summary>The peer answers no more (RFC 9260 §8.1).</summary>
    PeerUnreachable,

    /// <summary>The peer aborted (RFC 9260 §9.1).</summary>
    AbortedByPeer,

    /// <summary>This side aborted.</summary>
    Aborted,

    /// <summary>The peer broke the protocol, and was told so.</summary>
    ProtocolViolation,
}
