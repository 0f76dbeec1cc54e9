namespace Parley.Transport;

/// <summary>What carries the datagrams of a path.</summary>
public enum PathKind
{
    /// <summary>A UDP socket that the transport has for itself.</summary>
    Socket,

    /// <summary>
    /// A UDP port that transports share: datagrams are told apart by username fragment, transaction tag and proved address.
    /// </summary>
    SharedPort,
}
