namespace Parley.Server;

/// <summary>Why a peer's message goes nowhere.</summary>
internal enum PeerMessageError
{
    /// <summary>It can be relayed.</summary>
    None,

    /// <summary>It is not one JSON object.</summary>
    NotJson,

    /// <summary>It names nobody, or carries neither a description nor a candidate.</summary>
    MissingField,
}
