namespace Parley.Server;

/// <summary>What a socket's <c>session</c> parameter asks for.</summary>
internal enum SessionRequest
{
    /// <summary>Nothing: a client that does not come back.</summary>
    None,

    /// <summary>A session, by which it may come back.</summary>
    New,

    /// <summary>To come back; its first message says to what.</summary>
    Resume,
}
